//! Contracts in WebAssembly text: a module out of the functions that it imports and its code.

/// Parameters and results of the host functions, as contracts declare them.
pub(crate) const SIGNATURES: &[(&str, &str)] = &[
    ("seal_set_storage", "(param i32 i32 i32)"),
    ("seal_clear_storage", "(param i32)"),
    ("seal_get_storage", "(param i32 i32 i32) (result i32)"),
    ("seal_transfer", "(param i32 i32 i32 i32) (result i32)"),
    (
        "seal_call",
        "(param i32 i32 i64 i32 i32 i32 i32 i32 i32) (result i32)",
    ),
    (
        "seal_instantiate",
        "(param i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)",
    ),
    ("seal_terminate", "(param i32 i32)"),
    ("seal_restore_to", "(param i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("seal_input", "(param i32 i32)"),
    ("seal_return", "(param i32 i32 i32)"),
    ("seal_println", "(param i32 i32)"),
    ("seal_caller", "(param i32 i32)"),
    ("seal_address", "(param i32 i32)"),
    ("seal_weight_to_fee", "(param i64 i32 i32)"),
    ("seal_gas_left", "(param i32 i32)"),
    ("seal_balance", "(param i32 i32)"),
    ("seal_value_transferred", "(param i32 i32)"),
    ("seal_minimum_balance", "(param i32 i32)"),
    ("seal_tombstone_deposit", "(param i32 i32)"),
    ("seal_rent_allowance", "(param i32 i32)"),
    ("seal_set_rent_allowance", "(param i32 i32)"),
    ("seal_block_number", "(param i32 i32)"),
    ("seal_now", "(param i32 i32)"),
    ("seal_random", "(param i32 i32 i32 i32)"),
    ("seal_deposit_event", "(param i32 i32 i32 i32)"),
    ("seal_hash_sha2_256", "(param i32 i32 i32)"),
    ("seal_hash_keccak_256", "(param i32 i32 i32)"),
    ("seal_hash_blake2_256", "(param i32 i32 i32)"),
    ("seal_hash_blake2_128", "(param i32 i32 i32)"),
    ("seal_rent_params", "(param i32 i32)"),
];

pub(crate) fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A module with these host functions, two pages of memory, and this code, which must export
/// `deploy` and `call`.
pub(crate) fn contract(imports: &[&str], code: &str) -> Vec<u8> {
    let imports: String = imports
        .iter()
        .map(|name| {
            let (_, signature) = SIGNATURES
                .iter()
                .find(|(known, _)| known == name)
                .unwrap_or_else(|| panic!("no signature of {name}"));
            format!("(import \"seal0\" \"{name}\" (func ${name} {signature}))\n")
        })
        .collect();
    wat(&format!(
        "(module {imports} (import \"env\" \"memory\" (memory 2 2)) {code})"
    ))
}
