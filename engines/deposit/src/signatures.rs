//! Signatures that contracts can check.

use crate::hash::{blake2_256, keccak_256};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

/// Context of the chain's sr25519 signatures.
const SR25519_CONTEXT: &[u8] = b"substrate";

/// The compressed public key that made an ECDSA signature (r ‖ s ‖ v) of a hash. `v` is 0 to 3,
/// or 27 to 30 as in Ethereum. Both forms of `s` count.
pub(crate) fn ecdsa_recover(signature: &[u8; 65], hash: &[u8; 32]) -> Option<[u8; 33]> {
    let mut signature = *signature;
    let [.., v] = &mut signature;
    *v = match *v {
        ethereum @ 27.. => ethereum.saturating_sub(27),
        plain => plain,
    };
    ecdsa_recover_strict(&signature, hash)
}

/// The same, for `v` from 0 to 3 alone, which is what verification takes.
pub(crate) fn ecdsa_recover_strict(signature: &[u8; 65], hash: &[u8; 32]) -> Option<[u8; 33]> {
    let (compact, v) = (signature.get(..64)?, *signature.get(64)?);
    let mut id = RecoveryId::from_byte(v)?;
    let mut signature = Signature::from_slice(compact).ok()?;
    // The library takes low values of `s` only; the other one is the signature by the mirrored
    // point.
    if let Some(low) = signature.normalize_s() {
        signature = low;
        id = RecoveryId::new(!id.is_y_odd(), id.is_x_reduced());
    }
    let key = VerifyingKey::recover_from_prehash(hash, &signature, id).ok()?;
    key.to_encoded_point(true).as_bytes().try_into().ok()
}

/// The Ethereum address of a compressed ECDSA public key.
pub(crate) fn ecdsa_to_eth_address(key: &[u8; 33]) -> Option<[u8; 20]> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    let point = key.to_encoded_point(false);
    // Without the byte that says that it isn't compressed.
    keccak_256(point.as_bytes().get(1..)?)
        .get(12..)?
        .try_into()
        .ok()
}

/// Whether an Ed25519 signature of a message is this key's, by the rules of ZIP 215: the ones of
/// the chain's own signatures. Points needn't be encoded canonically, and small orders don't
/// matter.
pub(crate) fn ed25519_verify(signature: &[u8], key: &[u8], message: &[u8]) -> bool {
    let (Ok(signature), Ok(key)) = (
        ed25519_zebra::Signature::try_from(signature),
        ed25519_zebra::VerificationKey::try_from(key),
    ) else {
        return false;
    };
    key.verify(&signature, message).is_ok()
}

/// Whether an sr25519 signature of a message is this key's.
pub(crate) fn sr25519_verify(signature: &[u8; 64], key: &[u8; 32], message: &[u8]) -> bool {
    let (Ok(signature), Ok(key)) = (
        schnorrkel::Signature::from_bytes(signature),
        schnorrkel::PublicKey::from_bytes(key),
    ) else {
        return false;
    };
    key.verify_simple(SR25519_CONTEXT, message, &signature)
        .is_ok()
}

/// An sr25519 signature, with these bytes for randomness.
pub(crate) fn sr25519_sign(pair: &schnorrkel::Keypair, message: &[u8], random: &[u8]) -> [u8; 64] {
    let transcript = schnorrkel::signing_context(SR25519_CONTEXT).bytes(message);
    let random = Stretched {
        seed: random.to_vec(),
        counter: 0,
    };
    pair.sign(schnorrkel::context::attach_rng(transcript, random))
        .to_bytes()
}

/// Random bytes, stretched by hashing.
struct Stretched {
    seed: Vec<u8>,
    counter: u64,
}

impl rand_core::RngCore for Stretched {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            self.counter = self.counter.wrapping_add(1);
            let mut input = self.seed.clone();
            input.extend_from_slice(&self.counter.to_le_bytes());
            for (byte, random) in part.iter_mut().zip(blake2_256(&input)) {
                *byte = random;
            }
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rand_core::CryptoRng for Stretched {}
