//! Every number of version 2.0.

mod costs;

use super::{
    operators::all, BaseWeights, Deposits, FrameCosts, HostCosts, Idle, Interpreter, Limits,
    OperatorCosts, Rules,
};
use pink_engine_sdk::types::Version;

impl Rules {
    /// Version 2.0: the contract rules of 2025, with the repairs that its design names.
    ///
    /// Limits: `event_topics`, `payload_len`, `storage_key_len`, `delegate_dependencies` and the
    /// deposits are those of the reference pallet's default configuration; tables, globals,
    /// parameters, locals and `br_table` are those of the schedule of its last version that had
    /// them; what neither names is bounded so that translation and execution take time in
    /// proportion to what was paid.
    pub const V2_0: Self = Self {
        version: Version::new(2, 0),
        upgrades_from: &[Version::new(1, 0), Version::new(1, 1)],
        limits: Limits {
            code_len: 512 * 1024,
            memory_pages: 64,
            table_elements: 4096,
            globals: 256,
            parameters: 128,
            locals: 1024,
            br_table_targets: 256,
            functions: 8192,
            types: 1024,
            imports: 256,
            data_segments: 1024,
            element_segments: 256,
            function_body: 128 * 1024,
            free_functions: 16,
            bytes_per_function: 12,
            bytes_per_local: 4,
            block_depth: 512,
            call_depth: 24,
            event_topics: 4,
            payload_len: 16 * 1024,
            event_bytes: 4 * 1024 * 1024,
            output_bytes: 16 * 1024,
            storage_key_len: 128,
            delegate_dependencies: 32,
            salt_len: 1024,
            random_subject_len: 32,
            debug_len: 128 * 1024,
            transient_bytes: 1024 * 1024,
            unstable_functions: false,
        },
        interpreter: Interpreter {
            ref_time_per_fuel: 2_000,
            recursion_depth: 1024,
            stack_height: 1024 * 1024,
            bytes_per_fuel: 16,
            host_stack_bytes: 8 * 1024 * 1024,
        },
        bases: BaseWeights::V2_0,
        frames: FrameCosts::V2_0,
        host: HostCosts::V2_0,
        operators: OperatorCosts::V2_0,
        deposits: Deposits {
            code_info_bytes: 62,
            code_items: 2,
            contract_bytes: 107,
            dependency_bytes: 48,
            contract_items: 1,
            lockup_ppm: 0,
            default_limit_bytes: 1024 * 1024,
            default_limit_items: 1024,
            default_limit_accounts: 16,
        },
        idle: Idle {
            deleted_items: 512,
            moved_records: 512,
            moved_code_bytes: 256 * 1024,
            moved_codes: 64,
        },
        metered: None,
    };
}

impl OperatorCosts {
    /// Those of 2.0: one for what the interpreter does in one step, nothing for what it does
    /// nothing for, more for what takes longer. Reading a local or a constant counts, because
    /// either may become a copy later. `block`, `end` and `drop` are nothing to the interpreter,
    /// and the barriers that code is given (`code::barrier`) rely on that.
    pub const V2_0: Self = Self {
        unreachable: 0,
        nop: 0,
        block: 0,
        loop_: 0,
        else_: 0,
        end: 0,
        return_: 1,
        drop: 0,
        br_table: 3,
        call: 8,
        call_indirect: 12,
        memory_size: 2,
        memory_grow: 200,
        i32_div_s: 5,
        i32_div_u: 5,
        i32_rem_s: 5,
        i32_rem_u: 5,
        i64_div_s: 8,
        i64_div_u: 8,
        i64_rem_s: 8,
        i64_rem_u: 8,
        frame_cells_per_fuel: 8,
        native_loop: 20,
        ..all(1)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of a version is data; whoever changes it changes this line, knowing what he does.
    #[test]
    fn the_cost_table_of_2_0_has_its_hash() {
        let hash: String = Rules::V2_0
            .hash()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, include_str!("rules.hash").trim());
    }
}
