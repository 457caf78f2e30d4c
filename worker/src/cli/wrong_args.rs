//! What is wrong with arguments that can't be read.

use super::values;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// What is wrong with the arguments, without repeating long ones whole.
pub(super) fn parse_error(error: &clap::Error, arguments: &[OsString]) -> String {
    let text = below_zero(error, arguments).unwrap_or_else(|| in_our_words(error));
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut text = text.trim_end().to_owned();
    for argument in arguments.iter().map(|it| it.to_string_lossy()) {
        // `--name=value` is repeated in parts.
        let parts = argument.split_once('=');
        let parts = parts.into_iter().flat_map(|(name, value)| [name, value]);
        for part in [&*argument].into_iter().chain(parts) {
            if part.len() > values::MOST_ECHOED {
                text = text.replace(part, &values::shortened(part).replace('"', ""));
            }
        }
    }
    text
}

/// What the definitions say, but for what says nothing to people.
fn in_our_words(error: &clap::Error) -> String {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            format!("a command is missing\n\n{text}")
        }
        // Of the standard library.
        ErrorKind::ValueValidation => {
            text.replace("invalid digit found in string", "expected a whole number")
        }
        _ => text,
    }
}

/// What to say about a number with a sign: what the definitions make of it is an option of that
/// name, and advice that doesn't help.
fn below_zero(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let option = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(option)) if error.kind() == ErrorKind::UnknownArgument => option,
        _ => return None,
    };
    let number = option.strip_prefix('-')?;
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(())?;
    let mut texts = arguments.iter().map(|it| it.to_string_lossy());
    let mut before = None;
    let found = texts.find(|text| {
        let found = text.starts_with(&**option);
        if !found {
            before = Some(text.to_string());
        }
        found
    })?;
    let found = values::shortened(&found);
    Some(match before.filter(|it| it.starts_with("--")) {
        Some(taker) => format!("{taker} takes no number below zero, found {found}"),
        None => format!("there is no number below zero here, found {found}"),
    })
}

/// What to say about an account whose name is almost that of a development account: it is a good
/// name of another one.
pub(super) fn misspelt(arguments: &[OsString]) -> Option<String> {
    let texts = arguments.iter().map(|it| it.to_string_lossy());
    texts.into_iter().find_map(|text| {
        let mut names = text.split('=').filter(|it| it.starts_with("//"));
        names.find_map(|name| {
            let (like, how) = values::almost(name)?;
            let account = values::parse_who(name).ok()?;
            Some(format!(
                "{} is the account {}, another than {like}: {how}",
                name,
                values::ss58(&account)
            ))
        })
    })
}
