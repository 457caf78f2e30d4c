//! Prints the metadata of this contract.
contract_metadata_main::main!(counter, ink::metadata::InkProject);
