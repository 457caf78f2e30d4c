//! The key that a cluster's workers share, as far as the chain knows of it: never the key itself.

use crate::{cluster_bytes, AccountId, ClusterId, Hash};
use alloc::vec::Vec;
use sp_crypto_hashing::blake2_256;

/// What a commitment to a cluster's seed is hashed with, so that it is no other hash of the seed.
pub const KEY_COMMITMENT_DOMAIN: &[u8] = b"pink: commitment to a cluster key";

/// Bytes of a sealed seed: the encapsulated key (32), the seed (32), the authentication tag (16).
pub const SEALED_KEY_BYTES: u32 = 80;

/// What the first member of a cluster says of the seed: [`key_commitment`].
pub type KeyCommitment = Hash;

/// The X25519 public key of a worker, to which seeds are sealed.
pub type EnvelopeKey = [u8; 32];

/// A seed that was sealed to a worker by HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256),
/// HKDF-SHA256 and ChaCha20-Poly1305, [`sealing_info`] as `info` and nothing as additional data: the
/// encapsulated key, and then the ciphertext.
pub type SealedKey = [u8; SEALED_KEY_BYTES as usize];

/// BLAKE2b-256([`KEY_COMMITMENT_DOMAIN`] ‖ seed). Whoever has the seed can check it; whoever hasn't
/// learns nothing, because the seed is 32 drawn bytes.
pub fn key_commitment(seed: &[u8; 32]) -> KeyCommitment {
    let mut bytes = Vec::with_capacity(KEY_COMMITMENT_DOMAIN.len().saturating_add(32));
    bytes.extend_from_slice(KEY_COMMITMENT_DOMAIN);
    bytes.extend_from_slice(seed);
    let hash = blake2_256(&bytes);
    // No copy of the seed stays behind in memory that is given back.
    bytes.fill(0);
    core::hint::black_box(&bytes);
    hash.into()
}

/// For whom a seed is sealed: the cluster as 32 bytes ‖ the newcomer's account. An envelope for
/// another cluster or another worker can't be opened with it.
pub fn sealing_info(cluster: ClusterId, newcomer: &AccountId) -> [u8; 64] {
    let mut info = [0; 64];
    info[..32].copy_from_slice(&cluster_bytes(cluster));
    info[32..].copy_from_slice(newcomer.as_ref());
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by Python: `hashlib.blake2b(b"pink: commitment to a cluster key" + bytes([7]) * 32,
    /// digest_size=32).hexdigest()`.
    #[test]
    fn a_commitment_has_its_check_value() {
        assert_eq!(
            hex::encode(key_commitment(&[7; 32])),
            "1fb363ac7054b296b64a93edd5bd2caaa78a95afa917ebadf3dfc5eb3ae06cc1"
        );
    }

    #[test]
    fn the_info_is_the_cluster_and_the_newcomer() {
        let info = sealing_info(0x0102, &AccountId::new([9; 32]));
        let mut expected = [0; 64];
        expected[30..32].copy_from_slice(&[1, 2]);
        expected[32..].fill(9);
        assert_eq!(info, expected);
    }
}
