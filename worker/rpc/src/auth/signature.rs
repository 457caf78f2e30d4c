use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sp_core::{ecdsa, ed25519, sr25519, Pair};
use sp_crypto_hashing::blake2_256;

/// What wallets put around bytes that a page wants signed, so that they can't be a transaction.
const WRAP: (&[u8], &[u8]) = (b"<Bytes>", b"</Bytes>");

/// The longest text that a Ledger signs itself; of a longer one it signs the BLAKE2b-256.
const LONGEST_SIGNED: usize = 256;

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Schnorr over Ristretto, context `substrate`. The account is the public key.
    Sr25519,
    /// Ed25519. The account is the public key.
    Ed25519,
    /// secp256k1 over the text's BLAKE2b-256, recoverable, 65 bytes. The account is the compressed public key's
    /// BLAKE2b-256.
    Ecdsa,
}

/// Whether an account signed a text: as it is, or in `<Bytes>`, or the BLAKE2b-256 of either if that is longer than
/// 256 bytes.
pub(super) fn verify(kind: KeyKind, account: &[u8; 32], text: &[u8], signature: &[u8]) -> bool {
    let wrapped = [WRAP.0, text, WRAP.1].concat();
    signed(kind, account, text, signature) || signed(kind, account, &wrapped, signature)
}

fn signed(kind: KeyKind, account: &[u8; 32], text: &[u8], signature: &[u8]) -> bool {
    let hash = blake2_256(text);
    verify_bytes(kind, account, text, signature)
        || (text.len() > LONGEST_SIGNED && verify_bytes(kind, account, &hash, signature))
}

fn verify_bytes(kind: KeyKind, account: &[u8; 32], bytes: &[u8], signature: &[u8]) -> bool {
    match kind {
        KeyKind::Sr25519 => signature.try_into().is_ok_and(|signature: [u8; 64]| {
            let public = sr25519::Public::from(*account);
            sr25519::Pair::verify(&signature.into(), bytes, &public)
        }),
        KeyKind::Ed25519 => signature.try_into().is_ok_and(|signature: [u8; 64]| {
            let public = ed25519::Public::from(*account);
            ed25519::Pair::verify(&signature.into(), bytes, &public)
        }),
        KeyKind::Ecdsa => signature.try_into().is_ok_and(|signature: [u8; 65]| {
            let public = ecdsa::Signature::from(signature).recover(bytes);
            public.is_some_and(|public| blake2_256(&public.0) == *account)
        }),
    }
}
