//! There is a runbook for each reason to stand still, and it has the sentence and the hint that are printed.

use crate::{
    are_like, blocks, page,
    reasons::{disorders, engine_errors, faults, hash, reasons},
    root,
};
use fat_contracts_primitives::ParkCause;
use pink_worker::cli::{failure::Failure, invocation::Invocation};
use pink_worker_core::{
    exec::{ParkReason, Parked},
    source::{PermanentError, SourceError, TransientError},
};
use scale_info::{TypeDef, TypeInfo};
use std::{collections::BTreeSet, fs};

/// `EngineMissing` as a page's name.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// The variants of an enum, by its source: from outside it isn't known whether all were thought of.
fn variants(source: &str, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(source)).expect("the source");
    let (_, body) = text
        .split_once(&format!("pub enum {name} {{\n"))
        .expect("the enum");
    let (body, _) = body.split_once("\n}\n").expect("its end");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(char::is_uppercase));
    let name = |line: &str| {
        line.split([' ', '(', ','])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    names.map(name).collect()
}

fn named<T: std::fmt::Debug>(all: &[T]) -> BTreeSet<String> {
    let name = |it: &T| {
        format!("{it:?}")
            .split([' ', '('])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    all.iter().map(name).collect()
}

#[test]
fn every_reason_is_among_them() {
    let park = "worker/core/src/exec/park.rs";
    let reasons: Vec<_> = reasons().into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(named(&reasons), variants(park, "ParkReason"));
    let errors = "worker/engine-host/src/error.rs";
    assert_eq!(named(&engine_errors()), variants(errors, "EngineError"));
    assert_eq!(named(&faults()), variants("capi/src/fault.rs", "Fault"));
    let order = "worker/core/src/exec/order.rs";
    assert_eq!(named(&disorders()), variants(order, "Disorder"));
}

#[test]
fn every_cause_has_a_page() {
    let TypeDef::Variant(causes) = ParkCause::type_info().type_def else {
        panic!("causes are variants");
    };
    let told: BTreeSet<_> = reasons()
        .iter()
        .filter_map(|(reason, _)| reason.cause())
        .map(|it| format!("{it:?}"))
        .collect();
    let names: BTreeSet<_> = causes
        .variants
        .iter()
        .map(|it| it.name.to_owned())
        .collect();
    assert_eq!(told, names);
    let list = page("runbooks/README.md");
    for name in names {
        let text = page(&format!("runbooks/{}.md", kebab(&name)));
        assert!(text.starts_with(&format!("# {name}\n")), "{name}");
        assert!(
            list.contains(&format!("[{name}]({}.md)", kebab(&name))),
            "{name}"
        );
    }
}

#[test]
fn runbooks_have_the_words_that_are_printed() {
    for (reason, alone) in reasons() {
        let name = reason
            .cause()
            .map_or(alone.to_owned(), |cause| kebab(&format!("{cause:?}")));
        let text = page(&format!("runbooks/{name}.md"));
        let hint = reason.hint();
        let parked = Parked {
            cluster: 1,
            block: 100,
            seq: Some(7),
            reason: Box::new(reason),
        };
        let said = format!("{parked}\n  hint: {hint}");
        let said: Vec<_> = said.lines().collect();
        let found = blocks(&text, "text")
            .iter()
            .any(|(_, lines)| are_like(lines, &said));
        assert!(found, "{name}.md hasn't got\n{}", said.join("\n"));
        // Where many reasons have one block, a table has the part that tells them apart.
        let words = match &*parked.reason {
            ParkReason::Disorder(it) => it.to_string(),
            ParkReason::Fault { fault, .. } if name == "engine-fault" => fault.to_string(),
            _ => continue,
        };
        let cells = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
        let mut cells = cells.map(|(cell, _)| cell);
        assert!(
            cells.any(|cell| are_like(&[cell], &[&words])),
            "{name}.md hasn't got: {words}"
        );
    }
}

/// What every worker refuses alike isn't mended on one machine, and its operator mustn't be sent looking there alone.
#[test]
fn what_stops_everybody_is_to_be_reported() {
    for (reason, _) in reasons() {
        let alike = matches!(
            reason.cause(),
            Some(
                ParkCause::EnginePanicked
                    | ParkCause::EngineFault
                    | ParkCause::UpgradeImpossible
                    | ParkCause::ReceiptsTooLarge
                    | ParkCause::ChangesTooLarge
                    | ParkCause::OutOfMemory
            )
        );
        let hint = reason.hint();
        assert_eq!(
            hint.contains("governance can amend"),
            alike,
            "{reason:?}: {hint}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_chain_has_its_words() {
    let (endpoint, reason) = (String::from("ws://one"), String::from("a reason"));
    let passing = [
        TransientError::Unreachable {
            endpoint: endpoint.clone(),
            what: "a block",
            reason: reason.clone(),
        },
        TransientError::StateGone {
            endpoint: endpoint.clone(),
            block: 7,
        },
        TransientError::Behind {
            endpoint: endpoint.clone(),
            known: 8,
            found: 7,
        },
        TransientError::NotJustified {
            endpoint: endpoint.clone(),
            known: 7,
            block: 8,
        },
    ];
    let standing = [
        PermanentError::OtherChain {
            endpoint: endpoint.clone(),
            expected: hash(1),
            found: hash(2),
        },
        PermanentError::Unproven {
            endpoint,
            what: "read proof",
            reason: reason.clone(),
        },
        PermanentError::Pruned { next: 7, oldest: 9 },
        PermanentError::Unsupported {
            what: "call".into(),
            reason,
        },
    ];
    let source = "worker/core/src/source/error.rs";
    assert_eq!(named(&passing), variants(source, "TransientError"));
    assert_eq!(named(&standing), variants(source, "PermanentError"));
    let text = page("runbooks/chain.md");
    let passing = passing.into_iter().map(SourceError::from);
    for error in passing.chain(standing.into_iter().map(SourceError::from)) {
        let failure = Failure::Source(Box::new(error));
        let hint = failure.hint(&Invocation::default());
        let hint = hint.map(|hint| format!("\n  hint: {hint}"));
        let said = format!("{failure}{}", hint.unwrap_or_default());
        let said: Vec<_> = said.lines().collect();
        let found = blocks(&text, "text")
            .iter()
            .any(|(_, lines)| are_like(lines, &said));
        assert!(found, "chain.md hasn't got\n{}", said.join("\n"));
    }
}
