//! `query`, `estimate` and `estimate-instantiate`: what a worker that runs is asked, over its JSON-RPC.

use super::{
    abi::{Abi, Entry},
    args::{ChainCallArgs, ChainInstantiateArgs, OfferArgs, COMMON},
    chain::signer,
    code::{load_abi, CodeFile},
    failure::Failure,
    input::check_payable,
    invocation::Invocation,
    report::{hex0x, Decode, Gas, Report},
    values::{parse_amount, parse_who, ss58},
};
use clap::Args;
use fat_contracts_primitives::{AccountId, Balance, CodeHash, EngineVersion};
use parity_scale_codec::DecodeAll;
use pink_capi::types::Receipt;
use pink_sender::Key;
use pink_worker_core::exec::LogLine;
use pink_worker_rpc::{
    auth::{self, QueryText},
    client::{Client, ClientError},
};
use serde_json::{json, Value};
use sp_crypto_hashing::blake2_256;
use std::path::PathBuf;

/// A worker that is asked, and by whom.
#[derive(Clone, Debug, Args)]
pub struct AskArgs<T: Args> {
    /// What is asked.
    #[command(flatten)]
    pub what: T,
    /// The worker's JSON-RPC.
    #[arg(long, visible_alias = "rpc", value_name = "URL", default_value = "http://127.0.0.1:9955", value_parser = super::run::web_url,
        help_heading = COMMON)]
    pub worker: String,
    /// Sign with a key that everybody knows, like //Alice: for development chains.
    #[arg(long, value_name = "//NAME", conflicts_with = "keystore", help_heading = COMMON)]
    pub from: Option<String>,
    /// Sign with a key of this directory [default: nobody asks].
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub keystore: Option<PathBuf>,
    /// With which key of the directory [default: the only one].
    #[arg(long, value_name = "WHO", value_parser = parse_who, requires = "keystore", help_heading = COMMON)]
    pub account: Option<AccountId>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
}

/// A query.
#[derive(Clone, Debug, Args)]
pub struct WorkerQueryArgs {
    /// What is asked.
    #[command(flatten)]
    pub call: ChainCallArgs,
    /// Money that is lent for this query.
    #[arg(long, value_name = "AMOUNT", default_value = "0", hide_default_value = true, value_parser = parse_amount)]
    pub lend: Balance,
}

/// The worker, and who asks it.
struct Worker {
    client: Client,
    key: Option<Key>,
}

impl Worker {
    fn of<T: Args>(args: AskArgs<T>) -> Result<(Self, T), Failure> {
        let key = signer(
            args.from.as_deref(),
            args.keystore.as_deref(),
            args.account.as_ref(),
        )?;
        let client = Client::new(args.worker);
        Ok((Self { client, key }, args.what))
    }

    /// What is signed with a question; nothing if nobody asks.
    fn auth(&self, asked: &auth::SignedRequest<'_>) -> Result<Value, Failure> {
        let Some(key) = &self.key else {
            return Ok(Value::Null);
        };
        let info = self.client.call("cluster_v1_info", &json!([]))?;
        let unknown = || ClientError::Refused {
            code: pink_worker_rpc::Code::NoChain as i64,
            message: "the worker knows no final block of its chain yet".into(),
            hint: Some("ask again later".into()),
        };
        let hash = |at: &str| -> Option<[u8; 32]> {
            let digits = info.pointer(at)?.as_str()?.strip_prefix("0x")?;
            hex::decode(digits).ok()?.try_into().ok()
        };
        let (genesis, after) = (hash("/genesis"), hash("/finalized/hash"));
        let (genesis, after) = genesis.zip(after).ok_or_else(unknown)?;
        let cluster = info.get("cluster").and_then(Value::as_u64);
        let text = QueryText {
            genesis,
            cluster: cluster.ok_or_else(unknown)?,
            account: key.account().clone().into(),
            asked,
            after,
        };
        let signature = key.sign(text.to_string().as_bytes());
        Ok(json!({
            "signer": ss58(key.account()),
            "kind": "sr25519",
            "signature": hex0x(signature),
            "after": hex0x(after),
        }))
    }

    /// Asks, and says what came of it.
    fn ask(&self, method: &str, params: &Value, decode: &dyn Decode) -> Result<Report, Failure> {
        let answer = self.client.call(method, params)?;
        let unread = || ClientError::NoAnswer {
            url: "its JSON-RPC".into(),
            reason: format!("an answer to {method} that this program can't read"),
        };
        let bytes = answer.get("bytes").and_then(Value::as_str);
        let bytes = bytes.and_then(|it| hex::decode(it.strip_prefix("0x")?).ok());
        let receipt = bytes.and_then(|bytes| Receipt::decode_all(&mut &bytes[..]).ok());
        let engine = answer.get("engine").and_then(Value::as_str);
        let engine: Option<EngineVersion> = engine.and_then(|it| it.parse().ok());
        let block = answer.get("block").and_then(Value::as_u64);
        let block = block.and_then(|it| it.try_into().ok());
        let (Some(receipt), Some(engine), Some(block)) = (receipt, engine, block) else {
            return Err(unread().into());
        };
        let log: Vec<LogLine> = answer
            .get("log")
            .and_then(Value::as_array)
            .map(|lines| lines.iter().filter_map(line).collect())
            .unwrap_or_default();
        let report = Report::of_receipt(engine, block, &receipt, decode, &Invocation::default());
        Ok(Report {
            gas_required: Some(Gas::from(receipt.gas_required)),
            ..report
        }
        .with_log(&log))
    }
}

/// A line of the log, read.
fn line(line: &Value) -> Option<LogLine> {
    Some(LogLine {
        level: u8::try_from(line.get("level")?.as_u64()?).ok()?,
        contract: line
            .get("contract")
            .and_then(Value::as_str)
            .and_then(|it| parse_who(it).ok())
            .map(Into::into),
        entry: None,
        text: line.get("text")?.as_str()?.into(),
    })
}

/// What is known of the messages of the contract that is asked.
struct KnownMessages<'a> {
    abi: Option<&'a Abi>,
    entry: Entry,
    input: &'a [u8],
}

impl Decode for KnownMessages<'_> {
    fn output(&self, output: &[u8]) -> Option<String> {
        self.abi?.decode_output(self.entry, self.input, output)
    }

    fn event(&self, _: &AccountId, topics: &[[u8; 32]], data: &[u8]) -> Option<String> {
        self.abi?.decode_event(topics, data)
    }
}

/// The terms, as parameters.
fn offered(mut params: Value, offer: &OfferArgs) -> Value {
    let limit = offer.gas_limit();
    params["value"] = offer.value.to_string().into();
    params["gasLimit"] = json!({
        "refTime": limit.ref_time.to_string(), "proofSize": limit.proof_size.to_string(),
    });
    params["storageDepositLimit"] = json!(offer.storage_deposit_limit.map(|it| it.to_string()));
    params
}

/// A call's metadata and input.
fn called(what: &ChainCallArgs) -> Result<(Option<Abi>, Vec<u8>), Failure> {
    let abi = what.input.metadata.as_deref().map(load_abi).transpose()?;
    let input = what.input.encode(Entry::Message, abi.as_ref(), || {
        Failure::NoMetadata(format!("the contract {}", ss58(&what.contract)))
    })?;
    check_payable(Entry::Message, abi.as_ref(), &input, what.offer.value)?;
    Ok((abi, input))
}

pub(super) fn query(args: AskArgs<WorkerQueryArgs>) -> Result<Report, Failure> {
    let (abi, input) = called(&args.what.call)?;
    let (worker, what) = Worker::of(args)?;
    let (call, lent) = (what.call, what.lend);
    let auth = worker.auth(&auth::SignedRequest::Query {
        contract: call.contract.clone().into(),
        input: &input,
        value: call.offer.value,
        lent,
    })?;
    let params = json!({ "contract": ss58(&call.contract), "input": hex0x(&input), "auth": auth,
        "lent": lent.to_string() });
    let known = KnownMessages {
        abi: abi.as_ref(),
        entry: Entry::Message,
        input: &input,
    };
    worker.ask("cluster_v1_query", &offered(params, &call.offer), &known)
}

pub(super) fn estimate(args: AskArgs<ChainCallArgs>) -> Result<Report, Failure> {
    let (abi, input) = called(&args.what)?;
    let (worker, call) = Worker::of(args)?;
    let auth = worker.auth(&auth::SignedRequest::Call {
        contract: call.contract.clone().into(),
        input: &input,
        value: call.offer.value,
    })?;
    let params = json!({ "contract": ss58(&call.contract), "input": hex0x(&input), "auth": auth });
    let known = KnownMessages {
        abi: abi.as_ref(),
        entry: Entry::Message,
        input: &input,
    };
    let params = offered(params, &call.offer);
    worker.ask("cluster_v1_estimateCall", &params, &known)
}

pub(super) fn estimate_instantiate(args: AskArgs<ChainInstantiateArgs>) -> Result<Report, Failure> {
    let (worker, what) = Worker::of(args)?;
    let (code, code_hash, bundled) = match (&what.code.code, what.code.code_hash) {
        (Some(path), _) => {
            let CodeFile { wasm, abi } = CodeFile::load(path)?;
            let code_hash = CodeHash::from(blake2_256(&wasm));
            (json!({ "upload": hex0x(wasm) }), code_hash, abi)
        }
        // One of the two is there: the arguments say so.
        (None, code_hash) => {
            let code_hash = code_hash.unwrap_or_default();
            (json!({ "hash": hex0x(code_hash) }), code_hash, None)
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
    let auth = worker.auth(&auth::SignedRequest::Instantiate {
        code_hash: code_hash.into(),
        input: &input,
        value: what.offer.value,
        salt: &what.salt.0,
    })?;
    let params =
        json!({ "code": code, "input": hex0x(&input), "salt": hex0x(&what.salt.0), "auth": auth });
    let known = KnownMessages {
        abi: abi.as_ref(),
        entry: Entry::Constructor,
        input: &input,
    };
    let params = offered(params, &what.offer);
    worker.ask("cluster_v1_estimateInstantiate", &params, &known)
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client(Box::new(error))
    }
}
