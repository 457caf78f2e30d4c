//! `seal_hash_*`. Input and output may overlap.

use super::{
    sandbox::{priced, Sandbox},
    TrapReason,
};

macro_rules! hashes {
    ($($name:ident: $base:ident + $per_byte:ident;)+) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of some bytes of memory, into memory.")]
            pub(super) fn $name(
                sandbox: &mut Sandbox<'_, '_>,
                input: u32,
                len: u32,
                out: u32,
            ) -> Result<(), TrapReason> {
                let _ = sandbox.charge(|w| priced(w.$base, w.$per_byte, len))?;
                let input = sandbox.read(input, len)?;
                let hash = sp_crypto_hashing::$name(&input);
                Ok(sandbox.write(out, &hash)?)
            }
        )+
    };
}

hashes! {
    sha2_256: hash_sha2_256 + hash_sha2_256_per_byte;
    keccak_256: hash_keccak_256 + hash_keccak_256_per_byte;
    blake2_256: hash_blake2_256 + hash_blake2_256_per_byte;
    blake2_128: hash_blake2_128 + hash_blake2_128_per_byte;
}
