use super::release::list::Release;
use crate::error::{Error, OnPath, Result};
use std::{
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

/// `MAJOR.MINOR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parsed = text.split_once('.').and_then(|(major, minor)| {
            Some(Self {
                major: major.parse().ok()?,
                minor: minor.parse().ok()?,
            })
        });
        // `+1.0` and `01.0` parse as well, but nothing else is written like that.
        parsed
            .filter(|version| version.to_string() == text)
            .ok_or_else(|| Error::BadVersion(text.into()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// The folder of the engine's crate.
    pub(super) fn folder(self, root: &Path) -> PathBuf {
        root.join(format!("engines/v{self}"))
    }

    /// The file name, and the name that the library gives itself.
    pub(super) fn file(self) -> String {
        format!("libpink.so.{self}")
    }

    /// Whether `engines/RELEASES.toml` names it.
    pub(super) fn released(self, root: &Path) -> Result<bool> {
        let name = self.to_string();
        Ok(releases(root)?.iter().any(|it| it.version == name))
    }

    pub(super) fn fault(self, reason: impl Into<String>) -> Error {
        Error::BadEngine {
            version: self.to_string(),
            reason: reason.into(),
        }
    }
}

/// The list of released engines.
pub(super) const RELEASES: &str = "engines/RELEASES.toml";

/// The released engines, in the order of their release.
pub(super) fn releases(root: &Path) -> Result<Vec<Release>> {
    let place = root.join(RELEASES);
    let text = fs::read_to_string(&place).on(&place)?;
    super::release::list::parse(&text).map_err(|error| Error::ReleaseList {
        path: place,
        reason: error.to_string(),
    })
}

/// The versions that have a folder, oldest first.
pub(super) fn all(root: &Path) -> Result<Vec<Version>> {
    let engines = root.join("engines");
    let mut versions = Vec::new();
    for entry in fs::read_dir(&engines).on(&engines)? {
        let name = entry.on(&engines)?.file_name();
        if let Some(version) = name.to_str().and_then(|name| name.strip_prefix('v')) {
            versions.push(version.parse()?);
        }
    }
    versions.sort_unstable();
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_written_in_one_way() {
        for text in ["1.0", "2.13", "0.1"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in ["", "1", "1.", ".1", "1.0.0", "+1.0", "01.0", "v1.0", "1.-1"] {
            assert!(text.parse::<Version>().is_err(), "{text:?} was taken");
        }
    }
}
