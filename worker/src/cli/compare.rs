//! `compare`: where two workers part.

use super::{
    args::COMMON,
    closing::close,
    failure::Failure,
    history::{open, outcome, warned},
    report::{hex0x, Report},
    witness::keep,
};
use clap::Args;
use fat_contracts_primitives::BlockNumber;
use parity_scale_codec::Encode;
use pink_snapshot::{
    compare::{compare, part_in, Comparison, Kind, Local, Message, Parting, Remote, Side, Summary},
    fetch::FetchConfig,
};
use pink_worker_core::{exec::with_stack, history::Witness, Worker, WorkerError};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// The most keys that are named where two states differ.
const MOST_KEYS: usize = 8;

/// What to do where a message is at fault.
const BY_WITNESS: &str =
    "give the witness of --witness DIR to whoever has the released engine file: `witness execute` \
                          shows who is right";

/// The arguments of `compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareArgs {
    /// Where the worker's data is kept.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub base_path: PathBuf,
    /// The other worker: its base path, or the address where it serves.
    #[arg(long, value_name = "DIR|URL")]
    pub with: String,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub engines: Option<PathBuf>,
    /// Where the other worker's engine files are, if they are others.
    #[arg(long, value_name = "DIR")]
    pub with_engines: Option<PathBuf>,
    /// Where to write the message at which they part, as each executes it [default: nowhere].
    #[arg(long, value_name = "DIR")]
    pub witness: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
}

/// Compares two workers.
pub(super) fn run(args: &CompareArgs) -> Result<Report, Failure> {
    let (worker, mut warnings) = open(&args.base_path, args.engines.clone())?;
    let name = args.base_path.display().to_string();
    let one = Local {
        worker: &worker,
        name: &name,
        genesis: None,
    };
    if args.with.starts_with("http://") || args.with.starts_with("https://") {
        let remote = Remote::new(&args.with, &FetchConfig::default());
        let report = with_remote(args, &one, &remote);
        return warned(close(worker.store(), report), &warnings);
    }
    let engines = args.with_engines.clone().or_else(|| args.engines.clone());
    let (theirs, more) = open(Path::new(&args.with), engines)?;
    warnings.extend(more);
    let other = Local {
        worker: &theirs,
        name: &args.with,
        genesis: None,
    };
    let report = with_local(args, &one, &other);
    let report = close(theirs.store(), close(worker.store(), report));
    warned(report, &warnings)
}

fn with_remote(args: &CompareArgs, one: &Local<'_>, other: &dyn Side) -> Result<Report, Failure> {
    let compared = compare(one, other)?;
    let Some(parting) = &compared.parting else {
        return Ok(equal(&compared));
    };
    let mut report = parted(&compared, parting, one, other);
    let Some(seq) = parting.seq.filter(|_| parting.kind == Kind::Receipts) else {
        return Ok(report);
    };
    let recorded = with_stack(|| Witness::record(one.worker, parting.block, seq));
    let recorded = recorded.map_err(WorkerError::from)?;
    match recorded {
        Ok(witness) => report = witnessed(report, args, "one", parting.block, &witness)?,
        Err(error) => report = report.with("no_witness", error.to_string()),
    }
    Ok(report)
}

fn with_local(args: &CompareArgs, one: &Local<'_>, other: &Local<'_>) -> Result<Report, Failure> {
    let compared = compare(one, other)?;
    let Some(parting) = &compared.parting else {
        return Ok(equal(&compared));
    };
    let mut report = parted(&compared, parting, one, other);
    if matches!(parting.kind, Kind::Receipts | Kind::State) {
        report = report.with("keys", keys(one.worker, other.worker, parting.block));
        // What was found counts, whether or not it can be executed again.
        let again = part_in(one.worker, other.worker, parting);
        let Message {
            seq,
            one: ours,
            other: theirs,
            one_reproduced,
            other_reproduced,
        } = match again {
            Ok(again) => again,
            Err(error) => return Ok(report.with("no_witness", error.to_string())),
        };
        report.seq = seq;
        if seq.is_some() {
            report.hint = Some(BY_WITNESS.into());
        }
        report = report
            .with("one_reproduced", one_reproduced)
            .with("other_reproduced", other_reproduced);
        for (side, witness) in [("one", ours), ("other", theirs)] {
            if let Some(witness) = witness {
                report = witnessed(report, args, side, parting.block, &witness)?;
            }
        }
    }
    Ok(report)
}

fn equal(compared: &Comparison) -> Report {
    Report::success()
        .with("equal", true)
        .with("from", compared.from)
        .with("to", compared.to)
        .with("ahead", compared.ahead)
}

fn parted(compared: &Comparison, parting: &Parting, one: &dyn Side, other: &dyn Side) -> Report {
    let block = parting.block;
    let (error, hint) = match parting.kind {
        Kind::Before => (
            format!("the workers differ at block {block}, the first that both keep"),
            "compare with a worker that keeps older blocks".to_owned(),
        ),
        Kind::History => (
            format!("the workers were given different blocks, from block {block} on"),
            "check what each of them is connected to".to_owned(),
        ),
        Kind::Receipts => (
            format!("the workers part at block {block}: a message gave another receipt"),
            BY_WITNESS.to_owned(),
        ),
        Kind::State => (
            format!("the workers part at block {block}: the state after it differs"),
            "`check --deep` and `replay --verify` on each of them show whose state nobody can \
             reproduce"
                .to_owned(),
        ),
    };
    let mut report = Report::error(error, Some(hint));
    report.block = Some(block);
    report.seq = parting.seq;
    report
        .with("equal", false)
        .with("kind", parting.kind.name())
        .with("from", compared.from)
        .with("to", compared.to)
        .with("ahead", compared.ahead)
        .with("one", side(&one.name(), &parting.one))
        .with("other", side(&other.name(), &parting.other))
}

fn side(name: &str, summary: &Summary) -> Value {
    json!({
        "worker": name,
        "state_root": summary.root,
        "message_hash": summary.message_hash,
        "receipts_root": summary.receipts_root,
        "engine": summary.engine,
        "next_seq": summary.next_seq,
    })
}

/// Says how a side executes the message, and writes it down where that is asked for.
fn witnessed(
    mut report: Report,
    args: &CompareArgs,
    side: &str,
    block: BlockNumber,
    witness: &Witness,
) -> Result<Report, Failure> {
    let seq = witness.env.seq;
    let mut about = json!({
        "engine": witness.engine.to_string(),
        "outcome": outcome(&witness.receipt.outcome),
        "output": hex0x(&witness.receipt.output),
        "keys_changed": witness.changes.len(),
        "gas_consumed": witness.receipt.gas_consumed.ref_time,
    });
    if let Some(folder) = &args.witness {
        let file = folder.join(format!("{block}-{seq}.{side}.witness"));
        let written = std::fs::create_dir_all(folder).and_then(|()| keep(&file, &witness.encode()));
        if let Err(error) = written {
            return Err(Failure::NotWritten { path: file, error });
        }
        about["file"] = file.display().to_string().into();
    }
    report = report.with(&format!("{side}_witness"), about);
    Ok(report)
}

/// Keys that two states have with different values: the first of them, as far as both can be read.
fn keys(one: &Worker, other: &Worker, block: BlockNumber) -> Value {
    let differing = || {
        let (ours, theirs) = (
            one.store().snapshot_at(block)?,
            other.store().snapshot_at(block)?,
        );
        let mut found = Vec::new();
        let (mut ours, mut theirs) = (ours.iter(&[], None)?, theirs.iter(&[], None)?);
        let (mut a, mut b) = (ours.next().transpose()?, theirs.next().transpose()?);
        while found.len() < MOST_KEYS {
            let order = match (&a, &b) {
                (None, None) => break,
                (Some((a, _)), Some((b, _))) => (**a).cmp(&**b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
            };
            let same = matches!((&a, &b), (Some((_, a)), Some((_, b))) if **a == **b);
            if order.is_ne() || !same {
                let key = if order.is_le() { &a } else { &b };
                found.extend(key.as_ref().map(|(key, _)| hex0x(&**key)));
            }
            if order.is_le() {
                a = ours.next().transpose()?;
            }
            if order.is_ge() {
                b = theirs.next().transpose()?;
            }
        }
        Ok::<_, pink_worker_core::store::StoreError>(found)
    };
    differing().map_or(Value::Null, Value::from)
}
