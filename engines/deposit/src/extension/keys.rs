//! Keys and signatures.
//!
//! A contract's keys come from the cluster's, which its workers share. Everything that is
//! computed in a transaction is deterministic; a signature that needs randomness is made in
//! queries only.

use super::{fine, from_host, Answer};
use crate::{bytes::length, error::Error, ext::Ext, hash::blake2_256, signatures};
use hkdf::Hkdf;
use k256::ecdsa::{SigningKey, VerifyingKey};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{
    generic_ocalls,
    types::{AccountId, Mode},
    OCalls,
};
use schnorrkel::{ExpansionMode, Keypair, MiniSecretKey, SecretKey};
use sha2::Sha256;

/// A way of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum SigType {
    #[codec(index = 0)]
    Ed25519,
    #[codec(index = 1)]
    Sr25519,
    #[codec(index = 2)]
    Ecdsa,
}

const BAD_KEY: Error = Error::ExtensionFailed("InvalidKey");

/// The salt of [`derive`]: the hash of a genesis block of a test network of Phala's, chosen by
/// Phala once and for ever.
const DERIVATION_SALT: [u8; 32] = [
    0x18, 0xe8, 0x76, 0xad, 0xfa, 0x74, 0xcc, 0x74, 0x3b, 0x4b, 0x7d, 0x7f, 0x92, 0xc9, 0x6e, 0x03,
    0xde, 0x55, 0x9a, 0x3c, 0x15, 0x27, 0x05, 0x81, 0xfc, 0xe4, 0x45, 0x96, 0x3d, 0x90, 0xf8, 0x5e,
];

/// Function 4: an sr25519 secret key of 64 bytes that this contract alone gets for this salt. Its
/// seed is HKDF-SHA256 (RFC 5869) of the cluster's secret key of 64 bytes, with address ‖ salt ‖
/// "keygen" for the info.
pub(super) fn derive(ext: &mut dyn Ext, contract: &AccountId, salt: Vec<u8>) -> Answer {
    ext.pay(ext.rules().host.extension_derive.of(length(&salt)))?;
    let reply = generic_ocalls(ext.host()).cluster_key();
    let seed = from_host(ext, reply)?.ok_or(Error::ExtensionFailed("KeySeedMissing"))?;
    let cluster = MiniSecretKey::from_bytes(&seed).map_err(|_| BAD_KEY)?;
    let secret = cluster.expand(ExpansionMode::Ed25519).to_bytes();
    let mut derived = [0; 32];
    Hkdf::<Sha256>::new(Some(&DERIVATION_SALT), &secret)
        .expand_multi_info(&[contract, &salt, b"keygen"], &mut derived)
        .map_err(|_| BAD_KEY)?;
    let key = MiniSecretKey::from_bytes(&derived).map_err(|_| BAD_KEY)?;
    fine(key.expand(ExpansionMode::Ed25519).to_bytes().to_vec())
}

/// Function 2. Sr25519 signs nothing in a transaction: it needs randomness.
pub(super) fn sign(ext: &mut dyn Ext, (ty, key, message): (SigType, Vec<u8>, Vec<u8>)) -> Answer {
    ext.pay(ext.rules().host.extension_sign.of(length(&message)))?;
    let signature = match ty {
        SigType::Ed25519 => {
            use ed25519_dalek::Signer;
            ed25519(&key)?.sign(&message).to_bytes().to_vec()
        }
        SigType::Ecdsa => ecdsa_sign(&key, &blake2_256(&message))?.to_vec(),
        SigType::Sr25519 if ext.mode() != Mode::Query => Vec::new(),
        SigType::Sr25519 => {
            let pair = sr25519(&key)?;
            let reply = generic_ocalls(ext.host()).random(32);
            let random = from_host(ext, reply)?;
            signatures::sr25519_sign(&pair, &message, &random).to_vec()
        }
    };
    fine(signature)
}

/// Function 3. What isn't a key or a signature isn't the signature of the key.
pub(super) fn verify(
    ext: &mut dyn Ext,
    (ty, key, message, signature): (SigType, Vec<u8>, Vec<u8>, Vec<u8>),
) -> Answer {
    ext.pay(ext.rules().host.extension_verify.of(length(&message)))?;
    fine(match ty {
        SigType::Ed25519 => signatures::ed25519_verify(&signature, &key, &message),
        SigType::Sr25519 => match (signature.first_chunk(), key.first_chunk()) {
            (Some(signature_64), Some(key_32)) if signature.len() == 64 && key.len() == 32 => {
                signatures::sr25519_verify(signature_64, key_32, &message)
            }
            _ => false,
        },
        SigType::Ecdsa => {
            let recovered =
                <&[u8; 65]>::try_from(signature.as_slice())
                    .ok()
                    .and_then(|signature| {
                        signatures::ecdsa_recover_strict(signature, &blake2_256(&message))
                    });
            recovered.is_some_and(|recovered| recovered[..] == key[..])
        }
    })
}

/// Function 5.
pub(super) fn public_key(ext: &mut dyn Ext, (ty, key): (SigType, Vec<u8>)) -> Answer {
    ext.pay(ext.rules().host.extension_public_key.base())?;
    fine(match ty {
        SigType::Ed25519 => ed25519(&key)?.verifying_key().to_bytes().to_vec(),
        SigType::Sr25519 => sr25519(&key)?.public.to_bytes().to_vec(),
        SigType::Ecdsa => VerifyingKey::from(&ecdsa(&key)?)
            .to_encoded_point(true)
            .as_bytes()
            .to_vec(),
    })
}

/// Function 13: deterministic, as in RFC 6979.
pub(super) fn ecdsa_sign_prehashed(ext: &mut dyn Ext, (key, hash): (Vec<u8>, [u8; 32])) -> Answer {
    ext.pay(ext.rules().host.extension_ecdsa_sign.base())?;
    fine(ecdsa_sign(&key, &hash)?)
}

/// Function 14.
pub(super) fn ecdsa_verify_prehashed(
    ext: &mut dyn Ext,
    (signature, hash, key): ([u8; 65], [u8; 32], [u8; 33]),
) -> Answer {
    ext.pay(ext.rules().host.extension_verify.of(length(&hash)))?;
    fine(signatures::ecdsa_recover_strict(&signature, &hash) == Some(key))
}

fn ed25519(seed: &[u8]) -> Result<ed25519_dalek::SigningKey, Error> {
    let seed = <&[u8; 32]>::try_from(seed).map_err(|_| BAD_KEY)?;
    Ok(ed25519_dalek::SigningKey::from_bytes(seed))
}

/// A seed of 32 bytes, or a secret key of 64 as [`derive`] gives it.
fn sr25519(key: &[u8]) -> Result<Keypair, Error> {
    match key.len() {
        32 => MiniSecretKey::from_bytes(key)
            .map(|seed| seed.expand_to_keypair(ExpansionMode::Ed25519)),
        _ => SecretKey::from_bytes(key).map(Keypair::from),
    }
    .map_err(|_| BAD_KEY)
}

fn ecdsa(key: &[u8]) -> Result<SigningKey, Error> {
    SigningKey::from_slice(key).map_err(|_| BAD_KEY)
}

fn ecdsa_sign(key: &[u8], hash: &[u8; 32]) -> Result<[u8; 65], Error> {
    let (signature, id) = ecdsa(key)?
        .sign_prehash_recoverable(hash)
        .map_err(|_| BAD_KEY)?;
    let mut bytes = [id.to_byte(); 65];
    if let Some(compact) = bytes.first_chunk_mut() {
        *compact = signature.to_bytes().into();
    }
    Ok(bytes)
}
