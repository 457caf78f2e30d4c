//! Prints the metadata of this contract.
contract_metadata_main::main!(flipper, ink::metadata::InkProject);
