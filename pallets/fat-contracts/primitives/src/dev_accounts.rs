use crate::AccountId;

/// The accounts of development chains: the name, and the sr25519 public key that the well-known
/// development phrase gives for it. Everyone knows their secrets.
pub const DEV_ACCOUNTS: [(&str, [u8; 32]); 6] = [
    (
        "//Alice",
        hex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"),
    ),
    (
        "//Bob",
        hex("8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"),
    ),
    (
        "//Charlie",
        hex("90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22"),
    ),
    (
        "//Dave",
        hex("306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20"),
    ),
    (
        "//Eve",
        hex("e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e"),
    ),
    (
        "//Ferdie",
        hex("1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c"),
    ),
];

/// The development account of that name, like `//Alice`. None if there is none.
pub fn dev_account(name: &str) -> Option<AccountId> {
    DEV_ACCOUNTS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, key)| AccountId::new(*key))
}

/// Reads the literals above when this is compiled.
const fn hex(text: &str) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        }
    }
    let text = text.as_bytes();
    let mut out = [0; 32];
    let mut at = 0;
    while at < 32 {
        out[at] = digit(text[2 * at]) * 16 + digit(text[2 * at + 1]);
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::{sr25519, Pair};

    #[test]
    fn the_keys_are_those_of_the_development_phrase() {
        for (name, key) in DEV_ACCOUNTS {
            let pair = sr25519::Pair::from_string(name, None).expect("a development name");
            assert_eq!(pair.public().0, key, "{name}");
        }
        assert_eq!(dev_account("//Mallory"), None);
    }
}
