//! Whatever it is given, the meter makes valid code of it or says why it doesn't: `cargo fuzz run meter` in
//! `engines/meter`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pink_engine_meter::{meter, Language, Rules};
use wasmparser::{Validator, WasmFeatures};

fn check(code: &[u8], language: Language) {
    if let Ok(made) = meter(code, language, &Rules::V2_1) {
        let features =
            WasmFeatures::WASM1 | WasmFeatures::SIGN_EXTENSION | WasmFeatures::BULK_MEMORY;
        let valid = Validator::new_with_features(features).validate_all(&made.code);
        assert!(valid.is_ok(), "{:?}", valid.err());
        assert!(made.code.len() <= 24 * code.len() + 1024);
        assert!(meter(&made.code, language, &Rules::V2_1).is_err());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let language = Language {
        floats: first & 1 != 0,
        bulk: first & 2 != 0,
    };
    // As it is, or as what a module is drawn from.
    if first & 4 != 0 {
        return check(rest, language);
    }
    let config = wasm_smith::Config {
        allow_floats: language.floats,
        bulk_memory_enabled: language.bulk,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        max_memories: 1,
        max_tables: 1,
        ..wasm_smith::Config::default()
    };
    let mut unstructured = arbitrary::Unstructured::new(rest);
    if let Ok(module) = wasm_smith::Module::new(config, &mut unstructured) {
        check(&module.to_bytes(), language);
    }
});
