//! Envelopes: a cluster's seed, sealed to one worker.
//!
//! HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. Who sealed
//! one isn't in it, and needn't be: what is in it is compared with what the chain says of the seed.

use super::{
    file::{found, keep_new, load, random_seed},
    ClusterKey, KeyFileError,
};
use fat_contracts_primitives::{
    sealing_info, AccountId, ClusterId, EnvelopeKey, KeyCommitment, SealedKey,
};
use hpke::{
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
    single_shot_open, single_shot_seal_with_rng, Deserializable, Kem, OpModeR, OpModeS,
    Serializable,
};
use sp_crypto_hashing::blake2_256;
use std::{convert::Infallible, fmt, io, path::Path};
use zeroize::Zeroizing;

/// The file of the key in a base path to which envelopes are sealed for this worker.
pub const ENVELOPE_KEY_FILE: &str = "envelope.key";

/// Bytes of an encapsulated key.
const ENCAPSULATED: usize = 32;

/// Why an envelope isn't sealed, or gives no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// It was sealed to another key, for another cluster or worker, or it isn't one at all.
    #[error("the envelope can't be opened: it isn't for this worker in this cluster")]
    NotOurs,
    /// There is another seed in it than the cluster's.
    #[error("the key in the envelope has the commitment {found:?}, not {expected:?}")]
    OtherKey {
        /// What the chain has.
        expected: KeyCommitment,
        /// That of what was in it.
        found: KeyCommitment,
    },
    /// The key is none that anything can be sealed to: one of X25519's few of low order.
    #[error("nothing can be sealed to 0x{}", hex::encode(key))]
    UnusableKey {
        /// What the chain has.
        key: EnvelopeKey,
    },
    /// The system gives no randomness.
    #[error("no randomness: {0}")]
    Randomness(io::Error),
}

/// The key with which a worker opens envelopes: X25519. The chain has the public half.
#[derive(Clone)]
pub struct EnvelopeSecret(Zeroizing<[u8; 32]>);

/// Never shows the key.
impl fmt::Debug for EnvelopeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnvelopeSecret(…)")
    }
}

impl EnvelopeSecret {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key that is kept in a base path, made now from the system's randomness if there is
    /// none. Whoever loses it can't open what was sealed to it.
    ///
    /// # Errors
    /// The file can't be read or made, others may read it, or it holds no key.
    pub fn of_base_path(base: &Path) -> Result<Self, KeyFileError> {
        if let Some(key) = found(load(&base.join(ENVELOPE_KEY_FILE)))? {
            return Ok(Self::new(key));
        }
        let key = Self::new(random_seed(base, ENVELOPE_KEY_FILE)?);
        keep_new(&key.0, base, ENVELOPE_KEY_FILE)?;
        Ok(key)
    }

    fn secret(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        // Every 32 bytes are a key of X25519, which clamps them.
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&self.0[..])
            .unwrap_or_else(|_| X25519HkdfSha256::derive_keypair(&self.0[..]).0)
    }

    /// The public half.
    pub fn public(&self) -> EnvelopeKey {
        X25519HkdfSha256::sk_to_pk(&self.secret()).to_bytes().into()
    }

    /// The cluster's key from an envelope for this worker, if it is the one that the chain has the
    /// commitment of.
    ///
    /// # Errors
    /// [`EnvelopeError::NotOurs`], [`EnvelopeError::OtherKey`].
    pub fn open(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        sealed: &SealedKey,
        expected: KeyCommitment,
    ) -> Result<ClusterKey, EnvelopeError> {
        let info = sealing_info(cluster, worker);
        let opened = self.open_with(sealed, &info, &[]);
        let opened = opened.ok_or(EnvelopeError::NotOurs)?;
        let seed = <[u8; 32]>::try_from(&opened[..]).map_err(|_| EnvelopeError::NotOurs)?;
        let key = ClusterKey::new(seed);
        let found = key.commitment();
        if found == expected {
            Ok(key)
        } else {
            Err(EnvelopeError::OtherKey { expected, found })
        }
    }

    fn open_with(&self, sealed: &[u8], info: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encapsulated, ciphertext) = sealed.split_at_checked(ENCAPSULATED)?;
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.secret(),
            &encapsulated,
            info,
            ciphertext,
            aad,
        )
        .ok()
        .map(Zeroizing::new)
    }
}

impl ClusterKey {
    /// Seals the key to a worker, whose public key is on the chain.
    ///
    /// # Errors
    /// [`EnvelopeError::UnusableKey`], [`EnvelopeError::Randomness`].
    pub fn seal(
        &self,
        cluster: ClusterId,
        newcomer: &AccountId,
        to: &EnvelopeKey,
    ) -> Result<SealedKey, EnvelopeError> {
        let mut drawn = Zeroizing::new([0; 32]);
        getrandom::fill(&mut drawn[..]).map_err(|error| EnvelopeError::Randomness(error.into()))?;
        let info = sealing_info(cluster, newcomer);
        let seed = Zeroizing::new(self.seed());
        let sealed = seal_with(drawn, to, &info, &[], &seed[..]);
        sealed
            .and_then(|sealed| sealed.try_into().ok())
            .ok_or(EnvelopeError::UnusableKey { key: *to })
    }
}

/// The encapsulated key and the ciphertext; none if the key is of low order.
fn seal_with(
    drawn: Zeroizing<[u8; 32]>,
    to: &EnvelopeKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Option<Vec<u8>> {
    let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to).ok()?;
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &to,
            info,
            plaintext,
            aad,
            &mut FixedRng(drawn),
        )
        .ok()?;
    Some([&encapsulated.to_bytes()[..], &ciphertext].concat())
}

/// What was drawn, as the generator that HPKE asks for its ephemeral key: 32 bytes, once. The
/// system's own could only panic when it fails. It goes on by hashing, should anybody ask for more.
struct FixedRng(Zeroizing<[u8; 32]>);

impl TryRng for FixedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for part in to.chunks_mut(self.0.len()) {
            part.copy_from_slice(&self.0[..part.len()]);
            self.0 = Zeroizing::new(blake2_256(&self.0[..]));
        }
        Ok(())
    }
}

impl TryCryptoRng for FixedRng {}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        let mut bytes = [0; N];
        hex::decode_to_slice(text, &mut bytes).unwrap();
        bytes
    }

    const CLUSTER: ClusterId = 0x0102;

    fn newcomer() -> AccountId {
        AccountId::new([9; 32])
    }

    fn seed() -> ClusterKey {
        ClusterKey::new([7; 32])
    }

    /// RFC 9180, appendix A.2.1, and its encryption of sequence number 0.
    #[test]
    fn the_suite_is_that_of_the_rfc() {
        let info: [u8; 20] = bytes("4f6465206f6e2061204772656369616e2055726e");
        let drawn = bytes("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
        let public = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        let secret = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let text: [u8; 29] = bytes("4265617574792069732074727574682c20747275746820626561757479");
        let aad: [u8; 7] = bytes("436f756e742d30");
        let encapsulated: [u8; 32] =
            bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
        let ciphertext: [u8; 45] = bytes(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
        );
        let secret = EnvelopeSecret::new(secret);
        assert_eq!(secret.public(), public);
        let sealed = seal_with(Zeroizing::new(drawn), &public, &info, &aad, &text).unwrap();
        assert_eq!(sealed[..32], encapsulated);
        assert_eq!(sealed[32..], ciphertext);
        let opened = secret.open_with(&sealed, &info, &aad).unwrap();
        assert_eq!(opened[..], text);
    }

    /// Sealed by OpenSSL, through Python's `cryptography` 48: `Suite(KEM.X25519, KDF.HKDF_SHA256,
    /// AEAD.CHACHA20_POLY1305).encrypt(bytes([7]) * 32, public, (0x0102).to_bytes(32, "big") +
    /// bytes([9]) * 32)`, with the public key of `X25519PrivateKey.from_private_bytes(bytes([0x42]) * 32)`.
    #[test]
    fn an_envelope_of_another_implementation_is_opened() {
        let sealed = bytes(
            "f72b6f34b58c9455058d5b4588dca70815e1bf776268bf8b05cbb9997d414f1ac62d8b571e6adc715df9e85b\
             a233891afa8864c7f752adb2cc6fba2f1ee2de40c53518baeb28bbcdb255e0708df819ea",
        );
        let secret = EnvelopeSecret::new([0x42; 32]);
        let public = bytes("132c442be010fbd57e72603328aa76e71fccc1503aae219327d14d9c9993f472");
        assert_eq!(secret.public(), public);
        let expected = seed().commitment();
        let opened = secret.open(CLUSTER, &newcomer(), &sealed, expected);
        assert_eq!(opened.unwrap(), seed());
    }

    #[test]
    fn what_is_sealed_is_opened_by_whom_it_is_for_alone() {
        let secret = EnvelopeSecret::new([0x42; 32]);
        let sealed = seed().seal(CLUSTER, &newcomer(), &secret.public()).unwrap();
        let again = seed().seal(CLUSTER, &newcomer(), &secret.public()).unwrap();
        assert_ne!(sealed, again, "no two ephemeral keys are equal");
        let expected = seed().commitment();
        let opened = secret.open(CLUSTER, &newcomer(), &sealed, expected);
        assert_eq!(opened.unwrap(), seed());
        let not_ours = |secret: &EnvelopeSecret, cluster, who: &AccountId, sealed: &SealedKey| {
            let refused = secret.open(cluster, who, sealed, expected).unwrap_err();
            assert!(matches!(refused, EnvelopeError::NotOurs), "{refused}");
        };
        not_ours(&secret, CLUSTER + 1, &newcomer(), &sealed);
        not_ours(&secret, CLUSTER, &AccountId::new([8; 32]), &sealed);
        not_ours(
            &EnvelopeSecret::new([0x43; 32]),
            CLUSTER,
            &newcomer(),
            &sealed,
        );
        for at in 0..sealed.len() {
            let mut altered = sealed;
            altered[at] ^= 1;
            not_ours(&secret, CLUSTER, &newcomer(), &altered);
        }
        not_ours(&secret, CLUSTER, &newcomer(), &[0; 80]);
    }

    #[test]
    fn another_seed_is_named_without_saying_it() {
        let secret = EnvelopeSecret::new([0x42; 32]);
        let other = ClusterKey::new([0x5e; 32]);
        let sealed = other.seal(CLUSTER, &newcomer(), &secret.public()).unwrap();
        let expected = seed().commitment();
        let refused = secret
            .open(CLUSTER, &newcomer(), &sealed, expected)
            .unwrap_err();
        let EnvelopeError::OtherKey { found, .. } = &refused else {
            panic!("{refused}");
        };
        assert_eq!(*found, other.commitment());
        assert!(!refused.to_string().contains("5e5e5e"), "{refused}");
        assert!(!format!("{secret:?}").contains("42"));
    }

    /// Points of low order would give a secret that everybody knows: RFC 9180, section 7.1.4. These
    /// are 0, 1, and one of order 8, from RFC 7748's curve.
    #[test]
    fn nothing_is_sealed_to_a_key_of_low_order() {
        let mut one = [0; 32];
        one[0] = 1;
        let eight = bytes("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        for key in [[0; 32], one, eight] {
            let refused = seed().seal(CLUSTER, &newcomer(), &key).unwrap_err();
            assert!(
                matches!(refused, EnvelopeError::UnusableKey { .. }),
                "{refused}"
            );
        }
    }

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let base = tempfile::tempdir().unwrap();
        let made = EnvelopeSecret::of_base_path(base.path()).unwrap();
        let again = EnvelopeSecret::of_base_path(base.path()).unwrap();
        assert_eq!(made.public(), again.public());
        let path = base.path().join(ENVELOPE_KEY_FILE);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = EnvelopeSecret::of_base_path(base.path()).unwrap_err();
        assert!(matches!(
            refused,
            KeyFileError::Permissions { found: 0o640, .. }
        ));
    }
}
