//! What users do.

use crate::codes::SYSTEM;
use fastrand::Rng;
use fat_contracts_primitives::{
    contract_address, AccountId, CodeHash, CodeSource, EngineVersion, Hash, Weight, SYSTEM_SALT,
};
use pallet_fat_contracts::Call;
use parity_scale_codec::Encode;
use runtime_mock::{runtime::Runtime, Extrinsic, DEV_ACCOUNTS, UNIT};

/// A contract that every era runs: it adds its first input byte to a counter, and fails in a way
/// of its own for some of them.
const COUNTER: &str = r#"(module
    (import "seal0" "seal_input" (func $input (param i32 i32)))
    (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    ;; 0: key, 32: counter, 36: its length, 40: input, 104: the input's length
    (data (i32.const 36) "\04\00\00\00")
    (data (i32.const 104) "\40\00\00\00")
    (func (export "deploy"))
    (func (export "call")
        (local $byte i32)
        (call $input (i32.const 40) (i32.const 104))
        (local.set $byte (i32.load8_u (i32.const 40)))
        (drop (call $get (i32.const 0) (i32.const 32) (i32.const 36)))
        (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (local.get $byte)))
        (call $set (i32.const 0) (i32.const 32) (i32.const 4))
        (if (i32.eq (local.get $byte) (i32.const 255)) (then unreachable))
        (if (i32.eq (local.get $byte) (i32.const 254)) (then (loop $l (br $l))))
        (if (i32.eq (local.get $byte) (i32.const 253))
            (then (call $return (i32.const 1) (i32.const 32) (i32.const 4))))
        (call $return (i32.const 0) (i32.const 32) (i32.const 4))))"#;

/// Enough for a call of the counter, and not too much for an endless one.
const GAS: Weight = Weight {
    ref_time: 20_000_000_000,
    proof_size: 256 * 1024,
};

#[derive(Debug)]
pub(crate) struct Traffic {
    code: Vec<u8>,
    code_hash: CodeHash,
    contracts: Vec<AccountId>,
    salt: u32,
    pub(crate) cluster: u64,
}

impl Traffic {
    pub(crate) fn new(cluster: u64) -> Self {
        let code = wat::parse_str(COUNTER).expect("a literal");
        let code_hash = Hash::from(sp_crypto_hashing::blake2_256(&code));
        Self {
            code,
            code_hash,
            contracts: Vec::new(),
            salt: 0,
            cluster,
        }
    }

    /// Something that somebody does.
    pub(crate) fn next(&mut self, rng: &mut Rng) -> Extrinsic {
        let who = account(rng.usize(0..DEV_ACCOUNTS.len()));
        let contract = if self.contracts.is_empty() {
            None
        } else {
            Some(self.contracts[rng.usize(0..self.contracts.len())].clone())
        };
        let call = match (rng.u8(0..100), contract) {
            (0..=2, _) | (_, None) => self.instantiate(&who, rng),
            (3..=6, _) => Call::transfer_to_cluster {
                cluster: self.cluster,
                dest: account(rng.usize(0..DEV_ACCOUNTS.len())),
                amount: UNIT + u128::from(rng.u64(0..UNIT as u64)),
                max_ordering_fee: u128::MAX,
            },
            (7..=9, _) => Call::withdraw_from_cluster {
                cluster: self.cluster,
                dest: who.clone(),
                amount: UNIT + u128::from(rng.u64(0..UNIT as u64)),
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
            (10, _) => Call::cluster_upload_resource {
                cluster: self.cluster,
                code: self.code.clone(),
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
            (_, Some(contract)) => Call::call_contract {
                cluster: self.cluster,
                contract: match rng.u8(0..50) {
                    0 => AccountId::new([rng.u8(..); 32]),
                    _ => contract,
                },
                input: vec![match rng.u8(0..20) {
                    0 => 255,
                    1 => 254,
                    2 => 253,
                    _ => rng.u8(0..100),
                }],
                value: 0,
                gas_limit: GAS,
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
        };
        Extrinsic::signed(who, call)
    }

    /// The owner has the system contract ask for a version, this many times. Clusters of 1.x have no
    /// such contract.
    #[allow(dead_code, reason = "the corpus has its own histories")]
    pub(crate) fn requests(&self, to: EngineVersion, times: usize) -> Vec<Extrinsic> {
        let code_hash = sp_crypto_hashing::blake2_256(SYSTEM).into();
        // `System::upgrade_runtime`, by its selector.
        let mut input = 0x317f_6bf3_u32.to_be_bytes().to_vec();
        (to.major, to.minor).encode_to(&mut input);
        let call = Call::call_contract {
            cluster: self.cluster,
            contract: contract_address(&account(0), &code_hash, self.cluster, SYSTEM_SALT),
            input,
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        vec![Extrinsic::signed(account(0), call); times]
    }

    fn instantiate(&mut self, who: &AccountId, rng: &mut Rng) -> Call<Runtime> {
        self.salt += 1;
        let salt = self.salt.to_be_bytes().to_vec();
        self.contracts
            .push(contract_address(who, &self.code_hash, self.cluster, &salt));
        Call::instantiate_contract {
            cluster: self.cluster,
            code: if self.salt == 1 || rng.bool() {
                CodeSource::Code(self.code.clone())
            } else {
                CodeSource::Hash(self.code_hash)
            },
            input: Vec::new(),
            salt,
            value: UNIT * 10,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        }
    }
}

pub(crate) fn account(index: usize) -> AccountId {
    AccountId::new(DEV_ACCOUNTS[index].1)
}
