//! A version of the rules has one form on the chain and one in the ABI.

use fat_contracts_primitives::EngineVersion;
use pink_capi::types::Version;

/// The ABI's form of a version.
pub const fn abi_version(version: EngineVersion) -> Version {
    Version::new(version.major, version.minor)
}

/// The chain's form of a version.
pub const fn chain_version(version: Version) -> EngineVersion {
    EngineVersion::new(version.major, version.minor)
}
