//! The configuration that a cluster is given at its creation, for ever.

use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_engine_sdk::{
    rules,
    types::{Balance, BlockNumber},
};

rules! {
    /// The SCALE of this is a cluster's `engine_config`; empty means [`RentConfig::DEVELOPMENT`].
    ///
    /// The prices of an item and of a byte are not in it: they come with the cluster's setup and can
    /// be updated.
    #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
    pub struct RentConfig {
        /// Together with the existential deposit the balance that rent never touches.
        pub tombstone_deposit: Balance,
        /// Counts as much as stored bytes of that price, for every contract.
        pub deposit_per_contract: Balance,
        /// Which part of what its balance doesn't cover a contract pays in each block, in parts per
        /// billion, at most 10⁹.
        pub rent_fraction: u32,
        /// The most that an eviction is rewarded with.
        pub surcharge_reward: Balance,
        /// Blocks that everyone but workers has to wait longer before an eviction.
        pub signed_claim_handicap: BlockNumber,
        /// Contracts whose storage may wait for its deletion, at most 2,048.
        pub deletion_queue_depth: u32,
        /// What deletions may use in each block, in picoseconds, at most two seconds.
        pub deletion_weight_limit: u64,
        /// Contracts on the call stack.
        pub max_depth: u32,
        /// Bytes of a stored value, and of an event, at most 16 KiB.
        pub max_value_size: u32,
        /// Bytes of code, before and after its instrumentation.
        pub max_code_size: u32,
    }
}

/// A development chain's unit.
const UNIT: Balance = 1_000_000_000_000;

impl RentConfig {
    /// For chains that count in units of 10¹², with prices per item and byte of about 10¹⁰ and
    /// 10⁷: the deposit per contract outweighs small code, so that a contract endowed with twice
    /// the threshold lives for 2,000 to 4,000 blocks. Sizes, depth and handicap are those of the
    /// reference node of March 2021.
    pub const DEVELOPMENT: Self = Self {
        tombstone_deposit: UNIT / 10,
        deposit_per_contract: UNIT,
        rent_fraction: 30_000,
        surcharge_reward: UNIT / 20,
        signed_claim_handicap: 2,
        deletion_queue_depth: 1024,
        deletion_weight_limit: 500_000_000_000,
        max_depth: 32,
        max_value_size: 16 * 1024,
        max_code_size: 128 * 1024,
    };

    /// The configuration in these bytes.
    ///
    /// # Errors
    /// Says what doesn't decode, or what is beyond what an engine can keep.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Ok(Self::DEVELOPMENT);
        }
        let config = Self::decode_all(&mut bytes).map_err(|error| error.to_string())?;
        let sizes = [
            ("rent_fraction", config.rent_fraction, 1_000_000_000),
            (
                "deletion_queue_depth",
                config.deletion_queue_depth,
                MAX_QUEUE_DEPTH,
            ),
            ("max_depth", config.max_depth, MAX_DEPTH),
            ("max_value_size", config.max_value_size, MAX_VALUE_SIZE),
            ("max_code_size", config.max_code_size, 1 << 20),
        ];
        for (name, is, most) in sizes {
            if is > most {
                return Err(format!("{name} is {is}, at most {most} is possible"));
            }
        }
        if config.deletion_weight_limit > MAX_DELETION_WEIGHT {
            return Err(format!(
                "deletion_weight_limit is {}, at most {MAX_DELETION_WEIGHT} is possible",
                config.deletion_weight_limit,
            ));
        }
        Ok(config)
    }
}

/// The longest value: that of the reference node of March 2021, and of 2.0. A worker keeps what a
/// block changed to go back, at most a gigabyte, and no amendment reaches a block's end: with
/// [`MAX_DELETION_WEIGHT`] it deletes 19,551 items of 16 KiB, 322 MB. Of longer values the messages
/// of a block could change more than that as well.
const MAX_VALUE_SIZE: u32 = 16 << 10;
/// The longest deletion queue. It is one value of 36 bytes an entry, and every message that ends a
/// contract writes it anew: of a block's messages at most 2,048, which is 151 MB.
const MAX_QUEUE_DEPTH: u32 = 2_048;
/// The deepest stack of contracts that a configuration may ask for. The host stack that an engine
/// says it needs is measured for it.
const MAX_DEPTH: u32 = 100;
/// Two seconds: deletions mustn't stall a worker.
const MAX_DELETION_WEIGHT: u64 = 2_000_000_000_000;
