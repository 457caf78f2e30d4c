//! The book has the costs and limits of each version of this era that is released.

#[path = "../../costs_page.rs"]
mod pages;

use pages::{page, write_or_compare, Group};
use pink_engine_deposit::Rules;
use pink_engine_sdk::rules::Table;

const SOURCES: &[&str] = &[
    include_str!("../src/versions/mod.rs"),
    include_str!("../src/versions/costs.rs"),
    include_str!("../src/versions/operators.rs"),
];

const fn group(prefix: &'static str, of: &'static str, title: &'static str) -> Group<'static> {
    Group { prefix, of, title }
}

const GROUPS: &[Group<'static>] = &[
    group("", "Rules", "The version"),
    group("bases.", "BaseWeights", "Messages"),
    group("frames.", "FrameCosts", "Frames"),
    group("host.", "HostCosts", "Host functions"),
    group("operators.", "OperatorCosts", "Operators, in fuel"),
    group("interpreter.", "Interpreter", "The interpreter"),
    group("limits.", "Limits", "Limits"),
    group("deposits.", "Deposits", "What deposits are held for"),
    group("idle.", "Idle", "Work at the end of a block"),
];

#[test]
fn the_page_of_2_0_is_current() {
    let text = page("2.0", &Table::of(&Rules::V2_0), GROUPS, SOURCES);
    // By hand, of the version's file: a call's base, and what a unit of fuel is.
    assert!(
        text.contains("| `call` | 150,000,000 ps, 11,000 ps a byte, 512 bytes of state |"),
        "{text}"
    );
    assert!(text.contains("| `i64_div_s` | 8 |"), "{text}");
    write_or_compare(
        "costs-2.0.md",
        &text,
        "cargo test -p pink-engine-deposit --test costs_page",
    );
}
