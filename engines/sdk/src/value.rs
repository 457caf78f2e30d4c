use std::ops::Deref;

/// A value read from the host: its own copy, or a view that lives as long as the call.
#[derive(Clone, Debug)]
pub enum Value<'h> {
    /// A copy.
    Owned(Vec<u8>),
    /// A view into the worker's memory.
    Borrowed(&'h [u8]),
}

impl Deref for Value<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Borrowed(bytes) => bytes,
        }
    }
}

impl Value<'_> {
    /// The bytes, copied if they are a view.
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Borrowed(bytes) => bytes.to_vec(),
        }
    }
}
