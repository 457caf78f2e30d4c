//! Prints the metadata of this contract.
contract_metadata_main::main!(system, ink::metadata::InkProject);
