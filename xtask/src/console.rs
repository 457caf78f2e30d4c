//! The console: the page that a worker serves, built from `console/` into `worker/console/dist`.

use crate::{
    error::Result,
    process::{answers, run},
    up,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian and others have it.
const CHROMIUM: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

fn npm(root: &Path, folder: &str, args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(root.join(folder)).args(args);
    npm
}

/// Whether there is npm.
pub(crate) fn has_npm(root: &Path) -> bool {
    answers(&mut npm(root, ".", &["--version"]))
}

/// What the page is made of: the client, built, and what the lock files name.
fn fetch(root: &Path) -> Result<()> {
    for folder in ["clients/typescript", "console"] {
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(&mut npm(root, folder, &args))?;
    }
    run(&mut npm(root, "clients/typescript", &["run", "build"]))
}

/// Builds the page, and puts it where the worker's program takes it from.
///
/// # Errors
/// npm isn't there, or says no.
pub(crate) fn make(root: &Path) -> Result<()> {
    fetch(root)?;
    run(&mut npm(root, "console", &["run", "embed"]))
}

/// Checks that the page is what its sources build to, and what a browser makes of it, where there is one.
///
/// # Errors
/// Something isn't as it should be.
pub(crate) fn test(root: &Path) -> Result<()> {
    fetch(root)?;
    for script in ["check", "test", "build"] {
        run(&mut npm(root, "console", &["run", script]))?;
    }
    run(&mut npm(root, "console", &["run", "embed:check"]))?;
    let worker = root.join("target/debug/pink-worker");
    match browser() {
        Some(browser) if worker.is_file() => {
            let mut hour = npm(root, "console", &["run", "test:serve"]);
            hour.env("CHROMIUM", browser).env("PINK_WORKER", worker);
            hour.env("PINK_ENGINES", root.join("target/engines"));
            run(&mut hour)?;
        }
        Some(_) => eprintln!("console: NOT tried in a browser: build pink-worker first"),
        None => eprintln!("console: NOT tried in a browser: there is no Chromium"),
    }
    Ok(())
}

/// The same hour against a real node and a real worker. It takes minutes, so CI leaves it out.
///
/// # Errors
/// As the browser's tests beside `dev serve`; or the node isn't built.
pub(crate) fn test_on_node(root: &Path) -> Result<()> {
    let mut hour = npm(root, "console", &["run", "test:node"]);
    hour.env("PINK_NODE", up::node(root)?);
    hour.env("PINK_WORKER", root.join("target/debug/pink-worker"));
    hour.env("PINK_ENGINES", root.join("target/engines"));
    run(&mut hour)
}

/// The browser of the tests, if there is one.
pub(crate) fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = CHROMIUM.iter().map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.is_file())
}
