//! Prints the metadata of this contract.
contract_metadata_main::main!(token, ink::metadata::InkProject);
