//! A development chain in this process, with the contract that reaches for everything.

use fat_contracts_primitives::{contract_address, AccountId, CodeHash, CodeSource, EngineVersion};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_capi::types::{Outcome, Receipt};
use pink_devchain::{owner, DevConfig, DevError, DevNode, ExecutedMessage, CLUSTER, GAS_LIMIT};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    query::{Answer, InkMessage, QueryError, QueryOptions},
    CONFIG_FILE,
};
use runtime_mock::runtime::Runtime;
use sp_core::crypto::Ss58Codec;
use sp_crypto_hashing::blake2_256;
use std::{
    env, fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The contract under test.
pub(crate) const OUTSIDE: &[u8] = include_bytes!("../../../contracts/artifacts/outside.wasm");

/// Its constructor.
const CONSTRUCTOR: [u8; 4] = [0xed, 0x4b, 0x9d, 0x1b];

pub(crate) struct Harness {
    pub(crate) base: TempDir,
    pub(crate) node: DevNode,
    /// The contract as anybody's.
    pub(crate) contract: [u8; 32],
    /// The contract as the cluster's system contract.
    pub(crate) system: [u8; 32],
}

fn engines() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines");
    let engines = env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
    assert!(
        engines.join("libpink.so.2.0").is_file(),
        "there is no libpink.so.2.0 in {}: run `cargo xtask engines` first",
        engines.display()
    );
    engines
}

pub(crate) fn registry() -> EngineRegistry {
    EngineRegistry::new(engines())
}

/// The address of the contract that everybody may have.
pub(crate) fn address() -> [u8; 32] {
    let code_hash = CodeHash::from(blake2_256(OUTSIDE));
    contract_address(&owner(), &code_hash, CLUSTER, b"outside").into()
}

/// The address as a configuration file has it.
pub(crate) fn address_text() -> String {
    AccountId::from(address()).to_ss58check()
}

/// A message's selector and arguments.
pub(crate) fn input(message: &str, args: impl Encode) -> Vec<u8> {
    let mut input = blake2_256(message.as_bytes())[..4].to_vec();
    args.encode_to(&mut input);
    input
}

/// What a message returned.
#[track_caller]
pub(crate) fn returned<T: Decode>(receipt: &Receipt) -> T {
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let output = receipt.output.strip_prefix(&[0]).expect("ink!'s Ok");
    T::decode_all(&mut &*output).expect("the message's type")
}

/// The name of what a message trapped with.
#[track_caller]
pub(crate) fn trapped(receipt: &Receipt) -> &str {
    match &receipt.outcome {
        Outcome::Trapped(failure) => &failure.error,
        other => panic!("{other:?}"),
    }
}

impl Harness {
    pub(crate) fn new(config: &str) -> Self {
        let base = TempDir::new().expect("a folder for the test");
        fs::write(base.path().join(CONFIG_FILE), config).expect("a configuration");
        let dev = DevConfig {
            engine: Some(EngineVersion::new(2, 0)),
            system_code: OUTSIDE.into(),
            ..DevConfig::default()
        };
        let (mut node, _) = DevNode::init(base.path(), registry(), &dev).expect("a chain");
        let call = Call::<Runtime>::instantiate_contract {
            cluster: CLUSTER,
            code: CodeSource::Code(OUTSIDE.to_vec()),
            input: CONSTRUCTOR.to_vec(),
            salt: b"outside".to_vec(),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        let done = node.submit(owner(), call, Vec::new()).expect("executed");
        let receipt = &done.receipt.receipt;
        assert_eq!(receipt.address, Some(address()), "{receipt:?}");
        let view = node.worker().view().expect("a state");
        let cluster = view.cluster().expect("it reads").expect("a cluster");
        Self {
            base,
            node,
            contract: address(),
            system: cluster.system_contract.expect("a system contract"),
        }
    }

    /// Closes the node, does something to its files, and opens it again.
    pub(crate) fn reopened(self, meanwhile: impl FnOnce(&Path)) -> Self {
        let Self { base, node, .. } = self;
        drop(node);
        meanwhile(base.path());
        let node = DevNode::open(base.path(), registry()).expect("the chain");
        Self { base, node, ..self }
    }

    /// Sends a message to a contract.
    pub(crate) fn try_send(
        &mut self,
        to: [u8; 32],
        input: &[u8],
    ) -> Result<ExecutedMessage, DevError> {
        let call = Call::<Runtime>::call_contract {
            cluster: CLUSTER,
            contract: to.into(),
            input: input.to_vec(),
            value: 0,
            gas_limit: GAS_LIMIT,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        self.node.submit(owner(), call, Vec::new())
    }

    /// Sends a message to a contract; its receipt.
    pub(crate) fn send(&mut self, to: [u8; 32], input: &[u8]) -> Receipt {
        let done = self.try_send(to, input).expect("executed");
        done.receipt.receipt
    }

    pub(crate) fn try_query(&self, message: &[u8], estimating: bool) -> Result<Answer, QueryError> {
        let message = InkMessage {
            payload: message.to_vec(),
            estimating,
            ..InkMessage::default()
        };
        let options = QueryOptions {
            gas_limit: Some(gas_limit()),
            ..QueryOptions::default()
        };
        let queries = self.node.queries();
        queries.query(owner().into(), self.contract, message, options)
    }

    /// Asks the contract.
    #[track_caller]
    pub(crate) fn query(&self, message: &[u8]) -> Answer {
        self.try_query(message, false).expect("an answer")
    }

    /// Estimates a message to the contract.
    #[track_caller]
    pub(crate) fn estimate(&self, message: &[u8]) -> Answer {
        self.try_query(message, true).expect("an answer")
    }
}

/// The limit of every message here.
pub(crate) fn gas_limit() -> pink_capi::types::Weight {
    pink_capi::types::Weight::new(GAS_LIMIT.ref_time, GAS_LIMIT.proof_size)
}
