//! Prints the metadata of this contract.
contract_metadata_main::main!(flipper_ink3, ink_metadata::MetadataVersioned);
