//! Prints the metadata of this contract.
contract_metadata_main::main!(system_next, ink::metadata::InkProject);
