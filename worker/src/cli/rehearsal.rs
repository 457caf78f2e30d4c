//! What `rehearse` says: one JSON object, and tables for people.

use super::{
    history::outcome,
    report::{hex0x, Report},
    values::ss58,
};
use comfy_table::{presets::NOTHING, CellAlignment, Table};
use fat_contracts_primitives::EngineVersion;
use pink_capi::types::Outcome;
use pink_engine_host::MemoryUse;
use pink_worker_core::history::{Difference, Endings, Rehearsal, StateDifference, MAX_ENDS};
use serde_json::{json, Map, Value};
use std::{collections::BTreeMap, fmt::Write};

/// How many differing messages, and as many keys, a report lists; it counts all of them.
const MOST_LISTED: usize = 100;

/// A report to begin with: that the engine refuses the state is an error.
pub(super) fn of_the_move(to: EngineVersion, ended: &Outcome) -> Report {
    match ended {
        Outcome::Success => Report::success(),
        refused => Report::error(
            format!(
                "engine {to} doesn't take the state over: {}",
                outcome(refused)
            ),
            Some("`engines` shows from which versions it takes over".into()),
        ),
    }
}

/// The report of a rehearsal. That the engine refuses the state is an error.
pub(super) fn report(rehearsal: &Rehearsal) -> Report {
    let report = of_the_move(rehearsal.to, &rehearsal.upgrade.outcome);
    let report = Report {
        text: Some(text(rehearsal)),
        ..report
    };
    let messages = &rehearsal.messages;
    let differences: Vec<_> = listed(&messages.differences).map(difference).collect();
    let refused = rehearsal.refused_codes.iter();
    let refused: Vec<_> = refused
        .map(|code| {
            let contracts: Vec<_> = code.contracts.iter().map(ss58).collect();
            json!({
                "code_hash": hex0x(code.code_hash),
                "reason": code.reason,
                "contracts": contracts,
            })
        })
        .collect();
    let tombstones: Vec<_> = rehearsal
        .tombstones
        .iter()
        .map(|(contract, balance)| {
            json!({ "contract": ss58(contract), "balance": balance.to_string() })
        })
        .collect();
    let memory = rehearsal.memory.iter();
    let memory: Vec<_> = memory.map(memory_json).collect();
    let keys: Vec<_> = listed(&rehearsal.state.differences)
        .map(state_json)
        .collect();
    let outcomes: Map<_, _> = [
        (rehearsal.from, messages.endings),
        (rehearsal.to, messages.other_endings),
    ]
    .map(|(version, endings)| (version.to_string(), endings_json(endings)))
    .into_iter()
    .collect();
    report
        .with("from", rehearsal.from.to_string())
        .with("to", rehearsal.to.to_string())
        .with("upgrade", outcome(&rehearsal.upgrade.outcome))
        .with("rehearsed_blocks", rehearsal.blocks)
        .with("rehearsed_messages", messages.messages)
        .with("outcomes", outcomes)
        .with(
            "gas_ratio",
            json!({ "p50": ratio(rehearsal, 50), "p99": ratio(rehearsal, 99) }),
        )
        .with("differing_messages", messages.differences.len())
        .with("differences", differences)
        .with("converted_state_keys", rehearsal.state.converted)
        .with("differing_state_keys", rehearsal.state.differences.len())
        .with("state_differences", keys)
        .with("refused_codes", refused)
        .with("tombstones", tombstones)
        .with("move_blocks", rehearsal.move_blocks)
        .with("memory", memory)
}

fn listed<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().take(MOST_LISTED)
}

/// Gas under the other engine by gas as it was, to three places.
fn ratio(rehearsal: &Rehearsal, percent: u8) -> Option<String> {
    let thousandths = rehearsal.messages.gas.percentile(percent);
    thousandths.map(|it| format!("{}.{:03}", it / 1000, it % 1000))
}

fn difference(difference: &Difference) -> Value {
    json!({
        "block": difference.block,
        "seq": difference.seq,
        "outcome": outcome(&difference.outcome),
        "other_outcome": outcome(&difference.other_outcome),
        "output_differs": difference.output,
        "events_differ": difference.events,
    })
}

fn state_json(difference: &StateDifference) -> Value {
    json!({
        "key": hex0x(&difference.key),
        "namespace": difference.namespace(),
        "value": difference.value.as_ref().map(hex0x),
        "other_value": difference.other.as_ref().map(hex0x),
    })
}

fn endings_json(endings: Endings) -> Value {
    let fields = endings_of(endings).map(|(name, count)| (name.replace(' ', "_"), count.into()));
    Value::Object(fields.into_iter().collect())
}

fn memory_json((version, memory): &(EngineVersion, MemoryUse)) -> Value {
    json!({
        "engine": version.to_string(),
        "current_bytes": memory.current,
        "peak_bytes": memory.peak,
        "allocations": memory.allocations,
    })
}

fn endings_of(endings: Endings) -> [(&'static str, u64); 5] {
    [
        ("success", endings.success),
        ("reverted", endings.reverted),
        ("trapped", endings.trapped),
        ("out of gas", endings.out_of_gas),
        ("rejected", endings.rejected),
    ]
}

/// The tables.
fn text(rehearsal: &Rehearsal) -> String {
    let messages = &rehearsal.messages;
    let mut text = format!(
        "{} messages in {} blocks, executed by {} and tried under {}\n\n",
        messages.messages, rehearsal.blocks, rehearsal.from, rehearsal.to
    );
    // Writing to a string can't fail.
    let _ = writeln!(text, "{}\n", side_by_side(rehearsal));
    let gas = [50, 99].map(|percent| ratio(rehearsal, percent).unwrap_or_else(|| "none".into()));
    let [p50, p99] = gas;
    let (from, to) = (rehearsal.from, rehearsal.to);
    let _ = writeln!(
        text,
        "gas under {to} by gas under {from}: p50 {p50}, p99 {p99}"
    );
    let _ = writeln!(text, "messages that differ: {}", messages.differences.len());
    if !messages.differences.is_empty() {
        let _ = writeln!(text, "{}", differences(rehearsal));
    }
    let state = &rehearsal.state;
    let _ = writeln!(
        text,
        "state keys that differ: {}, and {} that the upgrade alone converted",
        state.differences.len(),
        state.converted
    );
    let mut namespaces = BTreeMap::<_, u64>::new();
    for difference in &state.differences {
        let count = namespaces.entry(difference.namespace()).or_default();
        *count = count.saturating_add(1);
    }
    for (namespace, count) in namespaces {
        let _ = writeln!(text, "  {namespace:<18}{count}");
    }
    let refused = &rehearsal.refused_codes;
    let _ = writeln!(text, "codes that {to} refuses: {}", refused.len());
    for code in refused {
        let _ = writeln!(text, "  {}: {}", hex0x(code.code_hash), code.reason);
        for contract in &code.contracts {
            let _ = writeln!(text, "    contract {}", ss58(contract));
        }
    }
    let tombstones = &rehearsal.tombstones;
    let _ = writeln!(text, "tombstones that {to} removes: {}", tombstones.len());
    for (contract, balance) in tombstones {
        let _ = writeln!(text, "  {}: keeps {balance}, out of reach", ss58(contract));
    }
    let blocks = rehearsal.move_blocks;
    let _ = writeln!(text, "blocks in which {to} converts the rest: {blocks}");
    if blocks == MAX_ENDS {
        let _ = writeln!(text, "  and more: the lists above aren't whole");
    }
    text
}

/// What both engines made of the same messages.
fn side_by_side(rehearsal: &Rehearsal) -> Table {
    let mut table = table([
        String::new(),
        rehearsal.from.to_string(),
        rehearsal.to.to_string(),
    ]);
    let messages = &rehearsal.messages;
    let both = endings_of(messages.endings)
        .into_iter()
        .zip(endings_of(messages.other_endings));
    for ((name, was), (_, other)) in both {
        table.add_row([name.to_owned(), was.to_string(), other.to_string()]);
    }
    let memory = |bytes: fn(&MemoryUse) -> u64| {
        [rehearsal.from, rehearsal.to].map(|version| {
            let known = rehearsal.memory.iter().find(|(it, _)| *it == version);
            known.map_or_else(String::new, |(_, it)| format!("{} kB", bytes(it) / 1024))
        })
    };
    let [was, other] = memory(|memory| memory.current);
    table.add_row(["memory at the end".into(), was, other]);
    let [was, other] = memory(|memory| memory.peak);
    table.add_row(["memory at most".into(), was, other]);
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn differences(rehearsal: &Rehearsal) -> Table {
    let (from, to) = (rehearsal.from.to_string(), rehearsal.to.to_string());
    let mut table = table(["block".into(), "message".into(), from, to, "differs".into()]);
    for it in listed(&rehearsal.messages.differences) {
        let (was, other) = (in_short(&it.outcome), in_short(&it.other_outcome));
        let parts = [
            (was != other, "outcome"),
            (it.output, "output"),
            (it.events, "events"),
        ];
        let parts = parts.iter().filter(|(differs, _)| *differs);
        let parts: Vec<_> = parts.map(|(_, name)| *name).collect();
        table.add_row([
            it.block.to_string(),
            it.seq.to_string(),
            was,
            other,
            parts.join(", "),
        ]);
    }
    table
}

/// How a message ended, without the details that the JSON has.
pub(super) fn in_short(ended: &Outcome) -> String {
    match ended {
        Outcome::Trapped(why) => format!("trapped: {}", why.error),
        Outcome::Rejected(why) => format!("rejected: {}", why.error),
        other => outcome(other),
    }
}

pub(super) fn table<const N: usize>(header: [String; N]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    table
}
