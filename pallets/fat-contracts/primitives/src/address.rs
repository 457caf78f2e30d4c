use crate::{AccountId, CodeHash};
use alloc::vec::Vec;
use sp_crypto_hashing::blake2_256;

/// Identifies a cluster of contracts; counted from 1.
pub type ClusterId = u64;

/// The 32-byte form of a cluster id: big-endian, zero-padded on the left.
pub fn cluster_bytes(cluster: ClusterId) -> [u8; 32] {
    let mut out = [0; 32];
    out[24..].copy_from_slice(&cluster.to_be_bytes());
    out
}

/// The address of a contract, the same in every engine version:
/// BLAKE2b-256(deployer ‖ code hash ‖ cluster id as 32 bytes ‖ salt).
///
/// The constructor's input is not part of it, so an address can be foretold from public parts.
pub fn contract_address(
    deployer: &AccountId,
    code_hash: &CodeHash,
    cluster: ClusterId,
    salt: &[u8],
) -> AccountId {
    let mut bytes = Vec::with_capacity(96usize.saturating_add(salt.len()));
    bytes.extend_from_slice(deployer.as_ref());
    bytes.extend_from_slice(code_hash.as_bytes());
    bytes.extend_from_slice(&cluster_bytes(cluster));
    bytes.extend_from_slice(salt);
    AccountId::new(blake2_256(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value that every implementation of this formula has to meet.
    #[test]
    fn contract_address_has_its_check_value() {
        let mut code_hash = [0; 32];
        hex::decode_to_slice(
            "a3f91e98edc8ccfb035946133027dd5a3f8694c70e7a27ffdf8056f7b9cc40ab",
            &mut code_hash,
        )
        .expect("a literal");
        let address = contract_address(&AccountId::new([1; 32]), &code_hash.into(), 0, &[]);
        assert_eq!(
            hex::encode(address),
            "35db55bc9f81c9b14ae536cc43c37786f3ff62fe5247a4dccfd7ba3c8bf316af"
        );
    }

    #[test]
    fn cluster_ids_are_big_endian() {
        let mut expected = [0; 32];
        expected[30..].copy_from_slice(&[1, 2]);
        assert_eq!(cluster_bytes(0x0102), expected);
    }
}
