//! `upload`, `instantiate` and `call`.

use super::{
    super::{
        abi::Entry,
        args::{ChainCallArgs, ChainInstantiateArgs, ChainUploadArgs, OfferArgs, OnChainArgs},
        code::{load_abi, CodeFile},
        failure::Failure,
        input::check_payable,
        report::Report,
        values::ss58,
    },
    Chain,
};
use fat_contracts_primitives::{Balance, CodeHash, CodeSource};
use pink_sender::Call;
use sp_crypto_hashing::blake2_256;

/// No highest price: the current one.
const CURRENT_PRICE: Option<Balance> = None;

pub(in super::super) fn upload(args: OnChainArgs<ChainUploadArgs>) -> Result<Report, Failure> {
    let CodeFile { wasm, .. } = CodeFile::load(&args.what.file)?;
    let (chain, args) = Chain::of(args)?;
    let call = chain
        .about_cluster("cluster_upload_resource")
        .with("code", &wasm)
        .with("storage_deposit_limit", &args.storage_deposit_limit)
        .with("max_gas_price", &CURRENT_PRICE)
        .with("max_ordering_fee", &chain.max_ordering_fee);
    chain.order(call, "UploadQueued")
}

pub(in super::super) fn instantiate(
    args: OnChainArgs<ChainInstantiateArgs>,
) -> Result<Report, Failure> {
    let what = &args.what;
    let (code, code_hash, bundled) = match (&what.code.code, what.code.code_hash) {
        (Some(path), _) => {
            let CodeFile { wasm, abi } = CodeFile::load(path)?;
            let code_hash = CodeHash::from(blake2_256(&wasm));
            (CodeSource::Code(wasm), code_hash, abi)
        }
        // One of the two is there: the arguments say so.
        (None, code_hash) => {
            let code_hash = code_hash.unwrap_or_default();
            (CodeSource::Hash(code_hash), code_hash, None)
        }
    };
    let abi = match &what.input.metadata {
        Some(path) => Some(load_abi(path)?),
        None => bundled,
    };
    let input = what.input.encode(Entry::Constructor, abi.as_ref(), || {
        Failure::no_metadata_of(&code_hash)
    })?;
    check_payable(Entry::Constructor, abi.as_ref(), &input, what.offer.value)?;
    let (chain, args) = Chain::of(args)?;
    let call = chain
        .about_cluster("instantiate_contract")
        .with("code", &code)
        .with("input", &input)
        .with("salt", &args.salt.0);
    chain.order(offered(call, &args.offer, &chain), "InstantiationQueued")
}

pub(in super::super) fn call(args: OnChainArgs<ChainCallArgs>) -> Result<Report, Failure> {
    let what = &args.what;
    let abi = what.input.metadata.as_deref().map(load_abi).transpose()?;
    let input = what.input.encode(Entry::Message, abi.as_ref(), || {
        Failure::NoMetadata(format!("the contract {}", ss58(&what.contract)))
    })?;
    check_payable(Entry::Message, abi.as_ref(), &input, what.offer.value)?;
    let (chain, args) = Chain::of(args)?;
    let call = chain
        .about_cluster("call_contract")
        .with("contract", &args.contract)
        .with("input", &input);
    chain.order(offered(call, &args.offer, &chain), "CallQueued")
}

/// The terms of a message.
fn offered(call: Call, offer: &OfferArgs, chain: &Chain) -> Call {
    call.with("value", &offer.value)
        .with("gas_limit", &offer.gas_limit())
        .with("storage_deposit_limit", &offer.storage_deposit_limit)
        .with("max_gas_price", &CURRENT_PRICE)
        .with("max_ordering_fee", &chain.max_ordering_fee)
}
