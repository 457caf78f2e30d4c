//! Where the value of an option comes from: the command line, else the environment, else a file, else the default.
//!
//! The options themselves stand in one place alone, the definition of `run`. What the environment and the file say
//! is put behind the words of the command line as options, so that each value is read and checked in the same way,
//! wherever it stands.

use super::error::SettingsError;
use clap::{parser::ValueSource, Arg, ArgAction, Command};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    fmt, fs,
    path::{Path, PathBuf},
};

/// What a variable's name begins with.
const PREFIX: &str = "PINK_WORKER_";

/// The option that names the file. It can't stand in it.
const FILE: &str = "config";

/// Options whose value is a secret, or names a key that is one.
const SECRET: &[&str] = &["from"];

/// Words in the name of a variable that would hold a secret.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSPHRASE",
    "PHRASE",
    "SECRET",
    "SURI",
    "SEED",
    "TOKEN",
    "PRIVATE_KEY",
    "MNEMONIC",
];

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag,
    /// In a variable.
    Environment(String),
    /// In the file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => write!(f, "command line"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => write!(f, "default"),
        }
    }
}

/// An option's value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option's name, without the hyphens in front.
    pub key: String,
    /// Its values; none if it isn't given and has no default. That of a switch is `true` or `false`.
    pub values: Vec<String>,
    /// Where they stand.
    pub origin: Origin,
}

/// What all sources together say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The command line, with what the others say behind it.
    pub words: Vec<OsString>,
    /// Every option, as the definition has them in order.
    pub settings: Vec<Setting>,
    /// What is said to whoever starts the program.
    pub warnings: Vec<String>,
}

/// The services: variables by name.
pub type Variables = BTreeMap<OsString, OsString>;

/// Puts together what the sources say. `words` are those of the command line behind the command's name.
///
/// # Errors
/// See [`SettingsError`]. What is wrong on the command line itself is left for who reads it.
pub fn resolve(
    command: &Command,
    words: &[OsString],
    variables: &Variables,
) -> Result<Resolved, SettingsError> {
    let options: Vec<&Arg> = command.get_arguments().filter(|it| is_option(it)).collect();
    let given = given(&options, words);
    let file = file(given.get(FILE), variables)?;
    let named = named(&options, variables)?;
    let mut resolved = Resolved {
        words: words.to_vec(),
        settings: Vec::new(),
        warnings: unknown_variables(&options, variables),
    };
    // By layers, the highest first, so that what is said is known when a lower one contradicts it.
    let mut chosen: BTreeMap<&str, Setting> = BTreeMap::new();
    let from_file = |path: &PathBuf, values: &BTreeMap<String, Vec<String>>| {
        let origin = Origin::File(path.clone());
        values
            .iter()
            .map(|(key, values)| (key.clone(), values.clone(), origin.clone()))
            .collect::<Vec<_>>()
    };
    let layers = [
        given
            .iter()
            .map(|(key, values)| (key.clone(), values.clone(), Origin::Flag))
            .collect(),
        named,
        file.as_ref()
            .map_or_else(Vec::new, |(path, values)| from_file(path, values)),
    ];
    for layer in layers {
        let above: BTreeSet<&str> = chosen.keys().copied().collect();
        for (key, values, origin) in layer {
            let Some(option) = options.iter().find(|it| it.get_long() == Some(&key)) else {
                continue;
            };
            let name = option.get_long().unwrap_or_default();
            if above.contains(name) {
                continue;
            }
            if let Some(higher) = contradicted(command, option, &above) {
                resolved.warnings.push(format!(
                    "{name} of {origin} is left out, because {higher} stands higher and excludes it"
                ));
                continue;
            }
            if origin != Origin::Flag {
                resolved.words.extend(as_words(option, name, &values));
            }
            let key = name.to_owned();
            chosen.insert(
                name,
                Setting {
                    key,
                    values,
                    origin,
                },
            );
        }
    }
    resolved.settings = options
        .iter()
        .filter_map(|option| {
            let name = option.get_long()?;
            let default = || Setting {
                key: name.into(),
                values: defaults(option),
                origin: Origin::Default,
            };
            Some(chosen.get(name).cloned().unwrap_or_else(default))
        })
        .collect();
    Ok(resolved)
}

fn is_option(option: &Arg) -> bool {
    let long = option.get_long();
    long.is_some_and(|long| !["help", "version"].contains(&long))
}

fn is_switch(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::SetTrue)
}

fn is_list(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append)
}

fn defaults(option: &Arg) -> Vec<String> {
    if is_switch(option) {
        return vec!["false".into()];
    }
    let values = option.get_default_values().iter();
    values.map(|it| it.to_string_lossy().into()).collect()
}

/// What the command line says, read with nothing that it has to say and no value checked.
fn given(options: &[&Arg], words: &[OsString]) -> BTreeMap<String, Vec<String>> {
    let mut lenient = Command::new("run")
        .no_binary_name(true)
        .ignore_errors(true)
        .disable_help_flag(true);
    for option in options {
        let mut again = (*option).clone().required(false);
        if !is_switch(option) {
            again = again.value_parser(clap::value_parser!(OsString));
        }
        lenient = lenient.arg(again);
    }
    let Ok(matches) = lenient.try_get_matches_from(words) else {
        return BTreeMap::new();
    };
    let mut given = BTreeMap::new();
    for option in options {
        let (id, long) = (
            option.get_id().as_str(),
            option.get_long().unwrap_or_default(),
        );
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let values = if is_switch(option) {
            vec![matches.get_flag(id).to_string()]
        } else {
            matches
                .get_many::<OsString>(id)
                .into_iter()
                .flatten()
                .map(|it| it.to_string_lossy().into())
                .collect()
        };
        given.insert(long.to_owned(), values);
    }
    given
}

/// The variable of an option.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('-', "_"))
}

fn said<'v>(variables: &'v Variables, name: &str) -> Option<&'v OsStr> {
    let value = variables.get(OsStr::new(name))?;
    (!value.is_empty()).then_some(value)
}

/// What variables say.
fn named(
    options: &[&Arg],
    variables: &Variables,
) -> Result<Vec<(String, Vec<String>, Origin)>, SettingsError> {
    for name in variables.keys().filter_map(|it| it.to_str()) {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = rest.to_lowercase().replace('_', "-");
        let secret = SECRET.contains(&&*key) || SECRET_WORDS.iter().any(|it| rest.contains(it));
        if secret && said(variables, name).is_some() {
            return Err(SettingsError::SecretInEnvironment { name: name.into() });
        }
    }
    let mut values = Vec::new();
    for option in options {
        let key = option.get_long().unwrap_or_default();
        let name = variable(key);
        let Some(text) = said(variables, &name) else {
            continue;
        };
        let text = text
            .to_str()
            .ok_or_else(|| SettingsError::NotText { name: name.clone() })?;
        let found = match (is_switch(option), is_list(option)) {
            (true, _) => match switch(text) {
                Some(on) => vec![on.to_string()],
                None => {
                    return Err(SettingsError::WrongType {
                        place: format!("${name}"),
                        key: key.into(),
                        expected: "true or false",
                        found: format!("{text:?}"),
                    })
                }
            },
            (false, true) => {
                let items = text.split(',').map(str::trim).filter(|it| !it.is_empty());
                items.map(Into::into).collect()
            }
            (false, false) => vec![text.into()],
        };
        values.push((key.to_owned(), found, Origin::Environment(name)));
    }
    Ok(values)
}

fn switch(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Variables that look as though they were options, and aren't. Others may have made them: Kubernetes does, of a
/// service called `pink-worker`.
fn unknown_variables(options: &[&Arg], variables: &Variables) -> Vec<String> {
    let known: BTreeSet<String> = options
        .iter()
        .filter_map(|it| Some(variable(it.get_long()?)))
        .collect();
    variables
        .keys()
        .filter_map(|name| name.to_str())
        .filter(|name| name.starts_with(PREFIX) && !known.contains(*name))
        .map(
            |name| match super::error::nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("the variable {name} is of no option; {near} is"),
                None => format!("the variable {name} is of no option"),
            },
        )
        .collect()
}

type FileValues = (PathBuf, BTreeMap<String, Vec<String>>);

/// What the file says, if one is named.
fn file(
    given: Option<&Vec<String>>,
    variables: &Variables,
) -> Result<Option<FileValues>, SettingsError> {
    let named = given.and_then(|values| values.last()).map(PathBuf::from);
    let path = named.or_else(|| said(variables, &variable(FILE)).map(PathBuf::from));
    let Some(path) = path else {
        return Ok(None);
    };
    let text = fs::read_to_string(&path).map_err(|error| SettingsError::Unreadable {
        path: path.clone(),
        error,
    })?;
    let table: toml::Table = text.parse().map_err(|error| SettingsError::NoToml {
        path: path.clone(),
        error: Box::new(error),
    })?;
    Ok(Some((path.clone(), of_table(&path, table)?)))
}

fn of_table(
    path: &Path,
    table: toml::Table,
) -> Result<BTreeMap<String, Vec<String>>, SettingsError> {
    let command = super::definition();
    let options: Vec<&Arg> = command
        .get_arguments()
        .filter(|it| is_option(it) && it.get_long() != Some(FILE))
        .collect();
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let Some(option) = options.iter().find(|it| it.get_long() == Some(&key)) else {
            let names = options.iter().filter_map(|it| it.get_long());
            return Err(SettingsError::UnknownKey {
                path: path.into(),
                nearest: super::error::nearest(&key, names).map(Into::into),
                key,
            });
        };
        let wrong = |expected, found: &toml::Value| SettingsError::WrongType {
            place: path.display().to_string(),
            key: key.clone(),
            expected,
            found: format!("a {}", found.type_str()),
        };
        let found = match (is_switch(option), is_list(option), &value) {
            (true, _, toml::Value::Boolean(on)) => vec![on.to_string()],
            (true, _, other) => return Err(wrong("true or false", other)),
            (false, true, toml::Value::Array(items)) => {
                let items = items.iter().map(|item| {
                    scalar(item).ok_or_else(|| wrong("a list of texts or numbers", item))
                });
                items.collect::<Result<_, _>>()?
            }
            (false, _, value) => match scalar(value) {
                Some(text) => vec![text],
                None => return Err(wrong("a text or a number", value)),
            },
        };
        values.insert(key, found);
    }
    Ok(values)
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The option above that excludes another one.
fn contradicted(command: &Command, option: &Arg, above: &BTreeSet<&str>) -> Option<String> {
    let long = option.get_long()?;
    command.get_arguments().find_map(|other| {
        let name = other.get_long()?;
        let excludes = |a: &Arg, b: &str| {
            let conflicts = command.get_arg_conflicts_with(a);
            conflicts.iter().any(|it| it.get_long() == Some(b))
        };
        let hit = above.contains(name) && (excludes(option, name) || excludes(other, long));
        hit.then(|| format!("--{name}"))
    })
}

fn as_words(option: &Arg, name: &str, values: &[String]) -> Vec<OsString> {
    if is_switch(option) {
        let on = values.iter().any(|it| it == "true");
        return on.then(|| format!("--{name}").into()).into_iter().collect();
    }
    values
        .iter()
        .map(|value| format!("--{name}={value}").into())
        .collect()
}
