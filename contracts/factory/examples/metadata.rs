//! Prints the metadata of this contract.
contract_metadata_main::main!(factory, ink::metadata::InkProject);
