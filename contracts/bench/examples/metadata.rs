//! Prints the metadata of this contract.
contract_metadata_main::main!(bench, ink::metadata::InkProject);
