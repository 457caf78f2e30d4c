//! One table of all methods: the server registers them from it, the gate knows the unsafe ones by it, and the
//! OpenRPC document is made of it.

use super::{
    ask, contract, info, listing, message,
    method::{answer, Kind, Method, Nothing},
    operator, params, receipt, rehearse, rehearse_message, session, traffic, witness,
};
use crate::subscribe::{logs, receipts};
use schemars::{JsonSchema, Schema, SchemaGenerator};

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

macro_rules! handler {
    ($work:path) => {
        Kind::Call(|context, caller, params| {
            let _ = caller;
            answer(context, params, $work)
        })
    };
}

const ALICE: &str = r#"["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]"#;
const ALICE_CALL: &str = r#"["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "0x2f865bd9"]"#;
const ASK: &[&str] = &[
    "contract",
    "input",
    "auth",
    "value",
    "lent",
    "gasLimit",
    "storageDepositLimit",
    "at",
    "timeoutMs",
];
const ESTIMATE: &[&str] = &[
    "contract",
    "input",
    "origin",
    "auth",
    "value",
    "gasLimit",
    "storageDepositLimit",
    "at",
    "timeoutMs",
];
const ESTIMATE_NEW: &[&str] = &[
    "code",
    "input",
    "salt",
    "origin",
    "auth",
    "value",
    "gasLimit",
    "storageDepositLimit",
    "at",
    "timeoutMs",
];

/// All methods.
pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "cluster_v1_info",
        summary: "How the cluster and its worker stand: engine, heights, root, lag, whether and why it is parked.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<info::Info>,
        kind: Kind::Call(|context, caller, params| {
            answer(context, params, move |context, _: Nothing| {
                info::info(context, caller.trusted)
            })
        }),
        example: "[]",
    },
    Method {
        name: "cluster_v1_query",
        summary: "Asks a contract, for free, on the state after a block. Unsigned it runs as nobody.",
        is_unsafe: false,
        params: ASK,
        params_schema: schema::<params::QueryParams>,
        result_schema: schema::<ask::Asked>,
        kind: handler!(ask::query),
        example: ALICE_CALL,
    },
    Method {
        name: "cluster_v1_estimateCall",
        summary: "What a call would do as the next block's transaction, and what it would cost. Unsigned for an account, it says nothing of what the contract said.",
        is_unsafe: false,
        params: ESTIMATE,
        params_schema: schema::<params::EstimateParams>,
        result_schema: schema::<ask::Asked>,
        kind: handler!(ask::estimate_call),
        example: ALICE_CALL,
    },
    Method {
        name: "cluster_v1_estimateInstantiate",
        summary: "What the making of a contract would do as the next block's transaction, and what it would cost.",
        is_unsafe: false,
        params: ESTIMATE_NEW,
        params_schema: schema::<params::InstantiateParams>,
        result_schema: schema::<ask::Asked>,
        kind: handler!(ask::estimate_instantiate),
        example: r#"[{"hash": "0x0101010101010101010101010101010101010101010101010101010101010101"}, "0x9bae9d5e", "0x00"]"#,
    },
    Method {
        name: "cluster_v1_estimateActivate",
        summary: "What having stored code run compiled would do as the next block's transaction, and what it would cost; of code that does, since which block.",
        is_unsafe: false,
        params: &["codeHash", "origin", "gasLimit", "at", "timeoutMs"],
        params_schema: schema::<params::ActivateParams>,
        result_schema: schema::<ask::Asked>,
        kind: handler!(ask::estimate_activate),
        example: r#"["0x0101010101010101010101010101010101010101010101010101010101010101", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]"#,
    },
    Method {
        name: "cluster_v1_receipt",
        summary: "A message's receipt: by its number in the queue, or by the block and the index of the extrinsic that queued it; of several the first, which names them all. With a proof against the block's receipts_root, if asked.",
        is_unsafe: false,
        params: &["seq", "block", "index", "proof"],
        params_schema: schema::<receipt::ReceiptParams>,
        result_schema: schema::<receipt::Receipt>,
        kind: handler!(receipt::receipt),
        example: "[0, null, null, true]",
    },
    Method {
        name: "cluster_v1_contract",
        summary: "A contract: its code, its size, its rent where there is one.",
        is_unsafe: false,
        params: &["contract", "at"],
        params_schema: schema::<contract::ContractParams>,
        result_schema: schema::<contract::Contract>,
        kind: handler!(contract::contract),
        example: ALICE,
    },
    Method {
        name: "cluster_v1_storage",
        summary: "A value of a contract's storage by the contract's own key. With a proof against the state root, if asked.",
        is_unsafe: false,
        params: &["contract", "key", "at", "proof"],
        params_schema: schema::<contract::StorageParams>,
        result_schema: schema::<contract::Storage>,
        kind: handler!(contract::storage),
        example: r#"["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "0x00000000", null, true]"#,
    },
    Method {
        name: "cluster_v1_contracts",
        summary: "The contracts that were made, in order, by the receipts that are kept.",
        is_unsafe: false,
        params: &["from", "limit"],
        params_schema: schema::<listing::ContractsParams>,
        result_schema: schema::<listing::Contracts>,
        kind: handler!(listing::contracts),
        example: "[0, 10]",
    },
    Method {
        name: "cluster_v1_message",
        summary: "A message as it was ordered, and what this worker says to the chain about its block.",
        is_unsafe: false,
        params: &["seq"],
        params_schema: schema::<message::MessageParams>,
        result_schema: schema::<message::Ordered>,
        kind: handler!(message::message),
        example: "[0]",
    },
    Method {
        name: "cluster_v1_revokeSession",
        summary: "Ends all sessions of a name that an account began.",
        is_unsafe: false,
        params: &["name", "auth"],
        params_schema: schema::<session::RevokeParams>,
        result_schema: schema::<bool>,
        kind: handler!(session::revoke),
        example: r#"["console", {"signer": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "kind": "sr25519", "signature": "0x00", "after": "0x0101010101010101010101010101010101010101010101010101010101010101"}]"#,
    },
    Method {
        name: "cluster_v1_subscribeReceipts",
        summary: "Each message's receipt from now on, or from a block on.",
        is_unsafe: false,
        params: &["from", "proof"],
        params_schema: schema::<receipts::ReceiptsParams>,
        result_schema: schema::<receipts::ReceiptsEvent>,
        kind: Kind::Subscription {
            notification: "cluster_v1_receiptsEvent",
            unsubscribe: "cluster_v1_unsubscribeReceipts",
        },
        example: "[1]",
    },
    Method {
        name: "cluster_v1_subscribeLogs",
        summary: "What contracts say, from now on or from a record's number on.",
        is_unsafe: false,
        params: &["contract", "kinds", "level", "from"],
        params_schema: schema::<logs::LogsParams>,
        result_schema: schema::<logs::LogsEvent>,
        kind: Kind::Subscription {
            notification: "cluster_v1_logsEvent",
            unsubscribe: "cluster_v1_unsubscribeLogs",
        },
        example: r#"[null, ["log", "event"], 3, 0]"#,
    },
    Method {
        name: "worker_v1_engines",
        summary: "The engine files that this worker has, and what those that are loaded have allocated.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<Vec<operator::Engine>>,
        kind: handler!(operator::engines),
        example: "[]",
    },
    Method {
        name: "worker_v1_rehearse",
        summary: "What the last messages would have done under a newer engine. One at a time.",
        is_unsafe: true,
        params: &["to", "last"],
        params_schema: schema::<rehearse::RehearseParams>,
        result_schema: schema::<rehearse::Rehearsal>,
        kind: handler!(rehearse::rehearse),
        example: r#"["2.0", 100]"#,
    },
    Method {
        name: "worker_v1_rehearseMessage",
        summary: "What one message would have done under a newer engine, on the state that it met: nothing that came behind it has a part in that. One at a time.",
        is_unsafe: true,
        params: &["seq", "to"],
        params_schema: schema::<rehearse_message::Params>,
        result_schema: schema::<rehearse_message::Rehearsed>,
        kind: handler!(rehearse_message::rehearse),
        example: r#"[7, "2.0"]"#,
    },
    Method {
        name: "worker_v1_traffic",
        summary: "How many questions were asked since the server began.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<traffic::TrafficJson>,
        kind: handler!(traffic::traffic),
        example: "[]",
    },
    Method {
        name: "worker_v1_witness",
        summary: "A message with all that it read and gave: enough to execute it alone. It is executed once more for it.",
        is_unsafe: true,
        params: &["seq"],
        params_schema: schema::<message::MessageParams>,
        result_schema: schema::<witness::WitnessJson>,
        kind: handler!(witness::witness),
        example: "[0]",
    },
    Method {
        name: "system_health",
        summary: "Whether the worker is behind its chain, in the words of a node.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<info::Health>,
        kind: handler!(info::health),
        example: "[]",
    },
    Method {
        name: "system_version",
        summary: "The program and its version.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<String>,
        kind: handler!(info::version),
        example: "[]",
    },
    Method {
        name: "system_addLogFilter",
        summary: "Has the program log more: directives like `pink_worker=debug`.",
        is_unsafe: true,
        params: &["directives"],
        params_schema: schema::<operator::FilterParams>,
        result_schema: schema::<()>,
        kind: handler!(operator::add_log_filter),
        example: r#"["pink_worker=debug"]"#,
    },
    Method {
        name: "system_resetLogFilter",
        summary: "Has the program log what it was started to log.",
        is_unsafe: true,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<()>,
        kind: handler!(operator::reset_log_filter),
        example: "[]",
    },
    Method {
        name: "rpc_methods",
        summary: "The names of all methods, this one among them.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<info::Names>,
        kind: Kind::Names,
        example: "[]",
    },
    Method {
        name: "rpc.discover",
        summary: "The OpenRPC document of this server.",
        is_unsafe: false,
        params: &[],
        params_schema: schema::<Nothing>,
        result_schema: schema::<serde_json::Value>,
        kind: Kind::Document,
        example: "[]",
    },
];

/// A method, or what ends a subscription, by its name: the name as the table has it, and whether it is unsafe.
pub(crate) fn known(name: &str) -> Option<(&'static str, bool)> {
    METHODS.iter().find_map(|method| match method.kind {
        _ if method.name == name => Some((method.name, method.is_unsafe)),
        Kind::Subscription { unsubscribe, .. } if unsubscribe == name => {
            Some((unsubscribe, method.is_unsafe))
        }
        _ => None,
    })
}

/// The names of all methods, of those that end subscriptions too.
pub fn method_names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().flat_map(|method| {
        let ends = match method.kind {
            Kind::Subscription { unsubscribe, .. } => Some(unsubscribe),
            _ => None,
        };
        [Some(method.name), ends].into_iter().flatten()
    })
}
