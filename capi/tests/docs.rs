//! `docs/abi.md` lists every call. The lists there are written by this test:
//! `UPDATE_DOCS=1 cargo test -p pink-capi --test docs`.

mod common;

use common::{page, replace, write_or_compare};
use pink_capi::calls::{Scope, ECALLS, OCALLS};

/// A call's signature: the compiler's way to write an argument isn't a person's.
fn call(name: &str, signature: &str) -> String {
    format!("`{name}{}`", signature.replace(" : ", ": "))
}

/// The calls into an engine as a Markdown table.
fn ecalls() -> String {
    let rows = ECALLS.iter().map(|row| {
        let call = call(row.name, row.signature);
        format!("| {} | {} | {call} |{} |\n", row.id, row.since, row.about)
    });
    "| id | since | call | |\n|---|---|---|---|\n".to_owned() + &rows.collect::<String>()
}

/// The calls back into the worker.
fn ocalls() -> String {
    let rows = OCALLS.iter().map(|row| {
        let call = call(row.name, row.signature);
        let v2 = row.v2_function.unwrap_or("env.call");
        let scope = match row.scope {
            Scope::All => "all calls",
            Scope::Query => "queries",
        };
        let (id, since, minor, about) = (row.id, row.since, row.v1_minor, row.about);
        format!("| {id} | {since} | 1.{minor} | `{v2}` | {scope} | {call} |{about} |\n")
    });
    "| id | since | ABI 1 | ABI 2 | in | call | |\n|---|---|---|---|---|---|---|\n".to_owned()
        + &rows.collect::<String>()
}

#[test]
fn the_page_lists_every_call() {
    let page = page();
    let new = replace(&page, "ecalls", &ecalls());
    let new = replace(&new, "ocalls", &ocalls());
    write_or_compare("docs", &page, &new);
}
