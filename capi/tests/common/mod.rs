//! Parts of `docs/abi.md` that tests write, or hold to the sources.

use std::{env, fs, path::PathBuf};

fn place() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/abi.md"))
}

/// The page.
pub(crate) fn page() -> String {
    fs::read_to_string(place()).expect("there is a page")
}

fn marks(page: &str, begin: &str, end: &str) -> (usize, usize) {
    let (begin, end) = (format!("<!-- {begin} -->\n"), format!("<!-- {end} -->\n"));
    let from = page.find(&begin).expect("the page has the mark") + begin.len();
    let to = page.find(&end).expect("the page has the mark");
    (from, to)
}

/// What stands between two marks.
#[allow(dead_code)] // not every test of the page reads from it
pub(crate) fn between<'p>(page: &'p str, begin: &str, end: &str) -> &'p str {
    let (from, to) = marks(page, begin, end);
    &page[from..to]
}

/// Puts `text` between the marks of `name`.
pub(crate) fn replace(page: &str, name: &str, text: &str) -> String {
    let (from, to) = marks(page, name, &format!("end of {name}"));
    [&page[..from], text, &page[to..]].concat()
}

/// Compares the page with what it should be, or writes that.
pub(crate) fn write_or_compare(test: &str, page: &str, new: &str) {
    if env::var_os("UPDATE_DOCS").is_some() {
        // Other tests read the page meanwhile.
        let beside = place().with_extension("new");
        fs::write(&beside, new).expect("the page can be written");
        fs::rename(beside, place()).expect("the page can be replaced");
        return;
    }
    assert!(
        page == new,
        "docs/abi.md isn't up to date: UPDATE_DOCS=1 cargo test -p pink-capi --test {test}"
    );
}
