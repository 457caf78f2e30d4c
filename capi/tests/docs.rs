//! `docs/abi.md` lists every call of the first ABI. The lists there are written by this test:
//! `UPDATE_DOCS=1 cargo test -p pink-capi --test docs`.

use pink_capi::v1::{CallInfo, ECALLS, OCALLS};
use std::{env, fs, path::Path};

/// The rows as a Markdown table.
fn table(rows: &[CallInfo]) -> String {
    let rows = rows.iter().map(|row| {
        let CallInfo {
            id, name, since, ..
        } = row;
        // The compiler's way to write an argument isn't a person's.
        let signature = row.signature.replace(" : ", ": ");
        format!("| {id} | {since} | `{name}{signature}` |{} |\n", row.about)
    });
    "| id | since | call | |\n|---|---|---|---|\n".to_owned() + &rows.collect::<String>()
}

/// Puts `table` between the marks of `name`.
fn replace(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name} -->\n"),
        format!("<!-- end of {name} -->\n"),
    );
    let from = page.find(&begin).expect("the page has the mark") + begin.len();
    let to = page.find(&end).expect("the page has the mark");
    [&page[..from], table, &page[to..]].concat()
}

#[test]
fn the_page_lists_every_call() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/abi.md");
    let page = fs::read_to_string(&place).expect("there is a page");
    let new = replace(&page, "ecalls", &table(ECALLS));
    let new = replace(&new, "ocalls", &table(OCALLS));
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&place, &new).expect("the page can be written");
    } else {
        assert!(
            page == new,
            "docs/abi.md isn't up to date: UPDATE_DOCS=1 cargo test -p pink-capi --test docs"
        );
    }
}
