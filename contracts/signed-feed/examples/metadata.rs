//! Prints the metadata of this contract.
contract_metadata_main::main!(signed_feed, ink::metadata::InkProject);
