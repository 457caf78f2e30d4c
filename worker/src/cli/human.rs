//! What a command says to people.

use super::{
    amount::units,
    report::{AccountLine, BlockLine, Gas, Report, Status},
};
use comfy_table::{presets::NOTHING, CellAlignment, Table};
use serde_json::Value;
use std::fmt::Write;

/// The text for stdout. Errors are for stderr: see [`Report::error_with_hint`].
pub fn text(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:<20}{value}");
    };
    if report.status != Status::Success && report.gas_consumed.is_some() {
        line("status", status(report.status).into());
    }
    let facts = [
        ("engine", report.engine.clone()),
        ("cluster", report.cluster.map(|it| it.to_string())),
        ("block", report.block.map(|it| it.to_string())),
        ("message", report.seq.map(|it| it.to_string())),
        ("address", report.address.clone()),
        ("", report.address_hex.clone()),
        ("code hash", report.code_hash.clone()),
        ("gas limit", report.gas_limit.map(gas)),
        ("gas consumed", report.gas_consumed.map(gas)),
        ("gas required", report.gas_required.map(gas)),
        ("fee", money(report.fee.as_deref())),
        ("refund", money(report.refund.as_deref())),
        ("storage deposit", money(report.storage_deposit.as_deref())),
        ("output", report.output.clone().filter(|it| it != "0x")),
        ("", report.decoded.clone().flatten()),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            line(name, value);
        }
    }
    for event in report.events.iter().flatten() {
        line("event", event_text(event));
    }
    if let Some(root) = &report.state_root {
        line("state root", root.clone());
    }
    match &report.text {
        Some(said) => text.push_str(said),
        None => text.extend(report.more.iter().map(|(name, value)| more(name, value))),
    }
    if let Some(accounts) = &report.accounts {
        text.push_str(&accounts_table(accounts));
    }
    if let Some(blocks) = &report.blocks {
        text.push_str(&blocks_table(blocks));
    }
    if let Some(total) = money(report.total_issuance.as_deref()) {
        let _ = writeln!(text, "all money in the cluster: {total}");
    }
    text
}

/// A field of one command: a line, or a line for each of a list's items.
fn more(name: &str, value: &Value) -> String {
    let name = name.replace('_', " ");
    match value {
        Value::Array(items) => items.iter().map(|item| more(&name, item)).collect(),
        Value::Object(_) => format!("{name:<20}{}\n", fields(value)),
        Value::String(text) if name.ends_with(" fee") => {
            let fee = money(Some(text)).unwrap_or_else(|| "none".into());
            format!("{name:<20}{fee}\n")
        }
        Value::String(text) => format!("{name:<20}{text}\n"),
        Value::Null => format!("{name:<20}none\n"),
        other => format!("{name:<20}{other}\n"),
    }
}

fn fields(value: &Value) -> String {
    let all = value.as_object().into_iter().flatten();
    let all = all.filter(|(key, _)| *key != "event").map(|(key, value)| {
        let key = key.replace('_', " ");
        match value.as_str() {
            Some(value) => format!("{key}: {value}"),
            None => format!("{key}: {value}"),
        }
    });
    all.collect::<Vec<_>>().join(", ")
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Reverted => "reverted",
        Status::Trapped => "trapped",
        Status::OutOfGas => "out of gas",
        Status::Failed => "failed",
        Status::Error => "rejected",
    }
}

fn gas(gas: Gas) -> String {
    format!("{} ps, {} bytes", gas.ref_time, gas.proof_size)
}

/// `0` is no news.
fn money(amount: Option<&str>) -> Option<String> {
    let amount = amount.filter(|amount| *amount != "0")?;
    Some(match amount.strip_prefix('-') {
        Some(back) => format!("-{}", units(back.parse().ok()?)),
        None => units(amount.parse().ok()?),
    })
}

fn event_text(event: &Value) -> String {
    let name = event
        .get("event")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if let (Some(decoded), Some(contract)) = (
        event.get("decoded").and_then(Value::as_str),
        event.get("contract").and_then(Value::as_str),
    ) {
        return format!("{decoded} of {contract}");
    }
    match fields(event) {
        fields if fields.is_empty() => name.into(),
        fields => format!("{name} {{ {fields} }}"),
    }
}

fn accounts_table(accounts: &[AccountLine]) -> String {
    let mut table = table(["account", "free", "held", "on the chain"], &[1, 2, 3]);
    for account in accounts {
        let name = account.name.as_ref().unwrap_or(&account.address);
        let amount = |text: &str| money(Some(text)).unwrap_or_else(|| "0u".into());
        table.add_row([
            name.clone(),
            amount(&account.free),
            amount(&account.held),
            amount(&account.on_chain),
        ]);
    }
    format!("{table}\n")
}

fn blocks_table(blocks: &[BlockLine]) -> String {
    let mut table = table(["block", "engine", "messages", "state root"], &[0, 2]);
    for block in blocks {
        table.add_row([
            block.number.to_string(),
            block.engine.clone().unwrap_or_default(),
            block.messages.to_string(),
            block.state_root.clone(),
        ]);
    }
    format!("{table}\n")
}

fn table<const N: usize>(header: [&str; N], numbers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    for column in numbers {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
