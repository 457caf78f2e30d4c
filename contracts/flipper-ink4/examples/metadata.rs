//! Prints the metadata of this contract.
contract_metadata_main::main!(flipper_ink4, ink::metadata::InkProject);
