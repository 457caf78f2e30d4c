//! The hashes of the rules. One algorithm for each purpose, never exchanged within a version.

use pink_engine_sdk::types::{AccountId, Hash};

/// BLAKE2b with a digest of 32 bytes.
pub(crate) fn blake2_256(bytes: &[u8]) -> Hash {
    let mut digest = [0; 32];
    digest.copy_from_slice(
        blake2b_simd::Params::new()
            .hash_length(32)
            .hash(bytes)
            .as_bytes(),
    );
    digest
}

/// BLAKE2b with a digest of 16 bytes.
pub(crate) fn blake2_128(bytes: &[u8]) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.copy_from_slice(
        blake2b_simd::Params::new()
            .hash_length(16)
            .hash(bytes)
            .as_bytes(),
    );
    digest
}

/// SHA-2 with a digest of 32 bytes.
pub(crate) fn sha2_256(bytes: &[u8]) -> Hash {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// Keccak as it was before it became SHA-3, with a digest of 32 bytes.
pub(crate) fn keccak_256(bytes: &[u8]) -> Hash {
    use sha3::Digest;
    sha3::Keccak256::digest(bytes).into()
}

/// BLAKE2b-256 over several pieces, as if they were one.
fn blake2_256_of(pieces: &[&[u8]]) -> Hash {
    let mut state = blake2b_simd::Params::new().hash_length(32).to_state();
    for piece in pieces {
        state.update(piece);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(state.finalize().as_bytes());
    digest
}

/// The address of a contract, the same in every engine: BLAKE2b-256(deployer ‖ code hash ‖
/// cluster ‖ salt). The input isn't part of it.
pub fn contract_address(
    deployer: &AccountId,
    code_hash: &Hash,
    cluster: &Hash,
    salt: &[u8],
) -> AccountId {
    blake2_256_of(&[deployer, code_hash, cluster, salt])
}

/// The prefix of a contract's storage: BLAKE2b-256(address ‖ instantiation nonce as u64 LE). The
/// nonce makes it another one when the same address is instantiated again, so that what waits
/// for its deletion never comes back.
pub(crate) fn storage_prefix(address: &AccountId, nonce: u64) -> Hash {
    blake2_256_of(&[address, &nonce.to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The check value of the protocol (and the whole of it, from the system it came from).
    #[test]
    fn the_address_is_the_protocols() {
        let mut code = [0; 32];
        for (index, byte) in code.iter_mut().enumerate() {
            let text = &"a3f91e98edc8ccfb035946133027dd5a3f8694c70e7a27ffdf8056f7b9cc40ab"
                [index * 2..index * 2 + 2];
            *byte = u8::from_str_radix(text, 16).unwrap();
        }
        assert_eq!(
            hex(&contract_address(&[1; 32], &code, &[0; 32], b"")),
            "35db55bc9f81c9b14ae536cc43c37786f3ff62fe5247a4dccfd7ba3c8bf316af"
        );
    }

    /// Published values of the empty input.
    #[test]
    fn hashes_are_what_they_are_called() {
        assert!(hex(&blake2_256(b"")).starts_with("0e5751c026e543b2e8ab2eb06099daa1"));
        assert_eq!(hex(&blake2_128(b"")), "cae66941d9efbd404e4d88758ea67670");
        assert!(hex(&sha2_256(b"")).starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
        assert!(hex(&keccak_256(b"")).starts_with("c5d2460186f7233c927e7db2dcc703c0"));
    }
}
