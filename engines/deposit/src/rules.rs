use pink_engine_sdk::types::Version;

/// Every constant of a version.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The version.
    pub version: Version,
}

impl Rules {
    /// The rules of 2.0.
    pub const V2_0: Self = Self {
        version: Version::new(2, 0),
    };
}
