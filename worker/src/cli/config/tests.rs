use super::*;
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;

/// What sources say, of real files and of variables that are given.
fn of(words: &[&str], variables: &[(&str, &str)]) -> Result<Resolved, SettingsError> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let variables = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    resolve(&definition(), &words, &variables.collect())
}

fn file(folder: &TempDir, text: &str) -> String {
    let path = folder.path().join("worker.conf");
    fs::write(&path, text).expect("a file");
    path.to_str().expect("text").to_owned()
}

fn setting<'r>(resolved: &'r Resolved, key: &str) -> (&'r [String], &'r Origin) {
    let found = resolved.settings.iter().find(|it| it.key == key);
    let found = found.expect("an option");
    (&found.values, &found.origin)
}

#[test]
fn a_flag_goes_before_the_environment_before_the_file_before_the_default() {
    let folder = TempDir::new().expect("a directory");
    let path = file(
        &folder,
        "prometheus-port = 1\ncluster = 1\nkeep-blocks = 1000\nchain = [\"ws://file\", \"ws://two\"]\ntrust-node = true\n",
    );
    let resolved = of(
        &["--config", &path, "--prometheus-port", "3"],
        &[
            ("PINK_WORKER_PROMETHEUS_PORT", "2"),
            ("PINK_WORKER_CLUSTER", "2"),
            ("PATH", "/bin"),
            ("PINK_WORKER_LOG", ""),
        ],
    )
    .expect("good sources");
    let from_file = Origin::File(path.into());
    let variable = |name: &str| Origin::Environment(name.into());
    let expected: [(&str, &[&str], Origin); 6] = [
        ("prometheus-port", &["3"], Origin::Flag),
        ("cluster", &["2"], variable("PINK_WORKER_CLUSTER")),
        ("keep-blocks", &["1000"], from_file.clone()),
        ("chain", &["ws://file", "ws://two"], from_file.clone()),
        ("trust-node", &["true"], from_file),
        ("snapshot-each", &["1200"], Origin::Default),
    ];
    for (key, values, origin) in expected {
        let (found, from) = setting(&resolved, key);
        assert_eq!((found, from), (&values.map_owned()[..], &origin), "{key}");
    }
    assert_eq!(setting(&resolved, "log").0, [] as [String; 0]);
    assert_eq!(resolved.warnings, [] as [String; 0]);
    // The words are those that a person would write.
    let words: Vec<_> = resolved
        .words
        .iter()
        .skip(4)
        .map(|it| it.to_str().expect("text"))
        .collect();
    assert_eq!(
        words,
        [
            "--cluster=2",
            "--chain=ws://file",
            "--chain=ws://two",
            "--keep-blocks=1000",
            "--trust-node"
        ]
    );
}

/// For comparing.
trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|it| (*it).to_owned()).collect()
    }
}

#[test]
fn every_option_of_run_can_stand_in_the_file_and_in_the_environment() {
    let folder = TempDir::new().expect("a directory");
    let command = definition();
    let mut seen = 0;
    for option in command.get_arguments() {
        let Some(long) = option
            .get_long()
            .filter(|it| !["help", "config"].contains(it))
        else {
            continue;
        };
        seen += 1;
        let switch = matches!(option.get_action(), clap::ArgAction::SetTrue);
        let path = file(
            &folder,
            &format!("{long} = {}", if switch { "true" } else { "\"7\"" }),
        );
        let resolved = of(&["--config", &path], &[]).expect(long);
        let expected = if switch { "true" } else { "7" };
        assert_eq!(setting(&resolved, long).0, [expected], "{long}");
        if long == "from" {
            continue;
        }
        let name = variable(long);
        let resolved = of(&[], &[(&name, expected)]).expect(long);
        assert_eq!(
            setting(&resolved, long),
            (&[expected.to_owned()][..], &Origin::Environment(name))
        );
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn what_is_no_key_is_named_with_the_nearest() {
    let folder = TempDir::new().expect("a directory");
    for (key, near) in [
        ("prometheus-prot", Some("prometheus-port")),
        ("base_path", Some("base-path")),
        ("chains", Some("chain")),
        ("keepblocks", Some("keep-blocks")),
        ("config", None),
        ("something-else-altogether", None),
    ] {
        let path = file(&folder, &format!("{key} = 1"));
        let error = of(&["--config", &path], &[]).expect_err(key);
        match &error {
            SettingsError::UnknownKey {
                key: found,
                nearest,
                path: at,
            } => {
                assert_eq!((&**found, nearest.as_deref()), (key, near));
                assert_eq!(at, Path::new(&path));
            }
            other => panic!("{other}"),
        }
        if let Some(near) = near {
            assert!(error.hint().contains(near), "{}", error.hint());
        }
    }
    // Of the environment it is a word of warning: others write there too.
    let resolved = of(&[], &[("PINK_WORKER_PROMETHEUS_PROT", "1")]).expect("no error");
    assert_eq!(
        resolved.warnings,
        ["the variable PINK_WORKER_PROMETHEUS_PROT is of no option; PINK_WORKER_PROMETHEUS_PORT is"]
    );
}

#[test]
fn what_is_of_another_kind_is_named() {
    let folder = TempDir::new().expect("a directory");
    for (text, says) in [
        (
            "trust-node = 1",
            "trust-node takes true or false, found a integer",
        ),
        (
            "cluster = 1.5",
            "cluster takes a text or a number, found a float",
        ),
        (
            "cluster = [1]",
            "cluster takes a text or a number, found a array",
        ),
        (
            "chain = [true]",
            "chain takes a list of texts or numbers, found a boolean",
        ),
        (
            "[chain]\na = 1",
            "chain takes a text or a number, found a table",
        ),
        ("cluster = ", "isn't TOML"),
    ] {
        let path = file(&folder, text);
        let error = of(&["--config", &path], &[]).expect_err(text).to_string();
        assert!(error.contains(says), "{error}");
    }
    let error = of(&[], &[("PINK_WORKER_TRUST_NODE", "perhaps")]).expect_err("no switch");
    assert!(error.to_string().contains("takes true or false"), "{error}");
    let gone = of(&["--config", "/there/is/none"], &[]).expect_err("no file");
    assert!(matches!(gone, SettingsError::Unreadable { .. }));
    assert!(gone.hint().contains("nothing of that name"));
}

#[test]
fn no_secret_is_taken_from_the_environment() {
    for name in [
        "PINK_WORKER_FROM",
        "PINK_WORKER_KEYSTORE_PASSWORD",
        "PINK_WORKER_SURI",
    ] {
        let error = of(&[], &[(name, "//Alice")]).expect_err(name);
        assert!(error.to_string().contains(name), "{error}");
        assert!(!error.to_string().contains("Alice"), "{error}");
        // An empty one says nothing.
        of(&[], &[(name, "")]).expect(name);
    }
}

/// What excludes something on the command line excludes it in a file.
#[test]
fn what_stands_higher_puts_aside_what_it_excludes() {
    let folder = TempDir::new().expect("a directory");
    let path = file(&folder, "keystore = \"keys\"\nprometheus-port = 5\n");
    let resolved = of(
        &["--config", &path, "--from", "//Alice", "--no-prometheus"],
        &[],
    )
    .expect("good");
    assert_eq!(setting(&resolved, "keystore").1, &Origin::Default);
    assert_eq!(setting(&resolved, "prometheus-port").1, &Origin::Default);
    assert_eq!(resolved.warnings.len(), 2, "{:?}", resolved.warnings);
    assert!(
        resolved.warnings[0].contains("--"),
        "{:?}",
        resolved.warnings
    );
    // Within one layer they contradict each other, and whoever reads them says so.
    let path = file(&folder, "keystore = \"keys\"\nfrom = \"//Alice\"\n");
    let resolved = of(&["--config", &path], &[]).expect("good");
    assert_eq!(resolved.words.len(), 4);
}

#[test]
fn another_command_and_a_short_one_are_left_alone() {
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    for line in [
        &["pink-worker"][..],
        &["pink-worker", "check", "--base-path", "x"],
        &["pink-worker", "run", "--help"],
    ] {
        let (completed, warnings) = completed(words(line)).expect("good");
        assert_eq!((completed, warnings.len()), (words(line), 0));
    }
    // No two options have one variable.
    let command = definition();
    let mut names = BTreeMap::new();
    for long in command.get_arguments().filter_map(clap::Arg::get_long) {
        assert_eq!(names.insert(variable(long), long), None);
    }
}
