//! Prints the metadata of this contract.
contract_metadata_main::main!(price_oracle, ink::metadata::InkProject);
