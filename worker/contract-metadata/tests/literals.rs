//! Arguments as people write them.

use pink_contract_metadata::Literal;
use proptest::prelude::*;

fn number(digits: &str) -> Literal {
    Literal::Number {
        negative: false,
        digits: digits.into(),
    }
}

#[test]
fn values_are_read() {
    let word = |text: &str| Literal::Word(text.into());
    let field = |name: &str, value| (name.to_owned(), value);
    let account = |path: &str| Literal::Account(path.into());
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    for (text, value) in [
        ("42", number("42")),
        ("+7", number("7")),
        ("1_000", number("1000")),
        (
            "-1",
            Literal::Number {
                negative: true,
                digits: "1".into(),
            },
        ),
        ("0x", Literal::Hex(vec![])),
        ("0xfF", Literal::Hex(vec![255])),
        ("true", word("true")),
        (" None ", word("None")),
        (alice, word(alice)),
        (
            "Some(5)",
            Literal::Tuple(Some("Some".into()), vec![number("5")]),
        ),
        (
            "( (1, 2) )",
            Literal::Tuple(
                None,
                vec![Literal::Tuple(None, vec![number("1"), number("2")])],
            ),
        ),
        ("()", Literal::Tuple(None, vec![])),
        ("[1, 2,]", Literal::List(vec![number("1"), number("2")])),
        (
            "{ a: 1, b: [0x00] }",
            Literal::Fields(
                None,
                vec![
                    field("a", number("1")),
                    field("b", Literal::List(vec![Literal::Hex(vec![0])])),
                ],
            ),
        ),
        (
            "Foo { a: 1 }",
            Literal::Fields(Some("Foo".into()), vec![field("a", number("1"))]),
        ),
        (r#""a \"(\n\u{e9}""#, Literal::Text("a \"(\né".into())),
        ("\"//Alice\"", Literal::Text("//Alice".into())),
        ("//Alice", account("//Alice")),
        ("//Alice//stash", account("//Alice//stash")),
        (
            "(//Alice, 5)",
            Literal::Tuple(None, vec![account("//Alice"), number("5")]),
        ),
    ] {
        assert_eq!(Literal::parse(text), Ok(value), "{text}");
    }
}

#[test]
fn what_is_no_value_is_refused() {
    let deep = "(".repeat(40) + &")".repeat(40);
    let endless = "[".repeat(1_000_000);
    for text in [
        "12abc",
        "0x123",
        "0xg0",
        "1 2",
        "true false",
        "(1",
        "1)",
        "(1]",
        "\"a",
        "\"\\x\"",
        "",
        "  ",
        "(1)2",
        "5(1)",
        "()()",
        "1,2",
        "a-b",
        "$",
        "[1 2]",
        "[,]",
        "{a 1}",
        "{1: 1}",
        &deep,
        &endless,
    ] {
        assert!(Literal::parse(text).is_err(), "{text:.60?} was taken");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}", brackets in "[\\[\\](){},:\"\\\\a1 ]{0,60}") {
        let _ = (Literal::parse(&text), Literal::parse(&brackets));
    }
}
