//! Which ink! a file is of, told before anything else of it is read.

use crate::{text::shortened, MetadataError};
use serde::{de::IgnoredAny, Deserialize};
use serde_json::Value;

/// The versions of ink! whose metadata is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// ink! 3: everything stands under `V3`. Messages return what they return; events are told by a
    /// number in front of their data.
    Ink3,
    /// ink! 4: what a message returns is wrapped into a `Result` with the language's own error.
    Ink4,
    /// ink! 5: an event is told by its first topic, the hash of its signature.
    Ink5,
}

impl Version {
    /// Whether an event's data begins with the event's number.
    pub fn numbers_events(self) -> bool {
        self < Self::Ink5
    }
}

/// What tells the version. ink! named the place otherwise in its youth.
#[derive(Deserialize)]
struct Header {
    version: Option<Value>,
    #[serde(rename = "metadataVersion")]
    metadata_version: Option<Value>,
    #[serde(rename = "V1")]
    v1: Option<IgnoredAny>,
    #[serde(rename = "V2")]
    v2: Option<IgnoredAny>,
    #[serde(rename = "V3")]
    v3: Option<IgnoredAny>,
    spec: Option<IgnoredAny>,
}

/// The version of a file, and what it is called there.
pub(crate) fn version_of(json: &[u8]) -> Result<(Version, String), MetadataError> {
    let header: Header = serde_json::from_slice(json).map_err(|error| {
        if error.is_data() {
            MetadataError::Malformed {
                version: "none".into(),
                reason: error.to_string(),
            }
        } else {
            MetadataError::NotJson(error.to_string())
        }
    })?;
    let unknown = |found: &str| MetadataError::UnknownVersion {
        found: found.into(),
    };
    if header.v3.is_some() {
        return Ok((Version::Ink3, "V3".into()));
    }
    if header.v2.is_some() {
        return Err(unknown("V2"));
    }
    if header.v1.is_some() {
        return Err(unknown("V1"));
    }
    let Some(version) = header.version.or(header.metadata_version) else {
        return Err(match header.spec {
            Some(_) => unknown("none"),
            None => MetadataError::NoInterface,
        });
    };
    let (number, text) = match &version {
        Value::String(text) => (text.parse().ok(), shortened(text)),
        other => (other.as_u64(), crate::text::bare(&other.to_string())),
    };
    match number {
        Some(4) => Ok((Version::Ink4, text)),
        Some(5) => Ok((Version::Ink5, text)),
        _ => Err(unknown(&text)),
    }
}
