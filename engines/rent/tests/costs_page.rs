//! The book has the costs and limits of each version of this era.

#[path = "../../costs_page.rs"]
mod pages;

use pages::{page, write_or_compare, Group};
use pink_engine_rent::{RentConfig, Rules};
use pink_engine_sdk::rules::{Rule, Table};

const SOURCES: &[&str] = &[
    include_str!("../src/versions/mod.rs"),
    include_str!("../src/versions/costs.rs"),
    include_str!("../src/versions/schedule.rs"),
    include_str!("../src/versions/config.rs"),
];

const fn group(prefix: &'static str, of: &'static str, title: &'static str) -> Group<'static> {
    Group { prefix, of, title }
}

const GROUPS: &[Group<'static>] = &[
    group("", "Rules", "The version"),
    group("base.", "BaseWeights", "Messages, and work between blocks"),
    group(
        "schedule.",
        "Schedule",
        "The schedule that a cluster begins with",
    ),
    group("schedule.limits.", "Limits", "Its limits"),
    group(
        "schedule.host_fn_weights.",
        "HostFnWeights",
        "Its host functions",
    ),
    group(
        "schedule.instruction_weights.",
        "InstructionWeights",
        "Its instructions",
    ),
    group("interpreter.", "Interpreter", "The interpreter"),
    group(
        "config.",
        "RentConfig",
        "A cluster's configuration, if none is given",
    ),
];

fn of(version: &str, rules: &Rules) -> String {
    let mut table = Table::of(rules);
    RentConfig::DEVELOPMENT.add_to("config", &mut table);
    page(version, &table, GROUPS, SOURCES)
}

#[test]
fn the_pages_of_1_0_and_1_1_are_current() {
    let (old, new) = (of("1.0", &Rules::V1_0), of("1.1", &Rules::V1_1));
    // By hand, of the versions' files.
    assert!(old.contains("| `call` | 509,326,000 |"), "{old}");
    assert!(old.contains("| `upgrades_from` | none |"), "{old}");
    assert!(new.contains("| `upgrades_from` | 1.0 |"), "{new}");
    let command = "cargo test -p pink-engine-rent --test costs_page";
    write_or_compare("costs-1.0.md", &old, command);
    write_or_compare("costs-1.1.md", &new, command);
}
