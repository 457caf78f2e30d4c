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

/// Their ed25519 public keys, in the same order: with these a development chain's authorities vote for blocks.
pub const DEV_ED25519_KEYS: [[u8; 32]; 6] = [
    hex("88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee"),
    hex("d17c2d7823ebf260fd138f2d7e27d114c0145d968b5ff5006125f2414fadae69"),
    hex("439660b36c6c03afafca027b910b4fecf99801834c62a5e6006f27d978de234f"),
    hex("5e639b43e0052c47447dac87d6fd2b6ec50bdd4d0f614e4299c665249bbd09d9"),
    hex("1dfe3e22cc0d45c70779c1095f7489a8ef3cf52d62fbd8c2fa38c9f1723502b5"),
    hex("568cb4a574c6d178feb39c27dfc8b3f789e5f5423e19c71633c748b9acf086b5"),
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
    use sp_core::{ed25519, sr25519, Pair};

    #[test]
    fn the_keys_are_those_of_the_development_phrase() {
        for (name, key) in DEV_ACCOUNTS {
            let pair = sr25519::Pair::from_string(name, None).expect("a development name");
            assert_eq!(pair.public().0, key, "{name}");
        }
        for ((name, _), key) in DEV_ACCOUNTS.iter().zip(DEV_ED25519_KEYS) {
            let pair = ed25519::Pair::from_string(name, None).expect("a development name");
            assert_eq!(pair.public().0, key, "{name}");
        }
        assert_eq!(dev_account("//Mallory"), None);
    }
}
