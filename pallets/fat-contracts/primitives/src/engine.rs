use crate::Hash;
use alloc::{string::String, vec::Vec};
use core::{fmt, str::FromStr};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The version of a set of contract rules, and of the engine file that holds it:
/// `libpink.so.MAJOR.MINOR`. Ordered; a cluster is only ever upgraded to a greater one.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct EngineVersion {
    /// The era of rules.
    pub major: u32,
    /// The revision within the era.
    pub minor: u32,
}

impl EngineVersion {
    /// The version `major.minor`.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for EngineVersion {
    type Err = &'static str;

    /// Parses `MAJOR.MINOR`, plain decimal numbers without signs or leading zeros.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "an engine version is two numbers with a dot between, like 2.0";
        let number = |part: &str| -> Option<u32> {
            let plain = part.bytes().all(|b| b.is_ascii_digit());
            let no_zero = part == "0" || !part.starts_with('0');
            (plain && no_zero).then(|| part.parse().ok()).flatten()
        };
        let (major, minor) = text.split_once('.').ok_or(FORM)?;
        Ok(Self::new(
            number(major).ok_or(FORM)?,
            number(minor).ok_or(FORM)?,
        ))
    }
}

/// Whether clusters may start on, or be upgraded to, an engine.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum EngineStatus {
    /// New clusters and upgrades may name it.
    #[codec(index = 0)]
    Active,
    /// Clusters stay on it, none comes to it.
    #[codec(index = 1)]
    Deprecated,
    /// Nothing may name it, and clusters that governance left on it are stopped until upgraded.
    #[codec(index = 2)]
    Revoked,
}

/// How workers run contracts under an engine that can compile them. Results are the same: only how long
/// it takes isn't.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Default,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ExecutionMode {
    /// By native code, where there is some. An engine that can't compile interprets.
    #[default]
    #[codec(index = 0)]
    Native,
    /// Everything is interpreted: for the day on which something is wrong with the compiler.
    #[codec(index = 1)]
    Interpreted,
}

/// The machine an artefact runs on, as a Rust target triple.
pub type Target = String;

/// One built file of an engine version.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Artefact {
    /// The target triple that it was built for.
    pub target: Target,
    /// BLAKE2b-256 over the file.
    pub hash: Hash,
    /// Length of the file in bytes.
    pub size: u64,
}

/// What the chain records about an engine version. All but the status never changes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EngineRecord {
    /// Major version of the ABI that the file speaks.
    pub abi: u16,
    /// Versions whose state this one can migrate.
    pub upgrades_from: Vec<EngineVersion>,
    /// The built files, one a target.
    pub artefacts: Vec<Artefact>,
    /// Whether it may be named.
    pub status: EngineStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_parse_and_order() {
        let parse = |text: &str| text.parse::<EngineVersion>();
        assert_eq!(parse("1.10"), Ok(EngineVersion::new(1, 10)));
        assert!(EngineVersion::new(1, 10) > EngineVersion::new(1, 9));
        for wrong in [
            "",
            "1",
            "1.",
            ".1",
            "1.0.0",
            "+1.0",
            "01.0",
            "1.x",
            "4294967296.0",
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
