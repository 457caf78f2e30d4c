//! Each test of 2021 has a row in `conformance.toml`: our counterpart of it, or a reason why
//! there is none.

#[path = "../../../conformance.rs"]
mod named;

use named::Sources;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../conformance.toml");
/// The tests of the contracts module of March 2021, by file.
const TESTS_OF_2021: &[(&str, &[&str])] = &[
    (
        "tests",
        &[
            "calling_plain_account_fails",
            "account_removal_does_not_remove_storage",
            "instantiate_and_call_and_deposit_event",
            "deposit_event_max_value_limit",
            "storage_max_value_limit",
            "run_out_of_gas",
            "storage_size",
            "empty_kv_pairs",
            "deduct_blocks",
            "inherent_claim_surcharge_contract_removals",
            "signed_claim_surcharge_contract_removals",
            "claim_surcharge_malus",
            "call_removed_contract",
            "default_rent_allowance_on_instantiate",
            "restorations_dirty_storage_and_different_storage",
            "restorations_dirty_storage",
            "restoration_different_storage",
            "restoration_code_evicted",
            "restoration_success",
            "deploy_and_call_other_contract",
            "cannot_self_destruct_through_draning",
            "cannot_self_destruct_while_live",
            "self_destruct_works",
            "destroy_contract_and_transfer_funds",
            "cannot_self_destruct_in_constructor",
            "crypto_hashes",
            "transfer_return_code",
            "call_return_code",
            "instantiate_return_code",
            "disabled_chain_extension_wont_deploy",
            "disabled_chain_extension_errors_on_call",
            "chain_extension_works",
            "lazy_removal_works",
            "lazy_removal_partial_remove_works",
            "lazy_removal_does_no_run_on_full_block",
            "lazy_removal_does_not_use_all_weight",
            "deletion_queue_full",
            "not_deployed_if_endowment_too_low_for_first_rent",
            "surcharge_reward_is_capped",
            "refcounter",
            "reinstrument_does_charge",
        ],
    ),
    (
        "exec",
        &[
            "it_works",
            "transfer_works",
            "changes_are_reverted_on_failing_call",
            "balance_too_low",
            "output_is_returned_on_success",
            "output_is_returned_on_failure",
            "input_data_to_call",
            "input_data_to_instantiate",
            "max_depth",
            "caller_returns_proper_values",
            "address_returns_proper_values",
            "refuse_instantiate_with_value_below_existential_deposit",
            "instantiation_work_with_success_output",
            "instantiation_fails_with_failing_output",
            "instantiation_from_contract",
            "instantiation_traps",
            "termination_from_instantiate_fails",
            "rent_allowance",
        ],
    ),
    (
        "wasm",
        &[
            "contract_transfer",
            "contract_call",
            "contract_instantiate",
            "contract_terminate",
            "contract_call_limited_gas",
            "get_storage_puts_data_into_buf",
            "caller",
            "address",
            "balance",
            "gas_price",
            "gas_left",
            "value_transferred",
            "return_from_start_fn",
            "now",
            "minimum_balance",
            "tombstone_deposit",
            "random",
            "deposit_event",
            "deposit_event_max_topics",
            "deposit_event_duplicates",
            "block_number",
            "seal_return_with_success_status",
            "return_with_revert_status",
            "contract_out_of_bounds_access",
            "contract_decode_failure",
        ],
    ),
    (
        "prepare",
        &[
            "no_floats",
            "param_number_valid",
            "param_number_invalid",
            "global_number_valid",
            "global_number_too_high",
            "memory_with_one_page",
            "internal_memory_declaration",
            "no_memory_import",
            "initial_exceeds_maximum",
            "no_maximum",
            "requested_maximum_valid",
            "requested_maximum_exceeds_configured_maximum",
            "field_name_not_memory",
            "multiple_memory_imports",
            "table_import",
            "global_import",
            "no_tables",
            "table_valid_size",
            "table_too_big",
            "br_table_valid_size",
            "br_table_too_big",
            "can_import_legit_function",
            "can_not_import_gas_function",
            "memory_not_in_seal0",
            "memory_not_in_arbitrary_module",
            "function_not_in_env",
            "function_not_arbitrary_module",
            "imports_wrong_signature",
            "unknown_func_name",
            "seal_println_debug_disabled",
            "seal_println_debug_enabled",
            "it_works",
            "omit_deploy",
            "omit_call",
            "try_sneak_export_as_entrypoint",
            "try_sneak_export_as_global",
            "entrypoints_wrong_signature",
            "unknown_exports",
            "global_float",
            "local_float",
            "param_float",
            "result_float",
        ],
    ),
    (
        "gas",
        &[
            "it_works",
            "simple",
            "tracing",
            "refuse_to_execute_anything_if_zero",
            "overcharge_is_unrecoverable",
            "charge_exact_amount",
        ],
    ),
    (
        "env_def",
        &[
            "macro_unmarshall_then_body_then_marshall_value_or_trap",
            "macro_unmarshall_then_body_then_marshall_unit",
            "macro_define_func",
            "macro_gen_signature",
            "macro_unmarshall_then_body",
            "macro_define_env",
        ],
    ),
    ("schedule", &["print_test_schedule"]),
];

/// All sources of the rules and of their tests.
fn all_sources() -> Sources {
    Sources::of(env!("CARGO_MANIFEST_DIR"), &["src", "tests/rules"])
}

/// Whether there is a function of this name that is a test; or a case of those that a macro makes tests of.
fn is_test(text: &str, function: &str) -> bool {
    let cases = text.split_once("\ncases! {").map_or("", |(_, cases)| cases);
    let cases = cases.split_once("\n}\n").map_or("", |(cases, _)| cases);
    named::is_test(text, function) || cases.contains(&format!("\n    {function}:"))
}

#[test]
fn a_test_is_known_by_its_attribute() {
    let text = "#[test]\n#[ignore = \"long\"]\nfn one() {}\n\n#[test]\nfn another() {}\nfn helper() {}\n\ncases! {\n    case: 1;\n}\n    no:\n";
    assert!(["one", "another", "case"]
        .iter()
        .all(|it| is_test(text, it)));
    assert!(!["helper", "none", "on", "no"]
        .iter()
        .any(|it| is_test(text, it)));
}

/// The rows of the crate's table of differences have a reason and name tests that are there.
#[test]
fn every_difference_has_its_reason_and_its_test() {
    let found = all_sources();
    let differences = named::differences(include_str!("../../src/lib.rs"), |name| {
        found.have(name, is_test)
    });
    assert!(differences >= 14, "{differences}");
}

#[test]
fn every_test_of_2021_has_its_row() {
    let table: toml::Table = TABLE.parse().unwrap();
    let mut rows = BTreeSet::new();
    let found = all_sources();
    for (file, tests) in TESTS_OF_2021 {
        let section = table.get(*file).and_then(toml::Value::as_table);
        for test in *tests {
            let row = section.and_then(|section| section.get(*test));
            let row = row.unwrap_or_else(|| panic!("no row for {file}.{test}"));
            match (row.get("test"), row.get("reason")) {
                (Some(name), None) => {
                    let name = name.as_str().unwrap();
                    assert!(
                        found.have(name, is_test),
                        "{file}.{test}: there is no test {name}"
                    );
                }
                (None, Some(reason)) => assert!(reason.as_str().unwrap().len() > 20),
                _ => panic!("{file}.{test}: either a test or a reason"),
            }
            rows.insert((*file, *test));
        }
    }
    for (file, section) in &table {
        for test in section.as_table().unwrap().keys() {
            assert!(
                rows.contains(&(file.as_str(), test.as_str())),
                "{file}.{test} was no test of 2021",
            );
        }
    }
}
