//! `engines`, `upgrade` and `amend`.

use super::super::{
    args::{AmendArgs, EnginesArgs, UpgradeArgs},
    failure::Failure,
    report::{hex0x, Report},
};
use fat_contracts_primitives::{EngineStatus, Remedy};
use pink_devchain::{DevError, DevNode, FileState, KnownEngine, CLUSTER};
use pink_engine_host::TARGET;
use runtime_mock::runtime::FatContracts;
use serde_json::{json, Value};

pub(super) fn engines(mut node: DevNode, args: &EnginesArgs) -> Result<Report, Failure> {
    if let Some(version) = args.accept {
        let made = node.accept(version)?;
        if let Some(parked) = made.imported.parked {
            return Err(waiting(parked));
        }
    }
    let runs = node.chain().query(|| FatContracts::cluster(CLUSTER));
    let executes = node
        .worker()
        .head()?
        .and_then(|(_, _, record)| record.engine);
    let interpreted = node.interpreted_engines();
    let lines: Vec<Value> = node
        .engines()?
        .iter()
        .map(|engine| {
            let mut line = describe(engine);
            line["running"] = (executes == Some(engine.version)).into();
            // An engine that the chain doesn't know, it says nothing of.
            let said = engine.record.as_ref();
            let said = said.map(|_| interpreted.contains(&engine.version));
            line["to_be_interpreted"] = said.into();
            line
        })
        .collect();
    let confirmed = runs.map(|cluster| cluster.engine.to_string());
    Ok(Report {
        engine: executes.map(|version| version.to_string()),
        ..Report::success()
    }
    .with("confirmed", confirmed)
    .with("engines", lines))
}

fn describe(engine: &KnownEngine) -> Value {
    let file = match engine.file {
        FileState::Recorded => "recorded",
        FileState::Missing => "missing",
        FileState::Differs => "differs",
    };
    let version = engine.version.to_string();
    let Some(record) = &engine.record else {
        return json!({ "version": version, "status": null, "file": "unregistered" });
    };
    let status = match record.status {
        EngineStatus::Active => "active",
        EngineStatus::Deprecated => "deprecated",
        EngineStatus::Revoked => "revoked",
    };
    let ours = record
        .artefacts
        .iter()
        .find(|artefact| artefact.target == TARGET);
    let from: Vec<_> = record
        .upgrades_from
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "version": version,
        "status": status,
        "abi": record.abi,
        "upgrades_from": from,
        "hash": ours.map(|artefact| hex0x(artefact.hash)),
        "size": ours.map(|artefact| artefact.size),
        "file": file,
    })
}

/// `block` is the block in which the cluster moves; `ordered_in` the one of this command.
pub(super) fn upgrade(mut node: DevNode, args: UpgradeArgs) -> Result<Report, Failure> {
    let before = node.chain().query(|| FatContracts::cluster(CLUSTER));
    let (ordered, at) = node.upgrade(args.from, args.to, args.at)?;
    Ok(Report {
        block: Some(at),
        ..Report::success()
    }
    .with("from", before.map(|cluster| cluster.engine.to_string()))
    .with("to", args.to.to_string())
    .with("ordered_in", ordered))
}

/// `block` is the block from which on the amendment is part of the history.
pub(super) fn amend(mut node: DevNode, args: &AmendArgs) -> Result<Report, Failure> {
    let remedy = match args.execute_from {
        Some(version) => Remedy::ExecuteFrom(version),
        None => Remedy::Skip,
    };
    let made = node.amend(args.seq, remedy)?;
    match made.imported.parked {
        Some(parked) => Err(waiting(parked)),
        None => Ok(Report {
            block: Some(made.number),
            ..super::start::head(&node)?
        }),
    }
}

fn waiting(parked: pink_worker_core::exec::Parked) -> Failure {
    DevError::Waiting {
        ordered: None,
        parked: parked.into(),
    }
    .into()
}
