//! Whatever it is given, the meter makes valid code of it or says why it doesn't.
#![allow(missing_docs)]

use pink_engine_meter::{meter, Error, Language, Rules};
use proptest::{prelude::*, strategy::ValueTree};
use wasmparser::{Validator, WasmFeatures};

fn language() -> impl Strategy<Value = Language> {
    (any::<bool>(), any::<bool>()).prop_map(|(floats, bulk)| Language { floats, bulk })
}

/// What comes out is valid without anything that went in being trusted.
fn check(code: &[u8], language: Language) -> Result<bool, TestCaseError> {
    let made = meter(code, language, &Rules::V2_1);
    prop_assert_eq!(&made, &meter(code, language, &Rules::V2_1));
    let Ok(made) = made else {
        return Ok(false);
    };
    let features = WasmFeatures::WASM1 | WasmFeatures::SIGN_EXTENSION | WasmFeatures::BULK_MEMORY;
    let valid = Validator::new_with_features(features).validate_all(&made.code);
    prop_assert!(valid.is_ok(), "{:?}", valid.err());
    // Every operator can begin a block, and a charge takes some twenty bytes.
    prop_assert!(made.code.len() <= 24 * code.len() + 1024);
    // What was made can't be metered again: its names are the meter's.
    let again = meter(
        &made.code,
        Language {
            bulk: true,
            ..language
        },
        &Rules::V2_1,
    );
    let reserved = matches!(again, Err(Error::Reserved { .. }));
    prop_assert!(
        reserved || matches!(again, Err(Error::TooMany { .. })),
        "{:?}",
        again
    );
    Ok(true)
}

fn smith(bytes: &[u8], floats: bool) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        allow_floats: floats,
        bulk_memory_enabled: false,
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
        compact_imports_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 1,
        max_tables: 1,
        extended_const_enabled: false,
        ..wasm_smith::Config::default()
    };
    let mut unstructured = arbitrary::Unstructured::new(bytes);
    let module = wasm_smith::Module::new(config, &mut unstructured).ok()?;
    Some(module.to_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn drawn_modules(bytes in prop::collection::vec(any::<u8>(), 0..4096), language in language()) {
        if let Some(code) = smith(&bytes, language.floats) {
            check(&code, language)?;
        }
    }

    /// A contract with some bytes changed, cut off, or repeated.
    #[test]
    fn damaged_contracts(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
        language in language(),
    ) {
        let mut code = include_bytes!("../../../contracts/artifacts/flipper.wasm").to_vec();
        for (at, byte) in changes {
            let at = at.index(code.len());
            code[at] = byte;
        }
        if cuts {
            code.truncate(cut.index(code.len()));
        }
        check(&code, language)?;
    }

    #[test]
    fn anything(mut bytes in prop::collection::vec(any::<u8>(), 0..256), language in language()) {
        check(&bytes, language)?;
        bytes.splice(0..0, *b"\0asm\x01\0\0\0");
        check(&bytes, language)?;
    }
}

/// They aren't all refused.
#[test]
fn most_drawn_modules_are_metered() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bytes = prop::collection::vec(any::<u8>(), 4096);
    let made = (0..100).filter(|_| {
        let bytes = bytes.new_tree(&mut runner).expect("a tree").current();
        let code = smith(&bytes, false).expect("enough bytes");
        check(&code, Language::default()).expect("right")
    });
    assert!(made.count() >= 60);
}

/// Errors name what is wrong and where.
#[test]
fn what_contracts_cant_have_is_named() {
    let refused = |text: &str| {
        let code = wat::parse_str(text).expect("a literal");
        meter(&code, Language::default(), &Rules::V2_1).expect_err("refused")
    };
    let memory = r#"(import "env" "memory" (memory 1 2))"#;
    let copy =
        format!("(module {memory} (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))))");
    let error = refused(&copy).to_string();
    assert!(
        error.starts_with("contracts can't have MemoryCopy (at byte "),
        "{error}"
    );
    let error = refused(r#"(module (import "meter" "out_of_gas" (func)))"#);
    assert_eq!(
        error,
        Error::Reserved {
            name: "meter.out_of_gas".into()
        }
    );
    let error = refused(r#"(module (func (export "meter:gas")))"#);
    assert_eq!(
        error,
        Error::Reserved {
            name: "meter:gas".into()
        }
    );
    let error = refused("(module (func (drop (f32.const 1))))");
    assert!(matches!(error, Error::Invalid { .. }), "{error}");
    let locals = format!("(module (func (local {})))", "i32 ".repeat(1_025));
    let many = |what, found, limit| Error::TooMany { what, found, limit };
    assert_eq!(refused(&locals), many("locals in a function", 1_025, 1_024));
    let functions = format!("(module {})", "(func)".repeat(8_193));
    assert_eq!(refused(&functions), many("functions", 8_193, 8_192));
    let body = format!("(module (func {}))", "nop ".repeat(128 * 1024));
    assert_eq!(
        refused(&body),
        many("bytes of a function", 131_074, 131_072)
    );
    let error = meter(&vec![0; 524_289], Language::default(), &Rules::V2_1);
    assert_eq!(error, Err(many("bytes of code", 524_289, 524_288)));
}
