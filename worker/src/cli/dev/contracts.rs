//! Contracts: `upload`, `remove-code`, `instantiate`, `call`, `query`, `estimate`.

use super::super::{
    abi::{Abi, Entry},
    args::{
        CallArgs, InputArgs, InstantiateArgs, OptionArgs, QueryArgs, RemoveCodeArgs, UploadArgs,
    },
    code::{load_abi, CodeFile},
    failure::Failure,
    report::{Decode, Gas, Report},
    values::ss58,
};
use crate::{
    dev::{DevNode, CLUSTER, GAS_LIMIT},
    query::{InkMessage, QueryOptions},
    WorkerError,
};
use fat_contracts_primitives::{
    contract_address, AccountId, Balance, CodeHash, CodeSource, Weight,
};
use pallet_fat_contracts::Call;
use pink_capi::types;
use runtime_mock::runtime::Runtime;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;

pub(super) fn upload(mut node: DevNode, args: UploadArgs) -> Result<Report, Failure> {
    let CodeFile { wasm, abi } = CodeFile::load(&args.file)?;
    let code_hash = CodeHash::from(blake2_256(&wasm));
    let call = Call::<Runtime>::cluster_upload_resource {
        cluster: CLUSTER,
        code: wasm,
        storage_deposit_limit: args.storage_deposit_limit,
        max_gas_price: None,
        max_ordering_fee: node.ordering_fee(Weight::default()),
    };
    let kept = abi.map(|abi| DevNode::metadata_row(&code_hash, abi.to_json()));
    let kept = kept.into_iter().collect();
    let done = node.submit(args.from, call, kept)?;
    Ok(Report::of_message(&done, &()))
}

pub(super) fn remove_code(mut node: DevNode, args: &RemoveCodeArgs) -> Result<Report, Failure> {
    let call = Call::<Runtime>::remove_code {
        cluster: CLUSTER,
        code_hash: args.code_hash,
        max_gas_price: None,
        max_ordering_fee: node.ordering_fee(Weight::default()),
    };
    let done = node.submit(args.from.clone(), call, Vec::new())?;
    Ok(Report::of_message(&done, &()))
}

pub(super) fn instantiate(mut node: DevNode, args: InstantiateArgs) -> Result<Report, Failure> {
    let (code, code_hash, bundled) = match (args.code.code, args.code.code_hash) {
        (Some(path), _) => {
            let CodeFile { wasm, abi } = CodeFile::load(&path)?;
            let code_hash = CodeHash::from(blake2_256(&wasm));
            (CodeSource::Code(wasm), code_hash, abi)
        }
        // One of the two is there: the arguments say so.
        (None, code_hash) => {
            let code_hash = code_hash.unwrap_or_default();
            (CodeSource::Hash(code_hash), code_hash, None)
        }
    };
    let abi = match (&args.input.metadata, bundled) {
        (Some(path), _) => Some(load_abi(path)?),
        (None, Some(bundled)) => Some(bundled),
        (None, None) => remembered(&node, &code_hash)?,
    };
    let input = args.input.encode(Entry::Constructor, abi.as_ref(), || {
        Failure::no_metadata_of(&code_hash)
    })?;
    let (offer, salt) = (args.options, args.salt.0);
    let address = contract_address(&offer.from, &code_hash, CLUSTER, &salt);
    let call = Call::<Runtime>::instantiate_contract {
        cluster: CLUSTER,
        code,
        input: input.clone(),
        salt,
        value: offer.value,
        gas_limit: offer.gas_limit(),
        storage_deposit_limit: offer.storage_deposit_limit,
        max_gas_price: None,
        max_ordering_fee: node.ordering_fee(offer.gas_limit()),
    };
    let json = abi.as_ref().map(Abi::to_json);
    let mut kept: Vec<_> = json
        .map(|json| DevNode::metadata_row(&code_hash, json))
        .into_iter()
        .collect();
    kept.push(DevNode::contract_row(&address, &code_hash));
    let done = node.submit(offer.from, call, kept)?;
    let known = Known {
        node: &node,
        entry: Entry::Constructor,
        input: &input,
        abi: abi.as_ref(),
    };
    Ok(Report::of_message(&done, &known).with_log(&done.log))
}

pub(super) fn call(mut node: DevNode, args: CallArgs) -> Result<Report, Failure> {
    let prepared = Prepared::new(&node, &args)?;
    let done = node.submit(
        args.options.from.clone(),
        prepared.extrinsic(&node, &args),
        Vec::new(),
    )?;
    Ok(Report::of_message(&done, &prepared.known(&node)).with_log(&done.log))
}

pub(super) fn query(node: &DevNode, args: QueryArgs) -> Result<Report, Failure> {
    let timeout = args.deadline_ms.map(Duration::from_millis);
    try_out(node, &args.call, args.lend, timeout, false)
}

pub(super) fn estimate(node: &DevNode, args: CallArgs) -> Result<Report, Failure> {
    try_out(node, &args, 0, None, true)
}

/// Does what the transaction would, or asks as a query, and keeps nothing of the state.
fn try_out(
    node: &DevNode,
    args: &CallArgs,
    lent: Balance,
    timeout: Option<Duration>,
    estimating: bool,
) -> Result<Report, Failure> {
    let prepared = Prepared::new(node, args)?;
    let offer = &args.options;
    node.check(offer.from.clone(), prepared.extrinsic(node, args))?;
    let limit = offer.gas_limit();
    let message = InkMessage {
        payload: prepared.input.clone(),
        deposit: lent,
        transfer: offer.value,
        estimating,
    };
    let options = QueryOptions {
        gas_limit: Some(types::Weight::new(limit.ref_time, limit.proof_size)),
        storage_deposit_limit: offer.storage_deposit_limit,
        timeout,
    };
    let (from, to) = (offer.from.clone().into(), args.contract.clone().into());
    let answer = node.queries().query(from, to, message, options)?;
    let receipt = &answer.receipt;
    let report = Report::of_receipt(answer.engine, answer.block, receipt, &prepared.known(node));
    Ok(Report {
        gas_required: Some(Gas::from(receipt.gas_required)),
        ..report
    }
    .with_log(&answer.log))
}

/// A call whose input is encoded.
struct Prepared {
    input: Vec<u8>,
    abi: Option<Abi>,
}

impl Prepared {
    fn new(node: &DevNode, args: &CallArgs) -> Result<Self, Failure> {
        let address = &args.contract;
        let abi = match &args.input.metadata {
            Some(path) => Some(load_abi(path)?),
            None => abi_of(node, address)?,
        };
        let input = args.input.encode(Entry::Message, abi.as_ref(), || {
            let exists = node
                .worker()
                .view()
                .and_then(|view| view.contract(address.as_ref()));
            match exists {
                Ok(None) => Failure::NoContract(ss58(address)),
                _ => Failure::NoMetadata(format!("the contract {}", ss58(address))),
            }
        })?;
        Ok(Self { input, abi })
    }

    fn extrinsic(&self, node: &DevNode, args: &CallArgs) -> Call<Runtime> {
        let offer = &args.options;
        Call::call_contract {
            cluster: CLUSTER,
            contract: args.contract.clone(),
            input: self.input.clone(),
            value: offer.value,
            gas_limit: offer.gas_limit(),
            storage_deposit_limit: offer.storage_deposit_limit,
            max_gas_price: None,
            max_ordering_fee: node.ordering_fee(offer.gas_limit()),
        }
    }

    fn known<'n>(&'n self, node: &'n DevNode) -> Known<'n> {
        Known {
            node,
            entry: Entry::Message,
            input: &self.input,
            abi: self.abi.as_ref(),
        }
    }
}

impl InputArgs {
    /// The input's bytes; `unknown` says what is missing when there is no metadata.
    fn encode(
        &self,
        entry: Entry,
        abi: Option<&Abi>,
        unknown: impl FnOnce() -> Failure,
    ) -> Result<Vec<u8>, Failure> {
        match (&self.message, abi) {
            (Some(name), Some(abi)) => Ok(abi.encode(entry, name, &self.args)?),
            (Some(_), None) => Err(unknown()),
            (None, _) => Ok(self.data.clone().unwrap_or_default().0),
        }
    }
}

impl OptionArgs {
    fn gas_limit(&self) -> Weight {
        self.gas_limit
            .map_or(GAS_LIMIT, |limit| limit.or(GAS_LIMIT))
    }
}

/// What is remembered of a code's contracts.
fn remembered(node: &DevNode, code_hash: &CodeHash) -> Result<Option<Abi>, Failure> {
    let json = node.metadata(code_hash)?;
    Ok(json.map(|json| Abi::parse(&json)).transpose()?)
}

/// What is remembered of a contract. Nothing, if there is none at the address.
fn abi_of(node: &DevNode, address: &AccountId) -> Result<Option<Abi>, Failure> {
    let view = match node.worker().view() {
        Ok(view) => view,
        // Parked: the chain orders messages all the same.
        Err(WorkerError::Parked(_)) => {
            let made_from = node.remembered_code(address)?;
            let abi = made_from.map(|code_hash| remembered(node, &code_hash));
            return Ok(abi.transpose()?.flatten());
        }
        Err(error) => return Err(error.into()),
    };
    match view.contract(address.as_ref())? {
        Some(contract) => remembered(node, &contract.code_hash.into()),
        None => Ok(None),
    }
}

/// What is known about the contract of a message, and about those that it called.
struct Known<'n> {
    node: &'n DevNode,
    entry: Entry,
    input: &'n [u8],
    abi: Option<&'n Abi>,
}

impl Decode for Known<'_> {
    fn output(&self, output: &[u8]) -> Option<String> {
        self.abi?.decode_output(self.entry, self.input, output)
    }

    fn event(&self, contract: &AccountId, topics: &[[u8; 32]], data: &[u8]) -> Option<String> {
        let own = self.abi.and_then(|abi| abi.decode_event(topics, data));
        own.or_else(|| {
            let abi = abi_of(self.node, contract).ok().flatten()?;
            abi.decode_event(topics, data)
        })
    }
}
