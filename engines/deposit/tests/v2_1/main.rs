//! Every rule of 2.1: the tests of 2.0 once more, with what differs.
//!
//! The files are the same. What a test asserts of one version and not of the other says it with
//! `either`. The last test here looks whether a file is missing.

#![allow(clippy::duplicate_mod)] // each has its own, as when it is tested alone

macro_rules! files {
    ($($name:ident = $path:literal,)*) => {
        $(
            #[path = $path]
            mod $name;
        )*

        /// The files that are tested here.
        const FILES: &[&str] = &[$(stringify!($name)),*];
    };
}

files! {
    broken = "../broken.rs",
    calls = "../calls.rs",
    code = "../code.rs",
    deposits = "../deposits.rs",
    extension = "../extension.rs",
    gas = "../gas.rs",
    hostile = "../hostile.rs",
    info = "../info.rs",
    ink = "../ink.rs",
    migration = "../migration.rs",
    money = "../money.rs",
    nested = "../nested.rs",
    original = "../original.rs",
    outputs = "../outputs.rs",
    random = "../random.rs",
    refunds = "../refunds.rs",
    remove_code = "../remove_code.rs",
    select = "../select.rs",
    setup = "../setup.rs",
    slices = "../slices.rs",
    smith = "../smith.rs",
    storage = "../storage.rs",
    system = "../system.rs",
    unstable = "../unstable.rs",
    upgrade = "../upgrade.rs",
}

/// Those that aren't, and why.
const OTHERS: &[(&str, &str)] = &[
    ("block_bounds", "looks at every version"),
    ("compiled", "is of 2.1 alone"),
    ("compiled_attacks", "is of 2.1 alone"),
    (
        "conformance",
        "is about 2.0's interpreter; engines/native has the same for the metered",
    ),
    (
        "costs_page",
        "is about the book, which has released versions",
    ),
    ("next", "compares the two"),
];

#[test]
#[allow(clippy::disallowed_methods)] // looks at its own sources
fn no_file_is_missing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the sources are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let others = OTHERS.iter().map(|(name, _)| *name);
    let mut known: Vec<&str> = FILES.iter().copied().chain(others).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}
