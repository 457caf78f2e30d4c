//! Values of Rust's own types: their codec is another implementation of the bytes, and `Debug` of the
//! text.

mod common;

use common::{bytes_of, metadata_of, Ss58, ALICE, ALICE_SS58};
use parity_scale_codec::{Compact, CompactAs, Encode};
use pink_contract_metadata::{Entry, Literal};
use proptest::prelude::*;
use scale_info::TypeInfo;
use std::{collections::BTreeMap, fmt::Debug};

#[derive(Clone, Debug, Encode, TypeInfo)]
struct Wide {
    flag: bool,
    small: (u8, i8),
    middle: [u16; 3],
    numbers: Vec<i32>,
    large: (u64, i64, u128, i128),
    text: String,
    maybe: Option<Box<Shape>>,
    result: Result<Vec<Shape>, (u8,)>,
    nested: Vec<Vec<Vec<u16>>>,
    wrapped: Wrapped,
    bytes: Vec<u8>,
    fixed: [u8; 4],
}

#[derive(Clone, Debug, Encode, TypeInfo)]
struct Wrapped(u32);

#[derive(Clone, Debug, Encode, TypeInfo)]
enum Shape {
    Point,
    Circle(u32),
    Line(i16, i16),
    Box {
        left: i64,
        right: i64,
    },
    #[codec(index = 77)]
    Far,
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Point),
        any::<u32>().prop_map(Shape::Circle),
        any::<(i16, i16)>().prop_map(|(a, b)| Shape::Line(a, b)),
        any::<(i64, i64)>().prop_map(|(left, right)| Shape::Box { left, right }),
        Just(Shape::Far),
    ]
}

/// A number of 128 bits at the edges as often as between them.
fn edges() -> impl Strategy<Value = (u64, i64, u128, i128)> {
    let u = prop_oneof![Just(0), Just(u128::MAX), any::<u128>()];
    let i = prop_oneof![Just(i128::MIN), Just(i128::MAX), any::<i128>()];
    (any::<u64>(), any::<i64>(), u, i)
}

fn wides() -> impl Strategy<Value = Wide> {
    let one = (
        any::<bool>(),
        any::<(u8, i8)>(),
        any::<[u16; 3]>(),
        any::<Vec<i32>>(),
        edges(),
        "\\PC{0,20}",
    );
    let two = (
        proptest::option::of(shapes()),
        prop_oneof![
            proptest::collection::vec(shapes(), 0..4).prop_map(Ok),
            any::<(u8,)>().prop_map(Err),
        ],
        proptest::collection::vec(proptest::collection::vec(any::<Vec<u16>>(), 0..3), 0..3),
        any::<u32>(),
        any::<Vec<u8>>(),
        any::<[u8; 4]>(),
    );
    (one, two).prop_map(|(one, two)| {
        let (flag, small, middle, numbers, large, text) = one;
        let (maybe, result, nested, wrapped, bytes, fixed) = two;
        Wide {
            flag,
            small,
            middle,
            numbers,
            large,
            text,
            maybe: maybe.map(Box::new),
            result,
            nested,
            wrapped: Wrapped(wrapped),
            bytes,
            fixed,
        }
    })
}

/// Text stands without quotes in what is shown, and has them where Rust shows it.
fn without_quotes(wide: &Wide) -> String {
    let quoted = format!("text: {:?}, maybe", wide.text);
    format!("{wide:?}").replacen(&quoted, &format!("text: {}, maybe", wide.text), 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn drawn_values_are_those_of_rust(wide in wides()) {
        let (metadata, id) = metadata_of::<Wide>();
        let literal = Literal::parse(&format!("{wide:?}")).unwrap();
        prop_assert_eq!(metadata.encode_value(id, &literal, &Ss58), Ok(wide.encode()));
        let shown = metadata.decode_value(id, &wide.encode(), &Ss58).unwrap().to_string();
        prop_assert_eq!(shown, without_quotes(&wide));
    }
}

/// What a text becomes by a type, and how that is shown.
fn check<T: Encode + TypeInfo + 'static>(text: &str, value: &T, shown: &str) {
    let (metadata, id) = metadata_of::<T>();
    let encoded = metadata.encode_call(Entry::Message, "take", &[text], &Ss58);
    let bytes = bytes_of(value);
    assert_eq!(encoded, Ok([&[0, 0, 0, 1], &bytes[..]].concat()), "{text}");
    let value = metadata.decode_value(id, &bytes, &Ss58);
    assert_eq!(
        value.map(|it| it.to_string()).as_deref(),
        Ok(shown),
        "{text}"
    );
}

#[derive(Clone, Copy, Encode, CompactAs, TypeInfo)]
struct Share(u32);

#[derive(Encode, TypeInfo)]
struct Compacted {
    #[codec(compact)]
    amount: u128,
}

#[derive(Encode, TypeInfo)]
struct AccountId([u8; 32]);

#[derive(Encode, TypeInfo)]
struct Holder {
    owner: AccountId,
    amount: u128,
}

#[test]
fn every_form_of_a_value() {
    check("1_0", &10u8, "10");
    check("0x0100", &256u16, "256");
    check("-1", &-1i8, "-1");
    check("true", &true, "true");
    check("()", &(), "");
    check("(7,)", &(7u8,), "(7,)");
    check("7", &(7u8,), "(7,)");
    check("0x0aff", &vec![10u8, 255], "[10, 255]");
    check("[1, 0x02]", &vec![1u8, 2], "[1, 2]");
    check("0x0102", &[1u8, 2], "[1, 2]");
    check("0x", &Vec::<u8>::new(), "[]");
    check("5", &Wrapped(5), "Wrapped(5)");
    check("Wrapped(5)", &Wrapped(5), "Wrapped(5)");
    check(
        "Some(Circle(1))",
        &Some(Shape::Circle(1)),
        "Some(Circle(1))",
    );
    check("None", &None::<u8>, "None");
    check(
        "Box { right: 2, left: -1 }",
        &Shape::Box { left: -1, right: 2 },
        "Box { left: -1, right: 2 }",
    );
    check("Far", &Shape::Far, "Far");
    check("Err(3)", &Err::<(), u8>(3), "Err(3)");
    check("Ok(())", &Ok::<(), u8>(()), "Ok()");
    check("70000", &Compact(70_000u32), "70000");
    check(
        "340282366920938463463374607431768211455",
        &Compact(u128::MAX),
        "340282366920938463463374607431768211455",
    );
    check("9", &Compact(Share(9)), "Share(9)");
    check(
        "{ amount: 1_000_000 }",
        &Compacted { amount: 1_000_000 },
        "Compacted { amount: 1000000 }",
    );
    let map = BTreeMap::from([(1u8, "a".to_owned()), (2, "b".to_owned())]);
    check(
        r#"[(1, "a"), (2, "b")]"#,
        &map,
        "BTreeMap([(1, a), (2, b)])",
    );
}

/// In a list as alone, and as an address only if it is one.
#[test]
fn accounts_in_every_place() {
    for text in [
        "//Alice",
        ALICE_SS58,
        &format!("\"{ALICE_SS58}\""),
        &format!("0x{}", hex::encode(ALICE)),
    ] {
        check(text, &AccountId(ALICE), ALICE_SS58);
        check(
            &format!("[{text}]"),
            &vec![AccountId(ALICE)],
            &format!("[{ALICE_SS58}]"),
        );
        check(
            &format!("Some({{ owner: {text}, amount: 1 }})"),
            &Some(Holder {
                owner: AccountId(ALICE),
                amount: 1,
            }),
            &format!("Some(Holder {{ owner: {ALICE_SS58}, amount: 1 }})"),
        );
    }
    mod other {
        #[derive(parity_scale_codec::Encode, scale_info::TypeInfo)]
        pub(crate) struct AccountId(pub(crate) u32);
    }
    check("AccountId(5)", &other::AccountId(5), "AccountId(5)");
}

/// A number out of its type's range names the type and the range.
#[test]
fn ranges_are_named() {
    fn refused<T: TypeInfo + Debug + 'static>(text: &str, expected: &str) {
        let (metadata, _) = metadata_of::<T>();
        let error = metadata
            .encode_call(Entry::Message, "take", &[text], &Ss58)
            .unwrap_err();
        let start = format!(
            "take takes value: {}: expected {expected}, found ",
            std::any::type_name::<T>()
        );
        assert!(error.to_string().starts_with(&start), "{error}");
    }
    for text in ["256", "-1", "0x0100", "true", &"9".repeat(99)] {
        refused::<u8>(text, "a number from 0 to 255 (u8)");
    }
    refused::<u16>("65536", "a number from 0 to 65535 (u16)");
    refused::<u32>("4294967296", "a number from 0 to 4294967295 (u32)");
    refused::<u64>(
        "18446744073709551616",
        "a number from 0 to 18446744073709551615 (u64)",
    );
    refused::<u128>(
        "340282366920938463463374607431768211456",
        "a number from 0 to 340282366920938463463374607431768211455 (u128)",
    );
    for text in ["128", "-129", "0x01"] {
        refused::<i8>(text, "a number from -128 to 127 (i8)");
    }
    refused::<i128>("170141183460469231731687303715884105728", "a number from -170141183460469231731687303715884105728 to 170141183460469231731687303715884105727 (i128)");
    refused::<bool>("1", "true or false");
}

/// What the codec refuses, in the words of the type.
#[test]
fn bytes_that_are_no_value() {
    fn refused<T: TypeInfo + 'static>(bytes: &[u8], text: &str) {
        let (metadata, id) = metadata_of::<T>();
        let error = metadata
            .decode_value(id, bytes, &Ss58)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(text), "{error}");
    }
    refused::<u32>(&[], "expected u32, found the end");
    refused::<u32>(&[1, 2], "expected u32, found bytes that are none");
    refused::<u8>(&[1, 2], "expected the end, found 1 bytes more");
    refused::<bool>(&[2], "expected bool, found bytes that are none");
    refused::<Shape>(
        &[9],
        "expected Shape, found bytes that are none: there is no variant 9",
    );
    refused::<String>(
        &[8, 0xff, 0xff],
        "expected String, found bytes that are none",
    );
    refused::<Vec<u8>>(&[0xfe, 0xff, 0xff, 0xff], "expected u8, found the end");
    // A compact number that could be shorter.
    refused::<Compact<u32>>(&[0x02, 0, 0, 0], "expected u32, found bytes that are none");
}
