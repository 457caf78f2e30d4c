//! The story of one cluster, told by the worker's own commands, each of them shown with what it
//! prints. A scene that doesn't show what it claims ends the demo with an error.

mod compiled;
mod scenario;

use crate::{
    error::{Error, OnPath, Result},
    process, tree,
};
use scenario::{Act, Scene, SCENARIO};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Makes the released engines and the worker, then plays the story in a folder that is thrown away.
pub(crate) fn run() -> Result<()> {
    let root = tree::root();
    let engines = engines(&root)?;
    let mut stage = Stage::new(
        root.clone(),
        engines,
        build_worker(&root, &["--no-default-features", "--features=dev"])?,
    )?;
    stage.play_all(SCENARIO)?;
    let more = compiled::play(&mut stage, &root)?;
    println!(
        "\nEach of the {} scenes showed what it claims.",
        SCENARIO.len() + more
    );
    Ok(())
}

/// The folder of the released engines, made here. Another compiler or linker makes other files, and a
/// copy without its history can't make any: then the story is told with what today's sources give.
fn engines(root: &Path) -> Result<PathBuf> {
    match crate::engines::make_released(&[]) {
        Ok(()) => Ok(tree::released_dir(root)),
        Err(error @ (Error::NoCommit { .. } | Error::ReleaseDiffers { .. })) => {
            eprintln!(
                "{error}\nthe demo goes on with engines that are built from these sources instead"
            );
            // Others aren't in it, and one that compiles contracts takes minutes to build.
            crate::engines::build_released()?;
            Ok(tree::engines_dir(root))
        }
        Err(error) => Err(error),
    }
}

/// Builds the worker with these features. The program itself is run, so that sources may change while the story lasts.
pub(crate) fn build_worker(root: &Path, features: &[&str]) -> Result<PathBuf> {
    eprintln!("building the worker");
    let mut build = process::cargo();
    build.current_dir(root).args(["build", "--quiet"]);
    build.args(["--package", "pink-worker", "--bin", "pink-worker"]);
    build.args(features);
    let said = process::output(build.arg("--message-format=json-render-diagnostics"))?;
    said.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .ok_or(Error::NoWorker)
}

/// Where the story is played.
struct Stage {
    root: PathBuf,
    /// Where engine files are fetched from.
    built: PathBuf,
    worker: PathBuf,
    /// Chain and worker are kept here, and the engine files that the worker has.
    place: TempDir,
    /// What earlier scenes gave names to.
    names: BTreeMap<String, String>,
}

impl Stage {
    fn new(root: PathBuf, built: PathBuf, worker: PathBuf) -> Result<Self> {
        let place = tempfile::tempdir().on(env::temp_dir())?;
        let stage = Self {
            root,
            built,
            worker,
            place,
            names: BTreeMap::new(),
        };
        let engines = stage.engines();
        fs::create_dir(&engines).on(engines)?;
        Ok(stage)
    }

    fn engines(&self) -> PathBuf {
        self.place.path().join("engines")
    }

    fn play_all(&mut self, scenes: &[Scene]) -> Result<()> {
        scenes
            .iter()
            .try_for_each(|scene| self.tell(scene).map(drop))
    }

    /// Says why, and plays it; what it printed.
    fn tell(&mut self, scene: &Scene) -> Result<String> {
        println!("\n# {}", scene.why);
        self.play(scene)
    }

    fn play(&mut self, scene: &Scene) -> Result<String> {
        match scene.act {
            Act::Bring(version) => {
                let name = format!("libpink.so.{version}");
                let built = self.built.join(&name);
                let shown = built.strip_prefix(&self.root).unwrap_or(&built);
                println!("$ cp {} engines/", shown.display());
                let here = self.engines().join(&name);
                fs::copy(&built, &here).on(built)?;
            }
            Act::Away(version) => {
                let name = format!("libpink.so.{version}");
                println!("$ mv engines/{name} .");
                rename(&self.engines().join(&name), &self.place.path().join(&name))?;
            }
            Act::Back(version) => {
                let name = format!("libpink.so.{version}");
                println!("$ mv {name} engines/");
                rename(&self.place.path().join(&name), &self.engines().join(&name))?;
            }
            Act::Dev(words) => {
                let command = self.filled(words)?;
                println!("$ pink-worker dev {}", command.join(" "));
                let said = self.worker(&command)?;
                print!("{}", said.text);
                check(scene, &command, &said)?;
                self.remember(scene, &said.text);
                return Ok(said.text);
            }
        }
        Ok(String::new())
    }

    /// A command with the names in it replaced.
    fn filled(&self, words: &[&str]) -> Result<Vec<String>> {
        let filled = words.iter().map(|word| self.fill(word));
        filled.collect()
    }

    fn fill(&self, word: &str) -> Result<String> {
        let mut text = word.to_owned();
        for (name, value) in &self.names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        if text.contains('{') {
            return Err(Error::Scene {
                command: word.into(),
                reason: "it names what no scene before it gave".into(),
            });
        }
        Ok(text)
    }

    /// Keeps the address and the code hash that a scene printed: `{NAME}` is the address,
    /// `{NAME.bytes}` its bytes in hex, `{NAME.code}` the hash of its code.
    fn remember(&mut self, scene: &Scene, text: &str) {
        let Some(name) = scene.name else {
            return;
        };
        let bytes = text
            .lines()
            .skip_while(|line| !line.starts_with("address "))
            .nth(1)
            .map(str::trim);
        let found = [
            (name.to_owned(), field(text, "address")),
            (format!("{name}.bytes"), bytes.map(digits)),
            (format!("{name}.code"), field(text, "code hash").map(digits)),
        ];
        for (name, value) in found {
            if let Some(value) = value {
                self.names.insert(name, value.to_owned());
            }
        }
    }

    fn worker(&self, command: &[String]) -> Result<process::ProcessOutput> {
        let mut worker = Command::new(&self.worker);
        worker.current_dir(&self.root).env_remove("RUST_LOG");
        worker.args(["dev", "--base-path"]);
        worker.arg(self.place.path().join("chain"));
        worker.arg("--engines").arg(self.engines());
        process::capture(worker.args(command))
    }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).on(from)
}

/// Whether a command ended and said what its scene claims.
fn check(scene: &Scene, command: &[String], said: &process::ProcessOutput) -> Result<()> {
    let wrong = |reason: String| {
        Err(Error::Scene {
            command: command.join(" "),
            reason,
        })
    };
    if said.code != Some(scene.exit) {
        let code = said.code.map_or("none".into(), |code| code.to_string());
        return wrong(format!("exit status {code}, {} expected", scene.exit));
    }
    let text = spaced(&said.text);
    match scene.shows.iter().find(|shows| !text.contains(**shows)) {
        Some(missing) => wrong(format!("it doesn't say '{missing}'")),
        None => Ok(()),
    }
}

/// Text with one space wherever there is white space.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value in the line of this name. Names end at the first two spaces.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .find_map(|(label, value)| (label == name).then_some(value.trim()))
}

fn digits(hex: &str) -> &str {
    hex.strip_prefix("0x").unwrap_or(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_whole_name() {
        let text = "status          success\ncode hash           0x00\naddress         5Grw\nhm\n";
        assert_eq!(field(text, "address"), Some("5Grw"));
        assert_eq!(field(text, "code hash"), Some("0x00"));
        assert_eq!(field(text, "addr"), None);
    }

    #[test]
    fn a_scene_that_shows_something_else_fails() {
        let scene = Scene {
            why: "",
            act: Act::Dev(&[]),
            exit: 0,
            shows: &["verdict evict"],
            name: None,
        };
        let said = |code, text: &str| process::ProcessOutput {
            code: Some(code),
            text: text.into(),
        };
        assert!(check(&scene, &[], &said(0, "a\nverdict      evict\n")).is_ok());
        assert!(check(&scene, &[], &said(1, "verdict evict")).is_err());
        assert!(check(&scene, &[], &said(0, "verdict charge")).is_err());
    }

    #[test]
    fn addresses_are_remembered_and_filled_in() {
        let mut stage = Stage::new(PathBuf::new(), PathBuf::new(), PathBuf::new()).unwrap();
        let scene = Scene {
            why: "",
            act: Act::Dev(&[]),
            exit: 0,
            shows: &[],
            name: Some("it"),
        };
        let text =
            "address             5Grw\n                    0xabcd\ncode hash           0xef\n";
        stage.remember(&scene, text);
        assert_eq!(stage.fill("{it}").unwrap(), "5Grw");
        assert_eq!(stage.fill("0x{it.bytes}{it.code}").unwrap(), "0xabcdef");
        assert!(stage.fill("{that}").is_err());
    }

    /// Every command claims something, and uses names that were given before.
    #[test]
    fn the_story_is_whole() {
        let mut stage = Stage::new(PathBuf::new(), PathBuf::new(), PathBuf::new()).unwrap();
        stage.names.insert("message".into(), "7".into());
        let scenes = compiled::lists().into_iter().flatten();
        for scene in SCENARIO.iter().chain(scenes) {
            if let Act::Dev(words) = scene.act {
                assert!(!scene.shows.is_empty(), "{words:?} claims nothing");
                stage.filled(words).unwrap();
            }
            if let Some(name) = scene.name {
                for part in ["", ".bytes", ".code"] {
                    stage.names.insert(format!("{name}{part}"), "00".into());
                }
            }
        }
    }
}
