//! Selectors and topics in JSON: `0x` and two digits for each byte.

use crate::text::shortened;
use serde::{de::Error, Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer, const N: usize>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    read(&text).ok_or_else(|| wrong::<D, N>(&text))
}

fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.strip_prefix("0x")?;
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

fn wrong<'de, D: Deserializer<'de>, const N: usize>(text: &str) -> D::Error {
    let text = shortened(text);
    D::Error::custom(format_args!(
        "expected {N} bytes as 0x and hex, found {text}"
    ))
}

/// The same where there may be none.
pub(crate) mod optional {
    use super::{read, wrong};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer, const N: usize>(
        bytes: &Option<[u8; N]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => super::serialize(bytes, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<Option<[u8; N]>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read(&text).ok_or_else(|| wrong::<D, N>(&text)))
            .transpose()
    }
}
