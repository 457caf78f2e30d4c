//! Prints the metadata of this contract.
contract_metadata_main::main!(ballot, ink::metadata::InkProject);
