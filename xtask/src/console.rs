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

/// A wallet that isn't ours, for one of the tests.
const EXTENSION: &str = "console/e2e/extension";

fn npm(root: &Path, folder: &str, args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(root.join(folder)).args(args);
    npm
}

/// Whether there is npm.
pub(crate) fn has_npm(root: &Path) -> bool {
    answers(&mut npm(root, ".", &["--version"]))
}

/// What a folder's lock file names.
fn install(root: &Path, folder: &str) -> Result<()> {
    let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(&mut npm(root, folder, &args))
}

/// What the page is made of: the client, built, and what the lock files name.
fn fetch(root: &Path) -> Result<()> {
    for folder in ["clients/typescript", "console"] {
        install(root, folder)?;
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

/// Checks that the page is what its sources build to, and what a browser makes of it: beside `dev serve`, and beside the
/// node and a worker.
///
/// # Errors
/// Something isn't as it should be. What couldn't be tried isn't an error: it is what is returned.
pub(crate) fn test(root: &Path) -> Result<Vec<String>> {
    fetch(root)?;
    for script in ["check", "test", "build"] {
        run(&mut npm(root, "console", &["run", script]))?;
    }
    run(&mut npm(root, "console", &["run", "embed:check"]))?;
    let worker = root.join("target/debug/pink-worker");
    let Some(browser) = browser() else {
        return Ok(vec!["no browser tried it: there is no Chromium".into()]);
    };
    if !worker.is_file() {
        let why = "no browser tried it: the step `tests` builds pink-worker";
        return Ok(vec![why.into()]);
    }
    install(root, EXTENSION)?;
    run(&mut npm(root, EXTENSION, &["run", "build"]))?;
    let mut hour = npm(root, "console", &["run", "test:serve"]);
    hour.env("CHROMIUM", &browser).env("PINK_WORKER", worker);
    hour.env("PINK_ENGINES", root.join("target/engines"));
    run(&mut hour)?;
    Ok(Vec::new())
}

/// The same hour against a real node and a real worker: minutes, which nobody has at each change.
///
/// # Errors
/// As the browser's tests beside `dev serve`; or the node isn't built.
pub(crate) fn test_on_node(root: &Path) -> Result<()> {
    let mut hour = npm(root, "console", &["run", "test:node"]);
    hour.envs(browser().map(|browser| ("CHROMIUM", browser)));
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
