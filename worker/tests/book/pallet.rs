//! The page of the pallet's calls, events and errors is what the pallet says of itself.

use crate::{blocks, page, root, write_or_compare};
use pallet_fat_contracts::{Call, Error, Event, GenesisConfig};
use runtime_mock::runtime::Runtime;
use scale_info::{form::MetaForm, Field, TypeDef, TypeInfo, Variant};
use serde::Deserialize;
use std::fmt::Write;

fn variants<T: TypeInfo>() -> Vec<Variant<MetaForm>> {
    match T::type_info().type_def {
        TypeDef::Variant(of) => of.variants,
        other => panic!("no variants: {other:?}"),
    }
}

/// What the sources say, without their links and with their sections as bold lines.
fn said(docs: &[&str]) -> String {
    let lines = docs
        .iter()
        .map(|line| match line.trim().strip_prefix("## ") {
            Some(title) => format!("**{title}.**"),
            None => line.trim().replace("[`", "`").replace("`]", "`"),
        });
    let text = lines.collect::<Vec<_>>().join("\n");
    // A section's title stands before its text.
    text.replace(".**\n", ".** ")
        .trim()
        .replace("Config::", "")
        .replace("Pallet::", "")
}

fn row(field: &Field<MetaForm>) -> String {
    let of = field.type_name.unwrap_or_default().replace("T::", "");
    format!("`{}`: `{of}`", field.name.unwrap_or_default())
}

fn fields(of: &Variant<MetaForm>) -> String {
    of.fields.iter().map(row).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_page_of_the_pallet_is_current() {
    let (calls, events, errors) = (
        variants::<Call<Runtime>>(),
        variants::<Event<Runtime>>(),
        variants::<Error<Runtime>>(),
    );
    let mut text = String::from(
        "# Pallet: calls, events, errors\n\nWritten by a test from what the pallet says of itself; the same is in the metadata of \
         each chain that has it. *Governance* is the chain's `GovernanceOrigin`. A call that is refused changes nothing and \
         takes nothing but the fee of its extrinsic. Numbers are indices in the encoding and never given twice.\n\n## Calls\n",
    );
    for call in &calls {
        let _ = writeln!(
            text,
            "\n### {} `{}`\n\n{}",
            call.index,
            call.name,
            said(&call.docs)
        );
        if !call.fields.is_empty() {
            let _ = writeln!(text, "\nArguments: {}", fields(call));
        }
    }
    text += "\n## Events\n\n| | event | fields | |\n|---|---|---|---|\n";
    for event in &events {
        let docs = said(&event.docs).replace('\n', " ");
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {docs} |",
            event.index,
            event.name,
            fields(event)
        );
    }
    text += "\n## Errors\n\n| | error | |\n|---|---|---|\n";
    for error in &errors {
        let docs = said(&error.docs).replace('\n', " ");
        let _ = writeln!(text, "| {} | `{}` | {docs} |", error.index, error.name);
    }
    // By hand, of the sources.
    assert!(text.contains("### 35 `clear_cluster_key`"), "{text}");
    assert!(
        text.contains("Registers an engine version, Active from the start."),
        "{text}"
    );
    assert!(text.contains("`worker`: `AccountId`"), "{text}");
    write_or_compare("reference/pallet.md", &text);
}

#[test]
fn the_tutorial_s_genesis_is_one() {
    let text = page("tutorials/pallet.md");
    let (_, lines) = blocks(&text, "json").remove(0);
    let json: serde_json::Value = serde_json::from_str(&lines.join("\n")).expect("JSON");
    let config = GenesisConfig::<Runtime>::deserialize(&json["fatContracts"]);
    let config = config.expect("the pallet's genesis");
    let engine = &config.engines[0];
    assert_eq!(config.runtime_version.as_ref(), Some(&engine.version));
    // The file is the release's.
    let artefact = &engine.artefacts[0];
    let releases = root().join("engines/RELEASES.toml");
    let releases = std::fs::read_to_string(releases).expect("the releases");
    assert!(
        releases.contains(&hex::encode(artefact.hash)),
        "{artefact:?}"
    );
    assert!(
        releases.contains(&artefact.size.to_string()),
        "{artefact:?}"
    );
}
