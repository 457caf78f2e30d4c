//! What is logged, and how: to stderr, changeable while the program runs.
//!
//! The filter of the start is `RUST_LOG`, else warnings. `run` adds what its options say; a reload or
//! [`add_filter`] changes it later.

mod lines;
#[cfg(feature = "otel")]
mod otlp;

use clap::ValueEnum;
use lines::Lines;
#[cfg(feature = "otel")]
pub use otlp::Exporting;
use std::{
    env,
    io::{stderr, IsTerminal},
    sync::{Mutex, OnceLock, PoisonError},
};
use tracing_subscriber::{
    filter::ParseError, fmt, layer::Layered, layer::SubscriberExt, reload, util::SubscriberInitExt,
    EnvFilter, Layer, Registry,
};

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, with `timestamp`, `level`, `target`, `fields` and `spans`.
    Json,
}

type Filtered = Layered<reload::Layer<EnvFilter, Registry>, Registry>;
type FormatLayer = Box<dyn Layer<Filtered> + Send + Sync>;

struct Handles {
    filter: reload::Handle<EnvFilter, Registry>,
    format: reload::Handle<FormatLayer, Filtered>,
    wanted: Mutex<Directives>,
}

/// What is to be logged: what the program began with, what the configuration says, what was added since.
#[derive(Clone, Debug, Default)]
struct Directives {
    configured: Vec<String>,
    added: Vec<String>,
}

static HANDLES: OnceLock<Handles> = OnceLock::new();

/// Why the log stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// It isn't a directive.
    #[error("{text:?} says nothing of what to log: {error}")]
    Directive {
        /// What was given.
        text: String,
        /// What is wrong.
        error: ParseError,
    },
    /// Spans can't be exported there.
    #[cfg(feature = "otel")]
    #[error("can't export spans to {endpoint}: {reason}")]
    Export {
        /// The address that was given.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The program logs in a way of its own.
    #[error("the log can't be changed here: {0}")]
    Fixed(String),
}

impl LogError {
    /// What can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Directive { .. } => {
                "directives are like info, pink_worker=debug, or pink_worker_core::import=trace, with commas \
                 between; levels are error, warn, info, debug, trace, off"
            }
            #[cfg(feature = "otel")]
            Self::Export { .. } => "give a collector's address as http://HOST:4318",
            Self::Fixed(_) => "start the program again with other options",
        }
    }
}

/// Begins to log, as text; the program does it once.
pub fn begin() {
    let filter = EnvFilter::try_new(started_with()).unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let (filter, filter_handle) = reload::Layer::new(filter);
    let (format, format_handle) = reload::Layer::new(written(LogFormat::Text));
    let begun = tracing_subscriber::registry()
        .with(filter)
        .with(format)
        .try_init();
    if begun.is_ok() {
        // It is the first time.
        let _ = HANDLES.set(Handles {
            filter: filter_handle,
            format: format_handle,
            wanted: Mutex::default(),
        });
    }
}

/// What is logged if nobody says anything.
const DEFAULT: &str = "warn";

fn started_with() -> String {
    match env::var("RUST_LOG") {
        Ok(text) if !text.is_empty() => text,
        _ => DEFAULT.into(),
    }
}

fn written(format: LogFormat) -> FormatLayer {
    match format {
        LogFormat::Text => Box::new(fmt::layer().with_writer(stderr).with_ansi(colours())),
        LogFormat::Json => Box::new(Lines),
    }
}

/// Colours are for terminals, and for who didn't ask for none (<https://no-color.org>).
fn colours() -> bool {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    stderr().is_terminal() && !unwanted
}

/// Logs what a configuration says, over what the program began with. What was added by [`add_filter`] goes.
///
/// # Errors
/// A directive is none; then nothing is changed.
pub fn configure(directives: &[String], format: Option<LogFormat>) -> Result<(), LogError> {
    change(|wanted| {
        wanted.configured = directives.to_vec();
        wanted.added.clear();
    })?;
    if let (Some(format), Some(handles)) = (format, HANDLES.get()) {
        let fixed = |error: reload::Error| LogError::Fixed(error.to_string());
        handles.format.reload(written(format)).map_err(fixed)?;
    }
    Ok(())
}

/// Exports the spans that are logged, to an OpenTelemetry collector as well, until what it returns is dropped.
///
/// # Errors
/// The address is none, or the program logs in a way of its own.
#[cfg(feature = "otel")]
pub fn export(endpoint: &str, format: LogFormat) -> Result<Exporting, LogError> {
    let exporting = otlp::Exporting::to(endpoint).map_err(|error| LogError::Export {
        endpoint: endpoint.into(),
        reason: error.to_string(),
    })?;
    if let Some(handles) = HANDLES.get() {
        let layer = exporting.beside(written(format));
        let fixed = |error: reload::Error| LogError::Fixed(error.to_string());
        handles.format.reload(layer).map_err(fixed)?;
    }
    Ok(exporting)
}

/// Logs more, or less, of some targets from now on: `system_addLogFilter`.
///
/// # Errors
/// A directive is none; then nothing is changed.
pub fn add_filter(directives: &str) -> Result<(), LogError> {
    change(|wanted| wanted.added.push(directives.into()))
}

/// Logs what the configuration says: `system_resetLogFilter`.
///
/// # Errors
/// The program logs in a way of its own.
pub fn reset_filter() -> Result<(), LogError> {
    change(|wanted| wanted.added.clear())
}

fn change(how: impl FnOnce(&mut Directives)) -> Result<(), LogError> {
    let nobody = Mutex::default();
    let handles = HANDLES.get();
    let wanted = handles.map_or(&nobody, |handles| &handles.wanted);
    let mut wanted = wanted.lock().unwrap_or_else(PoisonError::into_inner);
    let mut new = wanted.clone();
    how(&mut new);
    let filter = filter_of(&started_with(), &new)?;
    if let Some(handles) = handles {
        let fixed = |error: reload::Error| LogError::Fixed(error.to_string());
        handles.filter.reload(filter).map_err(fixed)?;
        *wanted = new;
    }
    Ok(())
}

/// A later directive of a target counts more than an earlier one.
fn filter_of(begun: &str, wanted: &Directives) -> Result<EnvFilter, LogError> {
    let mut filter = EnvFilter::try_new(begun).unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let texts = wanted.configured.iter().chain(&wanted.added);
    for text in texts.flat_map(|text| text.split(',')) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let directive = text.parse().map_err(|error| LogError::Directive {
            text: text.into(),
            error,
        })?;
        filter = filter.add_directive(directive);
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(begun: &str, configured: &[&str], added: &[&str]) -> Result<String, LogError> {
        let texts = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect();
        let wanted = Directives {
            configured: texts(configured),
            added: texts(added),
        };
        filter_of(begun, &wanted).map(|filter| filter.to_string())
    }

    #[test]
    fn what_is_said_later_counts_more() {
        assert_eq!(of("warn", &[], &[]).unwrap(), "warn");
        assert_eq!(of("warn", &["info"], &[]).unwrap(), "info");
        let found = of("warn", &["a=debug,b=info"], &["a=trace"]).unwrap();
        let mut found: Vec<_> = found.split(',').collect();
        found.sort_unstable();
        assert_eq!(found, ["a=trace", "b=info", "warn"]);
    }

    #[test]
    fn what_is_no_directive_is_named() {
        let error = of("warn", &["info,pink_worker=loud"], &[]).unwrap_err();
        assert!(
            error.to_string().starts_with("\"pink_worker=loud\""),
            "{error}"
        );
        assert!(error.hint().contains("trace"));
    }
}
