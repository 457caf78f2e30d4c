//! `cargo xtask book`: the book, as pages for a browser.
//!
//! `mdbook` makes them. What it hasn't got is here: pages of this repository that the book includes (`docs/`) link to
//! sources, which aren't part of a book; there their text stays and the link goes. That the book's own
//! links, pages and includes are right is held by this module's tests, which need no `mdbook`.

mod links;
#[cfg(test)]
mod tests;

use crate::{
    error::{Error, Result},
    process::run,
    tools, tree,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{stdin, stdout, Write},
    path::{Component, Path, PathBuf},
    process::Command,
};

/// The version that the pages are made with.
const MDBOOK: &str = "0.5.4";

/// What to do about the book.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What mdbook calls for each book: chapters on standard input, chapters on standard output
    #[arg(long, hide = true)]
    preprocess: bool,
    /// What mdbook asks: `supports RENDERER`
    #[arg(hide = true, requires = "preprocess")]
    question: Vec<String>,
}

/// Makes the pages.
pub(crate) fn make(args: &Args) -> Result<()> {
    if args.preprocess {
        // Whichever renderer it is: it gets Markdown.
        return if args.question.is_empty() {
            preprocess()
        } else {
            Ok(())
        };
    }
    let root = tree::root();
    let features = ["--no-default-features", "--features=search"];
    let mdbook = tools::install_with(&root, "mdbook", MDBOOK, &features)?;
    run(Command::new(mdbook).arg("build").arg(root.join("book")))?;
    println!("{}", root.join("target/book/index.html").display());
    Ok(())
}

fn preprocess() -> Result<()> {
    let broken = |error: serde_json::Error| Error::Book(error.to_string());
    let (_, mut book): (Value, Value) = serde_json::from_reader(stdin()).map_err(broken)?;
    let mut pages = BTreeSet::new();
    each_chapter(&mut book, &mut |path, _| {
        pages.insert(path.to_owned());
    });
    each_chapter(&mut book, &mut |path, content| {
        *content = within(path, content, &pages);
    });
    let text = serde_json::to_string(&book).map_err(broken)?;
    stdout()
        .write_all(text.as_bytes())
        .map_err(|error| Error::Book(error.to_string()))
}

/// Visits each chapter's path and text, however deep it lies.
fn each_chapter(value: &mut Value, visit: &mut dyn FnMut(&Path, &mut String)) {
    if let Value::Object(fields) = value {
        let path = fields
            .get("path")
            .and_then(Value::as_str)
            .map(PathBuf::from);
        if let (Some(path), Some(Value::String(content))) = (path, fields.get_mut("content")) {
            visit(&path, content);
        }
    }
    match value {
        Value::Array(parts) => parts.iter_mut().for_each(|it| each_chapter(it, visit)),
        Value::Object(parts) => parts.values_mut().for_each(|it| each_chapter(it, visit)),
        _ => {}
    }
}

/// A page without the links that lead out of the book; their text stays.
fn within(page: &Path, text: &str, pages: &BTreeSet<PathBuf>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for link in links::of(text) {
        let Some((path, _)) = links::split(link.target) else {
            continue;
        };
        if path.is_empty() || pages.contains(&beside(page, path)) {
            continue;
        }
        kept.push_str(&text[done..link.range.start]);
        kept.push_str(link.text);
        done = link.range.end;
    }
    kept + &text[done..]
}

/// The file that a page means by a relative path.
fn beside(page: &Path, path: &str) -> PathBuf {
    let mut found = page.parent().map_or_else(PathBuf::new, Path::to_owned);
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir if found.file_name().is_some() && !found.ends_with("..") => {
                found.pop();
            }
            Component::CurDir => {}
            part => found.push(part),
        }
    }
    found
}
