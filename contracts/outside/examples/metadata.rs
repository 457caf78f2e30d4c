//! Prints the metadata of this contract.
contract_metadata_main::main!(outside, ink::metadata::InkProject);
