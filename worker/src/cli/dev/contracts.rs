//! Contracts: `upload`, `activate`, `remove-code`, `instantiate`, `call`, `query`, and the estimates.

use super::super::{
    abi::{Abi, Entry},
    args::{
        ActivateArgs, CallArgs, InstantiateArgs, OptionArgs, QueryArgs, RemoveCodeArgs, UploadArgs,
    },
    code::{load_abi, CodeFile},
    failure::Failure,
    input::{check_payable, gas_limit},
    invocation::Invocation,
    report::{Decode, Gas, Report},
    values::ss58,
};
use super::{
    not_ordered,
    rent::{explained, tombstone},
};
use fat_contracts_primitives::{
    contract_address, AccountId, Balance, CodeHash, CodeSource, Weight,
};
use pallet_fat_contracts::Call;
use pink_capi::types;
use pink_devchain::{DevNode, Estimate, CLUSTER};
use pink_worker_core::{
    exec::MessageReceipt,
    query::{InkMessage, QueryOptions},
    WorkerError,
};
use runtime_mock::runtime::Runtime;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;

pub(super) fn upload(
    mut node: DevNode,
    args: UploadArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let CodeFile { wasm, abi } = CodeFile::load(&args.file)?;
    let code_hash = CodeHash::from(blake2_256(&wasm));
    let max_ordering_fee = node.ordering_fee(Weight::default(), wasm.len());
    let call = Call::<Runtime>::cluster_upload_resource {
        cluster: CLUSTER,
        code: wasm,
        storage_deposit_limit: args.storage_deposit_limit,
        max_gas_price: None,
        max_ordering_fee,
    };
    let kept = abi.map(|abi| DevNode::metadata_row(&code_hash, abi.to_json()));
    let kept = kept.into_iter().collect();
    let done = node.submit(args.from.clone(), call, kept);
    let done =
        done.map_err(|error| not_ordered(&node, &args.from, max_ordering_fee, None, error))?;
    Ok(Report::of_message(&done, &(), invocation))
}

pub(super) fn remove_code(
    mut node: DevNode,
    args: &RemoveCodeArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let max_ordering_fee = node.ordering_fee(Weight::default(), 0);
    let call = Call::<Runtime>::remove_code {
        cluster: CLUSTER,
        code_hash: args.code_hash,
        max_gas_price: None,
        max_ordering_fee,
    };
    let done = node.submit(args.from.clone(), call, Vec::new());
    let done =
        done.map_err(|error| not_ordered(&node, &args.from, max_ordering_fee, None, error))?;
    Ok(Report::of_message(&done, &(), invocation))
}

pub(super) fn activate(
    mut node: DevNode,
    args: &ActivateArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let gas_limit = gas_limit(args.gas_limit);
    let max_ordering_fee = node.ordering_fee(gas_limit, 0);
    let call = Call::<Runtime>::activate_code {
        cluster: CLUSTER,
        code_hash: args.code_hash,
        gas_limit,
        max_gas_price: None,
        max_ordering_fee,
    };
    let done = node.submit(args.from.clone(), call, Vec::new());
    let done =
        done.map_err(|error| not_ordered(&node, &args.from, max_ordering_fee, None, error))?;
    Ok(Report::of_message(&done, &(), invocation))
}

pub(super) fn instantiate(
    mut node: DevNode,
    args: InstantiateArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let from = args.options.from.clone();
    let new = NewContract::prepare(&node, args)?;
    let mut kept = Vec::new();
    if let Some(abi) = &new.abi {
        kept.push(DevNode::metadata_row(&new.code_hash, abi.to_json()));
    }
    kept.push(DevNode::contract_row(&new.address, &new.code_hash));
    let done = node.submit(from.clone(), new.extrinsic.clone(), kept);
    let done = done.map_err(|error| not_ordered(&node, &from, new.fee, None, error))?;
    Ok(Report::of_message(&done, &new.known(&node), invocation).with_log(&done.log))
}

pub(super) fn estimate_instantiate(
    node: &DevNode,
    args: InstantiateArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let from = args.options.from.clone();
    let new = NewContract::prepare(node, args)?;
    let estimate = node.estimate(from.clone(), new.extrinsic.clone());
    let estimate = estimate.map_err(|error| not_ordered(node, &from, new.fee, None, error))?;
    Ok(estimated(&estimate, &new.known(node), invocation))
}

pub(super) fn call(
    mut node: DevNode,
    args: CallArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let prepared = Prepared::new(&node, &args)?;
    let from = &args.options.from;
    let extrinsic = prepared.extrinsic(&node, &args);
    let done = node.submit(from.clone(), extrinsic, Vec::new());
    let done =
        done.map_err(|error| not_ordered(&node, from, prepared.fee(&node, &args), None, error))?;
    let report = Report::of_message(&done, &prepared.known(&node), invocation).with_log(&done.log);
    let outcome = &done.receipt.receipt.outcome;
    Ok(explained(report, &node, &args.contract, outcome))
}

pub(super) fn estimate(
    node: &DevNode,
    args: CallArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let prepared = Prepared::new(node, &args)?;
    let from = &args.options.from;
    let estimate = node.estimate(from.clone(), prepared.extrinsic(node, &args));
    let estimate = estimate
        .map_err(|error| not_ordered(node, from, prepared.fee(node, &args), None, error))?;
    let report = estimated(&estimate, &prepared.known(node), invocation);
    let outcome = &estimate.receipt.receipt.outcome;
    Ok(explained(report, node, &args.contract, outcome))
}

/// What the transaction would report, but for the root, which is nobody's.
fn estimated(estimate: &Estimate, known: &KnownContracts<'_>, invocation: &Invocation) -> Report {
    let MessageReceipt {
        engine, receipt, ..
    } = &estimate.receipt;
    let report = Report::of_receipt(*engine, estimate.block, receipt, known, invocation);
    Report {
        gas_required: Some(Gas::from(receipt.gas_required)),
        ..report
    }
    .with_log(&estimate.log)
}

/// Asks after the last block, for free: the chain isn't asked for anything, nor are its prices.
pub(super) fn query(
    node: &DevNode,
    args: QueryArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let prepared = Prepared::new(node, &args.call)?;
    let OptionArgs { from, offer } = &args.call.options;
    let limit = offer.gas_limit();
    let message = InkMessage {
        payload: prepared.input.clone(),
        deposit: args.lend,
        transfer: offer.value,
        estimating: false,
    };
    let options = QueryOptions {
        gas_limit: Some(types::Weight::new(limit.ref_time, limit.proof_size)),
        storage_deposit_limit: offer.storage_deposit_limit,
        timeout: args.deadline_ms.map(Duration::from_millis),
    };
    let (from, to) = (from.clone().into(), args.call.contract.clone().into());
    let answer = node.queries().query(from, to, message, options)?;
    let receipt = &answer.receipt;
    let known = prepared.known(node);
    let report = Report::of_receipt(answer.engine, answer.block, receipt, &known, invocation);
    let report = Report {
        gas_required: Some(Gas::from(receipt.gas_required)),
        ..report
    };
    let report = explained(report, node, &args.call.contract, &receipt.outcome);
    Ok(report.with_log(&answer.log))
}

/// A contract to make, whose input is encoded.
struct NewContract {
    code_hash: CodeHash,
    address: AccountId,
    input: Vec<u8>,
    abi: Option<Abi>,
    extrinsic: Call<Runtime>,
    /// What ordering it costs at most.
    fee: Balance,
}

impl NewContract {
    fn prepare(node: &DevNode, args: InstantiateArgs) -> Result<Self, Failure> {
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
            (None, None) => remembered(node, &code_hash)?,
        };
        let input = args.input.encode(Entry::Constructor, abi.as_ref(), || {
            Failure::no_metadata_of(&code_hash)
        })?;
        let (OptionArgs { from, offer }, salt) = (args.options, args.salt.0);
        check_payable(Entry::Constructor, abi.as_ref(), &input, offer.value)?;
        let address = contract_address(&from, &code_hash, CLUSTER, &salt);
        let carried = match &code {
            CodeSource::Code(code) => code.len(),
            CodeSource::Hash(_) => 0,
        };
        let bytes = carried
            .saturating_add(input.len())
            .saturating_add(salt.len());
        let max_ordering_fee = node.ordering_fee(offer.gas_limit(), bytes);
        let extrinsic = Call::<Runtime>::instantiate_contract {
            cluster: CLUSTER,
            code,
            input: input.clone(),
            salt,
            value: offer.value,
            gas_limit: offer.gas_limit(),
            storage_deposit_limit: offer.storage_deposit_limit,
            max_gas_price: None,
            max_ordering_fee,
        };
        Ok(Self {
            code_hash,
            address,
            input,
            abi,
            extrinsic,
            fee: max_ordering_fee,
        })
    }

    fn known<'n>(&'n self, node: &'n DevNode) -> KnownContracts<'n> {
        KnownContracts {
            node,
            entry: Entry::Constructor,
            input: &self.input,
            abi: self.abi.as_ref(),
        }
    }
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
                Ok(Some(contract)) if contract.tombstone => tombstone(node, address),
                _ => Failure::NoMetadata(format!("the contract {}", ss58(address))),
            }
        })?;
        check_payable(
            Entry::Message,
            abi.as_ref(),
            &input,
            args.options.offer.value,
        )?;
        Ok(Self { input, abi })
    }

    /// What ordering it costs at most.
    fn fee(&self, node: &DevNode, args: &CallArgs) -> Balance {
        node.ordering_fee(args.options.offer.gas_limit(), self.input.len())
    }

    fn extrinsic(&self, node: &DevNode, args: &CallArgs) -> Call<Runtime> {
        let offer = &args.options.offer;
        Call::call_contract {
            cluster: CLUSTER,
            contract: args.contract.clone(),
            input: self.input.clone(),
            value: offer.value,
            gas_limit: offer.gas_limit(),
            storage_deposit_limit: offer.storage_deposit_limit,
            max_gas_price: None,
            max_ordering_fee: self.fee(node, args),
        }
    }

    fn known<'n>(&'n self, node: &'n DevNode) -> KnownContracts<'n> {
        KnownContracts {
            node,
            entry: Entry::Message,
            input: &self.input,
            abi: self.abi.as_ref(),
        }
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
struct KnownContracts<'n> {
    node: &'n DevNode,
    entry: Entry,
    input: &'n [u8],
    abi: Option<&'n Abi>,
}

impl Decode for KnownContracts<'_> {
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
