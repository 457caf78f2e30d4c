//! What an operator decides about queries: one file in the base path, all of it optional. No
//! result of a transaction depends on it.

use crate::{
    io_hint::io_hint,
    logs::LogConfig,
    offchain::{CacheConfig, HttpConfig, ServicesConfig},
    query::QueryConfig,
};
use serde::Deserialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The configuration's file in a base path.
pub const CONFIG_FILE: &str = "worker.toml";

/// What the file says; what it doesn't say is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Requests over HTTP.
    pub http: HttpConfig,
    /// The local cache.
    pub cache: CacheConfig,
    /// Queries.
    pub query: QueryConfig,
    /// The log stream.
    pub log: LogConfig,
}

/// Why there is no configuration to be had from a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It can't be read.
    #[error("can't read {path}: {error}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It says what can't be.
    #[error("{path}: {error}", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where, and what was expected.
        error: Box<toml::de::Error>,
    },
}

impl ConfigError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { error, .. } => io_hint(error).into(),
            Self::Content { .. } => {
                "docs/operating-a-worker.md says what can be configured; what is left out is the \
                 default"
                    .into()
            }
        }
    }
}

impl WorkerConfig {
    /// The configuration of a base path; the default if it has none.
    ///
    /// # Errors
    /// The file can't be read, or says what can't be.
    pub fn of_base_path(base: &Path) -> Result<Self, ConfigError> {
        let path = base.join(CONFIG_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(ConfigError::Io { path, error }),
        };
        toml::from_str(&text).map_err(|error| ConfigError::Content {
            path,
            error: error.into(),
        })
    }

    /// The parts that say what queries reach.
    pub fn services(&self) -> ServicesConfig {
        ServicesConfig {
            http: self.http.clone(),
            cache: self.cache.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_the_default() {
        let base = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            fs::write(base.path().join(CONFIG_FILE), text).unwrap();
            WorkerConfig::of_base_path(base.path())
        };
        assert_eq!(
            WorkerConfig::of_base_path(base.path()).unwrap(),
            WorkerConfig::default()
        );
        assert_eq!(read("").unwrap(), WorkerConfig::default());
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        let config = read(&format!(
            "[http]\nallow_networks = [\"127.0.0.0/8\", \"::1/128\"]\nmax_batch = 3\n\
             [cache.weights]\n{alice} = 7\n[query]\nthreads = 1\n[log]\nmax_records = 5\n"
        ))
        .unwrap();
        assert_eq!(config.http.allow_networks.len(), 2);
        assert_eq!(config.http.max_batch, 3);
        assert_eq!(config.http.timeout_ms, 10_000);
        assert_eq!(config.cache.weights.values().copied().sum::<u32>(), 7);
        assert_eq!((config.query.threads, config.log.max_records), (1, 5));
        for wrong in [
            "[http]\nallow_network = []",
            "[http]\nallow_networks = [\"127.0.0.1/99\"]",
            "[cache.weights]\nnobody = 1",
            "[query]\nthreads = -1",
            "no toml",
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.to_string().contains(CONFIG_FILE), "{error}");
        }
        // Which key, in which line, and what it should have been.
        let error = read("[http]\nenabled = true\n[cache.weights]\nnobody = 1\n");
        let error = error.unwrap_err().to_string();
        for part in [
            "line 4",
            "nobody",
            "a contract's weight",
            "SS58",
            "64 hex digits",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
