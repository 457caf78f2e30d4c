//! Stores that are compared, and workers that answer with what can't be.

use crate::{
    by_hand::{checkpoint, counts, header, root, state, Chunk, Pair},
    scripted::{say, Scripted, Step},
};
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_engine_host::EngineRegistry;
use pink_snapshot::{
    compare::{compare, CompareError, Comparison, Kind, Local, Remote},
    fetch::FetchConfig,
    install, Expected, SnapshotReader,
};
use pink_worker_core::{
    store::{Store, StoreOptions},
    Worker,
};
use serde_json::json;
use std::time::Duration;
use tempfile::TempDir;

/// A worker that began with a state, and executed nothing.
struct Begun {
    _base: TempDir,
    worker: Worker,
}

fn begun(cluster: u64, block: BlockNumber, pairs: &[Pair]) -> Begun {
    let mut told = checkpoint(root(pairs));
    told.block = block;
    let head = header(None, cluster, &told, counts(pairs));
    let bytes = [head, Chunk::of(0, pairs).bytes()].concat();
    let base = TempDir::new().expect("a folder");
    let options = StoreOptions::default();
    let reader = SnapshotReader::new(&bytes[..]).expect("a snapshot");
    let expected = Expected::root(told.root);
    install(base.path(), options, reader, &expected, |_, _| ()).expect("sound");
    let store = Store::open(base.path(), options).expect("a store");
    let worker = Worker::new(store, EngineRegistry::new(base.path()));
    Begun {
        _base: base,
        worker,
    }
}

fn compared(
    one: (&Begun, Option<Hash>),
    other: (&Begun, Option<Hash>),
) -> Result<Comparison, CompareError> {
    let (one, other) = (local(one, "one"), local(other, "other"));
    compare(&one, &other)
}

fn local<'b>((begun, genesis): (&'b Begun, Option<Hash>), name: &'b str) -> Local<'b> {
    Local {
        worker: &begun.worker,
        name,
        genesis,
    }
}

#[test]
fn who_does_not_belong_together_is_told_so() {
    let pairs = state(20);
    let one = begun(7, 9, &pairs);
    let same = compared((&one, None), (&begun(7, 9, &pairs), None)).expect("equal");
    assert_eq!(
        (same.from, same.to, same.ahead, same.parting),
        (9, 9, 0, None)
    );
    let error = compared((&one, None), (&begun(8, 9, &pairs), None)).expect_err("clusters");
    assert_eq!(
        error.to_string(),
        "one has the cluster 7, other the cluster 8"
    );
    let genesis = |byte| Some(Hash::repeat_byte(byte));
    let twin = begun(7, 9, &pairs);
    let error = compared((&one, genesis(1)), (&twin, genesis(2))).expect_err("chains");
    assert!(
        error.to_string().contains("one has the genesis 0x0101"),
        "{error}"
    );
    for known in [None, genesis(1)] {
        assert!(compared((&one, genesis(1)), (&twin, known)).is_ok());
    }
    let error = compared((&one, None), (&begun(7, 10, &pairs), None)).expect_err("apart");
    assert_eq!(
        error.to_string(),
        "no block is kept by both: one has 9 to 9, other has 10 to 10"
    );
    assert!(!error.hint().is_empty());
    // They may have parted long before.
    let parted = compared((&one, None), (&begun(7, 9, &state(21)), None)).expect("the same block");
    let parting = parted.parting.expect("other states");
    assert_eq!(
        (parting.block, parting.kind, parting.seq),
        (9, Kind::Before, None)
    );
    assert_eq!(parting.kind.name(), "before");
}

fn answers(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Scripted {
    let step: Step = Box::new(move |asked, stream| {
        let (status, body) = match answer(&asked.path) {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", String::new()),
        };
        let length = format!("Content-Length: {}", body.len());
        say(&stream, status, &[length], body.as_bytes());
    });
    Scripted::new(vec![step])
}

/// Whoever answers nonsense keeps nobody asking, and is named.
#[test]
fn answers_that_cannot_be_are_refused() {
    let one = begun(7, 9, &state(20));
    let digest = json!({ "digest": format!("0x{}", "11".repeat(32)) }).to_string();
    let about = json!({
        "cluster": 7, "genesis": null, "first": 1, "last": 4_000_000_000u32, "snapshot": null,
    });
    let about = about.to_string();
    let summary = |block: u32| {
        let hash = format!("0x{}", "22".repeat(32));
        json!({
            "block": block, "root": hash, "message_hash": hash, "receipts_root": hash,
            "engine": "2.0", "next_seq": 5,
        })
        .to_string()
    };
    let config = FetchConfig {
        silence_timeout: Duration::from_millis(300),
        ..FetchConfig::default()
    };
    let ask = |server: &Scripted| {
        let local = Local {
            worker: &one.worker,
            name: "one",
            genesis: None,
        };
        compare(&local, &Remote::new(&server.url, &config))
    };
    let sound = {
        let (about, digest, nine) = (about.clone(), digest.clone(), summary(9));
        answers(move |path| match path {
            "/v1/about" => Some(about.clone()),
            "/v1/blocks/9" => Some(nine.clone()),
            path if path.starts_with("/v1/digest") => Some(digest.clone()),
            _ => None,
        })
    };
    let parting = ask(&sound)
        .expect("it answers")
        .parting
        .expect("another digest");
    assert_eq!((parting.block, parting.kind), (9, Kind::Before));

    let with = |path: &'static str, body: Option<String>| {
        let (about, digest, nine) = (about.clone(), digest.clone(), summary(9));
        answers(move |asked| match asked {
            asked if asked.starts_with(path) => body.clone(),
            "/v1/about" => Some(about.clone()),
            "/v1/blocks/9" => Some(nine.clone()),
            asked if asked.starts_with("/v1/digest") => Some(digest.clone()),
            _ => None,
        })
    };
    let many = "[".repeat(9 << 20);
    for (path, body, words) in [
        ("/v1/about", None, "status 404"),
        ("/v1/about", Some("<html>".into()), "can't be read"),
        ("/v1/about", Some(many), "can't be asked"),
        ("/v1/digest", None, "contradicts itself about block 9"),
        (
            "/v1/digest",
            Some(r#"{"digest":"0x11"}"#.into()),
            "can't be read",
        ),
        (
            "/v1/blocks/9",
            Some(summary(8)),
            "contradicts itself about block 9",
        ),
        ("/v1/blocks/9", None, "contradicts itself about block 9"),
    ] {
        let server = with(path, body);
        let error = ask(&server).expect_err(words).to_string();
        assert!(error.contains(words), "{words}: {error}");
        assert!(server.asked().len() < 10);
    }
}
