//! What `rehearse --message` says: both receipts, side by side.

use super::{
    amount::units,
    history::outcome,
    invocation::Invocation,
    rehearsal::{in_short, of_the_move, table},
    report::{hex0x, Report},
};
use comfy_table::CellAlignment;
use fat_contracts_primitives::{BlockNumber, EngineVersion};
use pink_capi::types::{Event, Receipt, StorageDeposit};
use pink_worker_core::{exec::MessageReceipt, history::MessageRehearsal};
use serde_json::Value;

/// The report. That the engine refuses the state is an error; that the message does something else isn't.
pub(super) fn report(tried: &MessageRehearsal) -> Report {
    let other = tried.other.as_ref();
    let differs = tried.difference.as_ref();
    let report = Report {
        text: other.map(|other| text(tried, other)),
        block: Some(tried.block),
        seq: Some(tried.was.seq),
        ..of_the_move(tried.to, &tried.upgrade)
    };
    report
        .with("from", tried.from.to_string())
        .with("to", tried.to.to_string())
        .with("upgrade", outcome(&tried.upgrade))
        .with(
            "outcome_differs",
            differs.is_some_and(|it| it.ends_otherwise()),
        )
        .with("output_differs", differs.is_some_and(|it| it.output))
        .with("events_differ", differs.is_some_and(|it| it.events))
        .with("was", receipt(tried.block, &tried.was))
        .with("other", other.map(|it| receipt(tried.block, it)))
}

/// A receipt, with the fields that it has wherever a message is reported.
fn receipt(block: BlockNumber, it: &MessageReceipt) -> Value {
    let report = Report::of_receipt(it.engine, block, &it.receipt, &(), &Invocation::default());
    serde_json::to_value(report).unwrap_or_default()
}

fn text(tried: &MessageRehearsal, other: &MessageReceipt) -> String {
    let header = |version: EngineVersion| format!("under {version}");
    let mut table = table([String::new(), header(tried.from), header(tried.to)]);
    let (was, other) = (&tried.was.receipt, &other.receipt);
    for (name, of) in ROWS {
        table.add_row([(*name).to_owned(), of(was), of(other)]);
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let differs = match &tried.difference {
        None => "nothing: it does the same".to_owned(),
        Some(it) => {
            let parts = [
                (it.ends_otherwise(), "outcome"),
                (it.output, "output"),
                (it.events, "events"),
            ];
            let parts = parts.into_iter().filter(|(differs, _)| *differs);
            parts.map(|(_, name)| name).collect::<Vec<_>>().join(", ")
        }
    };
    format!("{table}\ndiffers             {differs}\n")
}

type Cell = fn(&Receipt) -> String;

/// What people compare.
const ROWS: &[(&str, Cell)] = &[
    ("ended", |it| in_short(&it.outcome)),
    ("gas limit, ps", |it| it.gas_limit.ref_time.to_string()),
    ("gas consumed, ps", |it| {
        it.gas_consumed.ref_time.to_string()
    }),
    ("gas required, ps", |it| {
        it.gas_required.ref_time.to_string()
    }),
    ("fee", |it| units(it.fee)),
    ("refund", |it| units(it.refund)),
    ("storage deposit", |it| match it.storage_deposit {
        StorageDeposit::Charge(amount) => units(amount),
        StorageDeposit::Refund(0) => units(0),
        StorageDeposit::Refund(amount) => format!("-{}", units(amount)),
    }),
    ("output", |it| hex0x(&it.output)),
    ("events", |it| it.events.len().to_string()),
    ("of contracts", |it| {
        let said = it.events.iter();
        let said = said.filter(|it| matches!(it, Event::ContractEmitted { .. }));
        said.count().to_string()
    }),
];
