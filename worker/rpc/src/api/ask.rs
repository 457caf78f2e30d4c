//! Queries and estimates.

use super::params::{ActivateParams, EstimateParams, InstantiateParams, NewCode, QueryParams};
use crate::{
    auth::{self, Signed, NOBODY},
    bytes::{Account, Amount, Bytes, Gas},
    context::Context,
    error::{Code, RpcError},
    jobs,
    json::{Line, ReceiptJson},
};
use parity_scale_codec::Encode;
use pink_capi::types::{
    ActivateCode, Call, Code as ContractCode, Instantiate, Message, Outcome, Weight,
};
use pink_worker_core::query::{Answer, Ask};
use schemars::JsonSchema;
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// What a query or an estimate gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    /// The block after which it is so.
    pub block: u32,
    /// The engine that gave it.
    pub engine: String,
    /// Who asked.
    pub origin: Account,
    /// It is an account's that didn't sign: what the contract returned, emitted and logged isn't said.
    pub withheld: bool,
    /// What came of it.
    pub receipt: ReceiptJson,
    /// The same, as SCALE.
    pub bytes: Bytes,
    /// Lines of contracts and of the engine.
    pub log: Vec<Line>,
}

/// How a message is tried out.
struct Terms {
    gas_limit: Option<Gas>,
    storage_deposit_limit: Option<Amount>,
    at: Option<u32>,
    timeout_ms: Option<u64>,
}

impl Terms {
    fn gas(&self, context: &Context) -> Weight {
        self.gas_limit
            .map_or_else(|| context.daemon.queries.most_gas(), Weight::from)
    }

    fn deposit(&self) -> Option<u128> {
        self.storage_deposit_limit.map(|it| it.0)
    }

    fn ask(&self, message: Message, estimating: bool) -> Ask {
        Ask {
            at: self.at,
            message,
            estimating,
            timeout: self.timeout_ms.map(Duration::from_millis),
        }
    }
}

fn amount(amount: Option<Amount>) -> u128 {
    amount.unwrap_or_default().0
}

pub(super) async fn query(context: Arc<Context>, params: QueryParams) -> Result<Asked, RpcError> {
    let terms = Terms {
        gas_limit: params.gas_limit,
        storage_deposit_limit: params.storage_deposit_limit,
        at: params.at,
        timeout_ms: params.timeout_ms,
    };
    let (value, lent) = (amount(params.value), amount(params.lent));
    let (contract, auth) = (params.contract.0, params.auth);
    let input = params.input.0;
    let checked = context.read(move |context, _| {
        let asked = auth::SignedRequest::Query {
            contract,
            input: &input,
            value,
            lent,
        };
        let who = context.auth.who(&context.daemon, auth.as_ref(), &asked)?;
        Ok((who, input))
    });
    let (origin, input) = checked.await?;
    let message = Message::Call(Call {
        origin,
        contract,
        input,
        value,
        gas_limit: terms.gas(&context),
        storage_deposit_limit: terms.deposit(),
        max_gas_price: u128::MAX,
        query_deposit: lent,
    });
    done(&context, origin, false, terms.ask(message, false)).await
}

/// Who would send what is estimated, and whether he didn't sign.
fn sender(
    context: &Context,
    origin: Option<Account>,
    signed: Option<&Signed>,
    asked: &auth::SignedRequest<'_>,
) -> Result<([u8; 32], bool), RpcError> {
    let who = context.auth.who(&context.daemon, signed, asked)?;
    match (origin, signed) {
        (Some(origin), None) => Ok((origin.0, origin.0 != NOBODY)),
        (Some(origin), Some(_)) if origin.0 != who => Err(RpcError::new(
            Code::BadSignature,
            format!("{} signed, and {origin} is to send it", Account(who)),
        )),
        _ => Ok((who, false)),
    }
}

pub(super) async fn estimate_call(
    context: Arc<Context>,
    params: EstimateParams,
) -> Result<Asked, RpcError> {
    let terms = Terms {
        gas_limit: params.gas_limit,
        storage_deposit_limit: params.storage_deposit_limit,
        at: params.at,
        timeout_ms: params.timeout_ms,
    };
    let (contract, value, auth) = (params.contract.0, amount(params.value), params.auth);
    let (origin, input) = (params.origin, params.input.0);
    let checked = context.read(move |context, _| {
        let asked = auth::SignedRequest::Call {
            contract,
            input: &input,
            value,
        };
        Ok((sender(context, origin, auth.as_ref(), &asked)?, input))
    });
    let ((origin, withheld), input) = checked.await?;
    let message = Message::Call(Call {
        origin,
        contract,
        input,
        value,
        gas_limit: terms.gas(&context),
        storage_deposit_limit: terms.deposit(),
        max_gas_price: u128::MAX,
        query_deposit: 0,
    });
    done(&context, origin, withheld, terms.ask(message, true)).await
}

pub(super) async fn estimate_instantiate(
    context: Arc<Context>,
    params: InstantiateParams,
) -> Result<Asked, RpcError> {
    let terms = Terms {
        gas_limit: params.gas_limit,
        storage_deposit_limit: params.storage_deposit_limit,
        at: params.at,
        timeout_ms: params.timeout_ms,
    };
    let (value, auth, origin) = (amount(params.value), params.auth, params.origin);
    let (code, input) = (params.code, params.input.0);
    let salt = params.salt.unwrap_or_default().0;
    let checked = context.read(move |context, _| {
        let (code_hash, code) = match code {
            NewCode::Hash(hash) => (hash.0, ContractCode::Existing(hash.0)),
            NewCode::Upload(code) => (
                sp_crypto_hashing::blake2_256(&code.0),
                ContractCode::Upload(code.0),
            ),
        };
        let asked = auth::SignedRequest::Instantiate {
            code_hash,
            input: &input,
            value,
            salt: &salt,
        };
        let sender = sender(context, origin, auth.as_ref(), &asked)?;
        Ok((sender, code, input, salt))
    });
    let ((origin, withheld), code, input, salt) = checked.await?;
    let message = Message::Instantiate(Instantiate {
        origin,
        code,
        input,
        salt,
        value,
        gas_limit: terms.gas(&context),
        storage_deposit_limit: terms.deposit(),
        max_gas_price: u128::MAX,
    });
    done(&context, origin, withheld, terms.ask(message, true)).await
}

/// No contract says anything in it: nobody has to sign.
pub(super) async fn estimate_activate(
    context: Arc<Context>,
    params: ActivateParams,
) -> Result<Asked, RpcError> {
    let terms = Terms {
        gas_limit: params.gas_limit,
        storage_deposit_limit: None,
        at: params.at,
        timeout_ms: params.timeout_ms,
    };
    let origin = params.origin.map_or(NOBODY, |it| it.0);
    let message = Message::ActivateCode(ActivateCode {
        origin,
        code_hash: params.code_hash.0,
        gas_limit: terms.gas(&context),
        max_gas_price: u128::MAX,
    });
    done(&context, origin, false, terms.ask(message, true)).await
}

/// Has it done, and says what came of it; of an account that didn't sign only what it costs and how it ended.
async fn done(
    context: &Context,
    origin: [u8; 32],
    withheld: bool,
    ask: Ask,
) -> Result<Asked, RpcError> {
    context.traffic.asked(ask.estimating);
    let answer = jobs::ask(&context.jobs, &context.daemon.queries, ask).await?;
    let Answer {
        block,
        engine,
        receipt,
        log,
    } = answer;
    let mut receipt = receipt;
    let mut log: Vec<_> = log.iter().map(Line::from).collect();
    if withheld {
        receipt.output.clear();
        receipt.events.clear();
        // A contract may have said something in it.
        if let Outcome::Trapped(why) = &mut receipt.outcome {
            why.detail.clear();
        }
        log.clear();
    }
    Ok(Asked {
        block,
        engine: engine.to_string(),
        origin: Account(origin),
        withheld,
        receipt: ReceiptJson::from(&receipt),
        bytes: Bytes(receipt.encode()),
        log,
    })
}
