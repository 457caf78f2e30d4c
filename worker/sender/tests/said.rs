//! What is said to a node that answers as the test wants it to.

#[allow(unreachable_pub)]
mod fake;

use fake::{
    metadata::{Call as ChainCall, ContractsCall, ContractsError, Few, SystemCall},
    Fate, Node, State,
};
use fat_contracts_primitives::{
    AccountId, Checkpoint, Effect, EngineVersion, Hash, MessageHash, ParkCause, ReceiptsRoot,
    StateRoot,
};
use parity_scale_codec::{Compact, Decode, Encode};
use pink_sender::{Call, ChainView, Error, Key, Limits, Sender, SubmitOutcome};
use pink_worker_core::source::{ParkReport, SendError, SourceError};
use serde_json::json;
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::blake2_256;
use sp_runtime::{DispatchError, ModuleError};
use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc, Arc,
    },
    thread,
    time::Duration,
};

fn limits() -> Limits {
    Limits {
        pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(50),
        accept: Duration::from_secs(20),
        finality: Duration::from_secs(20),
        ..Limits::default()
    }
}

fn alice() -> Key {
    Key::development("//Alice").expect("a path")
}

fn sender(nodes: &[&Node]) -> Sender {
    let urls = nodes.iter().map(|it| it.url.clone()).collect();
    Sender::new(urls, alice(), None, limits()).expect("endpoints")
}

/// One that gives up soon.
fn hasty(nodes: &[&Node]) -> Sender {
    let urls = nodes.iter().map(|it| it.url.clone()).collect();
    let hasty = Limits {
        accept: Duration::from_millis(300),
        ..limits()
    };
    Sender::new(urls, alice(), None, hasty).expect("endpoints")
}

fn remark(text: &str) -> Call {
    Call::new("System", "remark").with("remark", &text.as_bytes().to_vec())
}

fn remark_bytes(text: &str) -> Vec<u8> {
    ChainCall::System(SystemCall::remark {
        remark: text.into(),
    })
    .encode()
}

fn checkpoint(block: u32) -> Checkpoint {
    Checkpoint {
        block,
        last_seq: 9,
        engine: EngineVersion { major: 2, minor: 0 },
        root: StateRoot::from([1; 32]),
        receipts_root: ReceiptsRoot::from([2; 32]),
        message_hash: MessageHash::from([3; 32]),
        effects: vec![
            Effect::UpgradeFailed { seq: 4 },
            Effect::SetupFailed { seq: 1 },
        ],
    }
}

/// An extrinsic's parts, by the layout of version 4.
struct Parts {
    signer: [u8; 32],
    signature: [u8; 64],
    era: [u8; 2],
    nonce: u32,
    tip: u128,
    call: Vec<u8>,
}

fn parts(extrinsic: &[u8]) -> Parts {
    let mut rest = extrinsic;
    let length = Compact::<u32>::decode(&mut rest).expect("a length").0;
    assert_eq!(length as usize, rest.len());
    // Signed, version 4; an address by `Id`.
    assert_eq!(rest[..2], [0x84, 0]);
    rest = &rest[2..];
    let signer = <[u8; 32]>::decode(&mut rest).expect("an account");
    // sr25519
    assert_eq!(u8::decode(&mut rest), Ok(1));
    Parts {
        signer,
        signature: Decode::decode(&mut rest).expect("a signature"),
        era: Decode::decode(&mut rest).expect("a mortal era"),
        nonce: Compact::<u32>::decode(&mut rest).expect("a nonce").0,
        tip: Compact::<u128>::decode(&mut rest).expect("a tip").0,
        call: rest.to_vec(),
    }
}

/// Whether another implementation takes the signature, for everything that a chain has it stand for.
fn verifies(parts: &Parts, spec: u32, genesis: Hash, birth: Hash) -> bool {
    let signed = (
        (parts.era, Compact(parts.nonce), Compact(parts.tip)),
        (spec, 3u32, genesis, birth),
    );
    let mut payload = parts.call.clone();
    signed.encode_to(&mut payload);
    if payload.len() > 256 {
        payload = blake2_256(&payload).to_vec();
    }
    let signature = sr25519::Signature::from_raw(parts.signature);
    let public = sr25519::Public::from_raw(parts.signer);
    sr25519::Pair::verify(&signature, payload, &public)
}

#[test]
fn what_is_sent_is_signed_as_a_chain_wants_it() {
    let node = Node::start();
    node.state().nonce = 300;
    for text in ["short".to_owned(), "long".repeat(100)] {
        let included = sender(&[&node]).submit(remark(&text)).expect("taken");
        assert_eq!(included.fee, Some(1_234));
        let state = node.state();
        let sent = state.sent.last().expect("one");
        assert_eq!(included.extrinsic, Hash::from(blake2_256(sent)));
        let (block, number) = (included.block_hash, included.block as usize);
        assert_eq!(block, state.hash(number));
        let parts = parts(sent);
        assert_eq!(parts.call, remark_bytes(&text));
        assert_eq!((u64::from(parts.nonce), parts.tip), (state.nonce - 1, 0));
        // 64 blocks: exponent 6 less one, below the phase, 100 or 101 of 64.
        let birth = number - 1;
        let era = 5 | ((birth as u16 % 64) << 4);
        assert_eq!(parts.era, era.to_le_bytes());
        assert!(verifies(&parts, 7, state.hash(0), state.hash(birth)));
        assert!(!verifies(&parts, 8, state.hash(0), state.hash(birth)));
    }
}

#[test]
fn a_workers_words_are_those_of_the_pallet() {
    let node = Node::start();
    let sender = sender(&[&node]);
    let worker = sender.account().clone();
    let report = ParkReport {
        block: 5,
        seq: 6,
        cause: ParkCause::EngineMissing,
        as_of: 7,
    };
    let (one, two) = (Hash::repeat_byte(1), Hash::repeat_byte(2));
    let checkpoints = vec![checkpoint(4), checkpoint(5)];
    let said = [
        sender.acknowledge(3, checkpoints.clone(), 100),
        sender.report_parked(3, &report, 100),
        sender.announce_engines(&[one, two], 100),
        sender.announce_engines(&[one], 100),
        sender.register_worker(100),
    ];
    for said in said {
        assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
    }
    let expected = [
        ContractsCall::acknowledge {
            cluster: 3,
            checkpoints,
        },
        ContractsCall::report_parked {
            cluster: 3,
            block: 5,
            seq: 6,
            cause: ParkCause::EngineMissing,
            as_of: 7,
        },
        ContractsCall::announce_engines {
            engines: Few(vec![one, two]),
        },
        ContractsCall::announce_engines {
            engines: Few(vec![one]),
        },
        ContractsCall::register_worker { worker },
    ];
    let expected = expected.map(|it| ChainCall::FatContracts(it).encode());
    let sent: Vec<_> = node.state().sent.iter().map(|it| parts(it).call).collect();
    assert_eq!(sent, expected);
    let many = sender.announce_engines(&[one, two, one], 100);
    assert!(
        matches!(many, Err(Error::TooManyEngines { found: 3, most: 2 })),
        "{many:?}"
    );
}

#[test]
fn the_same_is_said_once() {
    let node = Node::start();
    // It is taken, and never in a block.
    let waits = Fate::Tell(vec![json!("ready")]);
    node.state().fates = std::iter::repeat_n(waits, 4).collect();
    let sender = sender(&[&node]);
    let first = sender.acknowledge(1, vec![checkpoint(4), checkpoint(5)], 100);
    assert!(matches!(first, Ok(SubmitOutcome::Sent { .. })), "{first:?}");
    for _ in 0..3 {
        let again = sender.acknowledge(1, vec![checkpoint(4), checkpoint(5)], 100);
        assert_eq!(again.expect("known"), SubmitOutcome::OnItsWay);
        let again = sender.acknowledge(1, vec![checkpoint(5)], 100);
        assert_eq!(again.expect("known"), SubmitOutcome::OnItsWay);
    }
    // What is new is said, without what is on its way; of another cluster or with another root, all is new.
    for (cluster, checkpoints, said) in [
        (1, vec![checkpoint(5), checkpoint(6)], vec![checkpoint(6)]),
        (2, vec![checkpoint(4)], vec![checkpoint(4)]),
    ] {
        let new = sender.acknowledge(cluster, checkpoints, 100);
        assert!(matches!(new, Ok(SubmitOutcome::Sent { .. })), "{new:?}");
        let call = ContractsCall::acknowledge {
            cluster,
            checkpoints: said,
        };
        let state = node.state();
        let last = parts(state.sent.last().expect("one"));
        assert_eq!(last.call, ChainCall::FatContracts(call).encode());
    }
    let other = Checkpoint {
        last_seq: 8,
        ..checkpoint(4)
    };
    let other = sender.acknowledge(1, vec![other], 100);
    assert!(matches!(other, Ok(SubmitOutcome::Sent { .. })), "{other:?}");
    assert_eq!(node.state().sent.len(), 4);
}

#[test]
fn what_is_final_is_said_again_only_by_who_has_seen_that_block() {
    let node = Node::start();
    let sender = sender(&[&node]);
    let report = ParkReport {
        block: 5,
        seq: 6,
        cause: ParkCause::EngineMissing,
        as_of: 7,
    };
    let first = sender.report_parked(1, &report, 100);
    assert!(matches!(first, Ok(SubmitOutcome::Sent { .. })), "{first:?}");
    until(|| sender.on_its_way().is_empty());
    let known = sender.report_parked(1, &report, 100).expect("known");
    assert_eq!(known, SubmitOutcome::Known);
    // It is in block 101.
    let again = sender.report_parked(1, &report, 101);
    assert!(matches!(again, Ok(SubmitOutcome::Sent { .. })), "{again:?}");
    assert_eq!(node.state().sent.len(), 2);
}

/// Waits for what another thread does.
fn until(done: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came");
}

#[test]
fn what_is_dropped_is_signed_again_under_the_same_nonce() {
    for lost in [
        json!("dropped"),
        json!("invalid"),
        json!({ "usurped": Hash::zero() }),
    ] {
        let node = Node::start();
        node.state().fates.push_back(Fate::Tell(vec![lost.clone()]));
        // The same bytes are banned until there is another block to sign for.
        node.state().fates.push_back(Fate::Refuse(1012, ""));
        let sender = sender(&[&node]);
        thread::scope(|scope| {
            let submitted = scope.spawn(|| sender.submit(remark("again")));
            until(|| node.state().sent.len() >= 2);
            node.state().grow(1);
            let included = submitted.join().expect("no panic").expect("taken");
            let state = node.state();
            let last = state.sent.last().expect("some");
            assert_eq!(included.extrinsic, Hash::from(blake2_256(last)));
            let nonces: Vec<_> = state.sent.iter().map(|it| parts(it).nonce).collect();
            assert!(nonces.iter().all(|it| *it == 0), "{lost}: {nonces:?}");
            assert_ne!(state.sent.first(), Some(last));
        });
    }
}

#[test]
fn what_was_retracted_is_waited_for() {
    let node = Node::start();
    let fork = Hash::repeat_byte(9);
    let statuses = vec![
        json!("ready"),
        json!({ "inBlock": fork }),
        json!({ "retracted": fork }),
    ];
    node.state().fates.push_back(Fate::Tell(statuses));
    let sender = sender(&[&node]);
    thread::scope(|scope| {
        let submitted = scope.spawn(|| sender.submit(remark("fork")));
        until(|| node.state().sent.len() == 1);
        let sent = node.state().sent[0].clone();
        node.state().include(sent, None);
        let included = submitted.join().expect("no panic").expect("taken");
        assert_eq!(included.block, 101);
        assert_eq!(node.state().sent.len(), 1);
    });
}

#[test]
fn what_expired_is_signed_anew() {
    let node = Node::start();
    node.state()
        .fates
        .push_back(Fate::Tell(vec![json!("ready")]));
    let sender = sender(&[&node]);
    thread::scope(|scope| {
        let submitted = scope.spawn(|| sender.submit(remark("late")));
        until(|| node.state().sent.len() == 1);
        // Signed at block 100 for 64 blocks: 163 is the last that may have it.
        node.state().grow(63);
        thread::sleep(Duration::from_millis(300));
        let same = |state: &State| state.sent.iter().all(|it| *it == state.sent[0]);
        assert!(same(&node.state()), "signed anew although it may be taken");
        node.state().grow(1);
        let included = submitted.join().expect("no panic").expect("taken");
        assert_eq!(included.block, 165);
        let last = node.state().sent.last().cloned().expect("some");
        assert!(!same(&node.state()));
        assert_eq!(parts(&last).nonce, 0);
        let state = node.state();
        let (genesis, birth) = (state.hash(0), state.hash(164));
        assert!(verifies(&parts(&last), 7, genesis, birth));
    });
}

#[test]
fn what_got_there_before_the_connection_broke_is_found() {
    let node = Node::start();
    node.state().fates.push_back(Fate::TakeAndBreak);
    let included = sender(&[&node]).submit(remark("broken")).expect("taken");
    assert_eq!(included.block, 101);
    assert_eq!(node.state().sent.len(), 1);
}

#[test]
fn another_endpoint_takes_over() {
    let (first, second) = (Node::start(), Node::start());
    first
        .state()
        .fates
        .push_back(Fate::Tell(vec![json!("ready")]));
    let sender = sender(&[&first, &second]);
    thread::scope(|scope| {
        let submitted = scope.spawn(|| sender.submit(remark("over")));
        until(|| first.state().sent.len() == 1);
        first.stop();
        submitted.join().expect("no panic").expect("taken");
    });
    // The same bytes: as long as they may be taken, nothing else is signed.
    assert_eq!(first.state().sent, second.state().sent);
}

#[test]
fn a_full_pool_is_named_and_another_one_asked() {
    let (full, empty) = (Node::start(), Node::start());
    let dropped = Fate::Refuse(
        1016,
        "The transaction couldn't enter the pool because of the limit",
    );
    full.state().fates = std::iter::repeat_n(dropped, 1_000).collect();
    let refused = hasty(&[&full]).submit(remark("full"));
    match refused {
        Err(Error::PoolFull { endpoint, call }) => {
            assert_eq!((endpoint, call), (full.url.clone(), "remark"));
        }
        other => panic!("{other:?}"),
    }
    let said = hasty(&[&full]).register_worker(100);
    assert!(said.as_ref().is_err_and(Error::is_transient), "{said:?}");
    let passing = SendError::from(said.expect_err("full"));
    assert!(matches!(
        passing,
        SendError::Source(SourceError::Transient(_))
    ));
    sender(&[&full, &empty])
        .submit(remark("full"))
        .expect("taken");
    assert_eq!(empty.state().sent.len(), 1);
}

#[test]
fn an_account_without_money_is_named() {
    let node = Node::start();
    let payment = "Inability to pay some fees (e.g. account balance too low)";
    node.state().fates.push_back(Fate::Refuse(1010, payment));
    // Nonce and counters, then what is free: 5.
    let record = [&[0; 16][..], &5u128.to_le_bytes(), &[9; 48]].concat();
    node.state().account = Some(record);
    let sender = sender(&[&node]);
    let poor = sender.register_worker(100).expect_err("no money");
    let Error::Underfunded {
        account,
        call,
        free,
    } = &poor
    else {
        panic!("{poor:?}");
    };
    assert_eq!(
        (account, *call, *free),
        (sender.account(), "register_worker", Some(5))
    );
    let hint = poor.hint();
    assert!(
        hint.contains("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
        "{hint}"
    );
    // Nothing is held back: with money it can be said.
    let said = sender.register_worker(100);
    assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
}

#[test]
fn a_refused_call_is_named_by_the_chains_metadata() {
    let node = Node::start();
    let module = |error: ContractsError| {
        DispatchError::Module(ModuleError {
            index: 4,
            error: [error.encode()[0], 0, 0, 0],
            message: None,
        })
    };
    let failed = [
        (module(ContractsError::NotMember), "FatContracts::NotMember"),
        (
            module(ContractsError::AmendedSince),
            "FatContracts::AmendedSince",
        ),
        (DispatchError::BadOrigin, "Bad origin."),
    ];
    let sender = sender(&[&node]);
    for (error, name) in failed {
        node.state().fates.push_back(Fate::Fail(error));
        match sender.submit(remark("refused")) {
            Err(Error::Refused {
                call, error, fee, ..
            }) => {
                assert_eq!((call, &*error, fee), ("remark", name, Some(1_234)));
            }
            other => panic!("{other:?}"),
        }
    }
    node.state()
        .fates
        .push_back(Fate::Fail(DispatchError::BadOrigin));
    assert!(sender.register_worker(100).is_ok());
    until(|| sender.on_its_way().is_empty());
    // What the chain refused isn't said again at once.
    let sent = node.state().sent.len();
    let held = sender.register_worker(100);
    assert!(matches!(held, Err(Error::Refused { .. })), "{held:?}");
    assert_eq!(node.state().sent.len(), sent);
    assert!(sender.register_worker(110).is_ok());
}

#[test]
fn two_at_once_have_different_nonces() {
    let node = Node::start();
    // The node counts what waits in its pool in no case.
    let waits = Fate::Tell(vec![json!("ready")]);
    node.state().fates = std::iter::repeat_n(waits, 4).collect();
    node.state().nonce = 5;
    let sender = sender(&[&node]);
    thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|n| {
                let sender = &sender;
                scope.spawn(move || sender.submit(remark(&n.to_string())))
            })
            .collect();
        until(|| node.state().sent.len() == 4);
        let sent = node.state().sent.clone();
        let mut nonces: Vec<_> = sent.iter().map(|it| parts(it).nonce).collect();
        nonces.sort();
        assert_eq!(nonces, [5, 6, 7, 8]);
        for extrinsic in sent {
            node.state().include(extrinsic, None);
        }
        for one in all {
            one.join().expect("no panic").expect("taken");
        }
    });
}

#[test]
fn a_nonce_that_another_program_used_is_left_to_it() {
    for refusal in [
        Fate::Overtake(1014, "priority"),
        Fate::Overtake(1010, "Transaction is outdated"),
    ] {
        let node = Node::start();
        node.state().fates.push_back(refusal);
        sender(&[&node]).submit(remark("race")).expect("taken");
        let state = node.state();
        let nonces: Vec<_> = state.sent.iter().map(|it| parts(it).nonce).collect();
        assert_eq!(nonces, [0, 1]);
    }
}

#[test]
fn a_nonce_that_another_program_used_in_a_block_is_noticed() {
    let node = Node::start();
    node.state()
        .fates
        .push_back(Fate::Tell(vec![json!("ready")]));
    let sender = sender(&[&node]);
    thread::scope(|scope| {
        let submitted = scope.spawn(|| sender.submit(remark("usurped")));
        until(|| node.state().sent.len() == 1);
        node.state().include(vec![4, 5], None);
        // Or this one is in the block, and the node hides it: whoever sends it again may pay twice.
        let submitted = submitted.join().expect("no panic");
        let state = node.state();
        let sent = Hash::from(blake2_256(&state.sent[0]));
        assert!(
            matches!(submitted, Err(Error::Unsettled { extrinsic, .. }) if extrinsic == sent),
            "{submitted:?}"
        );
        assert!(state.sent.iter().all(|it| *it == state.sent[0]));
    });
}

#[test]
fn what_an_earlier_run_said_is_on_its_way() {
    let said = {
        let node = Node::start();
        assert!(sender(&[&node])
            .acknowledge(1, vec![checkpoint(4)], 100)
            .is_ok());
        let sent = node.state().sent[0].clone();
        sent
    };
    for in_a_block in [false, true] {
        let node = Node::start();
        match in_a_block {
            false => node.state().pending.push(said.clone()),
            // In the best block, which isn't final.
            true => node.state().block(vec![(said.clone(), None)]),
        }
        let sender = sender(&[&node]);
        let again = sender.acknowledge(1, vec![checkpoint(4)], 100);
        assert_eq!(again.expect("known"), SubmitOutcome::OnItsWay);
        // As long as that is on its way, so is everything that is to be acknowledged with it.
        let other = sender.acknowledge(1, vec![checkpoint(4)], 100);
        assert_eq!(other.expect("known"), SubmitOutcome::OnItsWay);
        let worker = sender.register_worker(100);
        assert!(
            matches!(worker, Ok(SubmitOutcome::Sent { .. })),
            "{worker:?}"
        );
        assert_eq!(node.state().sent.len(), 1);
        // Signed at block 100: after 163 it can't come any more.
        node.state().grow(70);
        until(|| {
            let said = sender.acknowledge(1, vec![checkpoint(4)], 170);
            matches!(said, Ok(SubmitOutcome::Sent { .. }))
        });
    }
    // Of another account it isn't ours.
    let node = Node::start();
    let mut others = said;
    others[4] ^= 1;
    node.state().pending.push(others);
    let fresh = sender(&[&node]).acknowledge(1, vec![checkpoint(4)], 100);
    assert!(matches!(fresh, Ok(SubmitOutcome::Sent { .. })), "{fresh:?}");
}

#[test]
fn what_a_chain_hasnt_got_is_named_and_not_sent() {
    let node = Node::start();
    let sender = sender(&[&node]);
    let account = AccountId::new([1; 32]);
    for (call, expected) in [
        (Call::new("Assets", "mint"), "pallet Assets"),
        (Call::new("System", "kill"), "call System.kill"),
        (
            Call::new("System", "remark"),
            "argument `remark` of System.remark",
        ),
        (
            remark("x").with("more", &1u8),
            "argument `more` of System.remark",
        ),
        (Call::new("System", "remark").with("remark", &account), ""),
        (
            Call::contracts("register_worker").with("worker", &7u8),
            "argument `worker` of FatContracts.register_worker",
        ),
        // A field of a checkpoint that the chain has no place for.
        (
            Call::contracts("acknowledge")
                .with("cluster", &1u64)
                .with("checkpoints", &vec![more()]),
            "argument `checkpoints` of FatContracts.acknowledge",
        ),
    ] {
        let submitted = sender.submit(call);
        match submitted {
            Err(Error::Unsupported { what, .. }) => assert_eq!(what, expected),
            // 32 bytes are as good as any.
            Ok(_) => assert_eq!(expected, ""),
            other => panic!("{expected}: {other:?}"),
        }
    }
    assert_eq!(node.state().sent.len(), 1);
}

/// A checkpoint with one field more.
#[derive(Encode, scale_info::TypeInfo)]
struct More {
    block: u32,
    last_seq: u64,
    engine: EngineVersion,
    root: StateRoot,
    receipts_root: ReceiptsRoot,
    message_hash: MessageHash,
    effects: Vec<Effect>,
    more: u8,
}

fn more() -> More {
    let Checkpoint {
        block,
        last_seq,
        engine,
        root,
        receipts_root,
        message_hash,
        effects,
    } = checkpoint(1);
    More {
        block,
        last_seq,
        engine,
        root,
        receipts_root,
        message_hash,
        effects,
        more: 1,
    }
}

#[test]
fn a_new_runtime_is_asked_for_what_it_has() {
    let node = Node::start();
    let sender = sender(&[&node]);
    assert!(sender.register_worker(100).is_ok());
    until(|| sender.on_its_way().is_empty());
    let upgrade = |spec, index| {
        let mut state = node.state();
        (state.spec, state.index) = (spec, index);
    };
    upgrade(8, 5);
    assert!(sender.register_worker(101).is_ok());
    until(|| sender.on_its_way().is_empty());
    {
        let state = node.state();
        let last = parts(state.sent.last().expect("some"));
        assert_eq!(last.call[..2], [5, 12]);
        assert!(verifies(&last, 8, state.hash(0), state.hash(101)));
    }
    upgrade(9, 4);
    // The upgrade came between: the signature is for the old one.
    node.state()
        .fates
        .push_back(Fate::Refuse(1010, "Transaction has a bad signature"));
    let said = sender.register_worker(102);
    assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
    let state = node.state();
    let last = parts(state.sent.last().expect("some"));
    assert_eq!(last.call[..2], [4, 12]);
    assert!(verifies(&last, 9, state.hash(0), state.hash(102)));
}

#[test]
fn another_chain_is_refused() {
    let (ours, other) = (
        Node::start(),
        Node::with(State {
            genesis: 1,
            ..State::default()
        }),
    );
    let genesis = ours.state().hash(0);
    let urls = |nodes: &[&Node]| nodes.iter().map(|it| it.url.clone()).collect();
    let alone = Sender::new(urls(&[&other]), alice(), Some(genesis), limits()).expect("endpoints");
    match alone.submit(remark("x")) {
        Err(Error::OtherChain {
            endpoint,
            expected,
            found,
        }) => {
            assert_eq!((endpoint, expected), (other.url.clone(), genesis));
            assert_eq!(found, other.state().hash(0));
        }
        other => panic!("{other:?}"),
    }
    let both = Sender::new(urls(&[&other, &ours]), alice(), Some(genesis), limits());
    both.expect("endpoints").submit(remark("x")).expect("taken");
    assert!(other.state().sent.is_empty());
}

#[test]
fn endpoints_that_are_none_are_refused_and_silent_ones_named() {
    for wrong in [
        "",
        "ws://",
        "http://x",
        "127.0.0.1:9944",
        "ws:///x",
        "ws://:1",
    ] {
        let sender = Sender::new(vec![wrong.into()], alice(), None, limits());
        assert!(
            matches!(sender, Err(Error::BadEndpoint { .. })),
            "{wrong:?}"
        );
    }
    assert!(Sender::new(Vec::new(), alice(), None, limits()).is_err());
    let node = Node::start();
    node.stop();
    let nobody = hasty(&[&node]).submit(remark("x"));
    assert!(
        matches!(nobody, Err(Error::Unreachable { .. })),
        "{nobody:?}"
    );
    let nobody = hasty(&[&node]).register_worker(1);
    assert!(
        nobody.as_ref().is_err_and(Error::is_transient),
        "{nobody:?}"
    );
}

#[test]
fn what_isnt_settled_in_time_says_until_when_it_may_be() {
    let node = Node::start();
    node.state()
        .fates
        .push_back(Fate::Tell(vec![json!("ready")]));
    let short = Limits {
        finality: Duration::from_millis(700),
        ..limits()
    };
    let sender = Sender::new(vec![node.url.clone()], alice(), None, short).expect("endpoints");
    match sender.submit(remark("slow")) {
        Err(Error::Unsettled {
            call,
            extrinsic,
            until,
        }) => {
            let sent = Hash::from(blake2_256(&node.state().sent[0]));
            assert_eq!((call, extrinsic, until), ("remark", sent, 163));
        }
        other => panic!("{other:?}"),
    }
}

/// Exchanges two fields' names. Both are 32 bytes, so nothing looks amiss but their places.
fn exchanged(metadata: Vec<u8>) -> Vec<u8> {
    let (one, other) = ("root".encode(), "message_hash".encode());
    let mut altered = Vec::new();
    let mut rest = &metadata[..];
    while let Some((first, behind)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(&one[..]) {
            altered.extend(&other);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(&other[..]) {
            altered.extend(&one);
            rest = behind;
        } else {
            altered.push(*first);
            rest = behind;
        }
    }
    assert_ne!(altered, metadata);
    altered
}

/// Metadata comes with no proof. Were its word taken for a tuple's order, an honest worker would say another one
/// than it means, and count as diverged.
#[test]
fn metadata_that_exchanges_fields_gets_no_acknowledgement() {
    let node = Node::start();
    node.state().other_metadata = Some(exchanged);
    match hasty(&[&node]).acknowledge(1, vec![checkpoint(100)], 99) {
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "arguments of FatContracts.acknowledge");
        }
        other => panic!("{other:?}"),
    }
    assert!(node.state().sent.is_empty());
}

/// Which block has something is told by an endpoint, and proven by nothing.
#[test]
fn a_block_of_the_far_future_silences_nobody() {
    let node = Node::start();
    node.state().far = true;
    let sender = sender(&[&node]);
    let said = |read_at: u32| sender.acknowledge(1, vec![checkpoint(100)], read_at);
    assert!(matches!(said(99), Ok(SubmitOutcome::Sent { .. })));
    until(|| sender.on_its_way().is_empty());
    assert!(matches!(said(101), Ok(SubmitOutcome::Known)));
    // The chain's proven state is far ahead, and still asks for it.
    node.state().grow(900);
    let again = said(1_000);
    assert!(matches!(again, Ok(SubmitOutcome::Sent { .. })), "{again:?}");
}

/// A node without peers answers, takes what is said, and never hands it on.
#[test]
fn one_that_takes_words_and_stands_still_is_left_for_another() {
    let (first, second) = (Node::start(), Node::start());
    first
        .state()
        .fates
        .push_back(Fate::Tell(vec![json!("ready")]));
    let urls = vec![first.url.clone(), second.url.clone()];
    let limits = Limits {
        stale: Duration::from_millis(200),
        ..limits()
    };
    let sender = Sender::new(urls, alice(), None, limits).expect("endpoints");
    let said = sender.acknowledge(1, vec![checkpoint(100)], 99);
    assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
    until(|| sender.on_its_way().is_empty());
    assert_eq!(first.state().sent, second.state().sent);
}

fn nonces(node: &Node) -> Vec<u32> {
    node.state().sent.iter().map(|it| parts(it).nonce).collect()
}

/// It has the words executed, says that the nonce is used and that they are in no block. Signed under the next one they
/// would be executed, and paid, again.
#[test]
fn who_hides_where_words_are_gets_them_under_no_other_nonce() {
    let node = Node::start();
    node.state().hides = true;
    let sender = sender(&[&node]);
    let said = |seen: ChainView| sender.acknowledge(1, vec![checkpoint(100)], seen);
    assert!(matches!(said(100.into()), Ok(SubmitOutcome::Sent { .. })));
    // Far behind their mortality, by its word.
    node.state().grow(70);
    thread::sleep(Duration::from_millis(300));
    assert!(nonces(&node).iter().all(|it| *it == 0));
    // By proof: they can't be taken any more. They are still to be said, so they weren't.
    let seen = ChainView {
        nonce: Some(1),
        ..101.into()
    };
    assert!(matches!(said(seen), Ok(SubmitOutcome::OnItsWay)));
    until(|| sender.on_its_way().is_empty());
    assert!(matches!(said(seen), Ok(SubmitOutcome::Sent { .. })));
    assert!(nonces(&node).last().is_some_and(|it| *it > 0));
}

/// It refuses what it keeps, and counts the nonce up.
#[test]
fn who_keeps_what_it_refuses_gets_it_under_no_other_nonce() {
    for refusal in [
        Fate::Refuse(1014, "priority"),
        Fate::Refuse(1010, "Transaction is outdated"),
        Fate::Refuse(1010, "Transaction call is not expected"),
        Fate::Fail(DispatchError::BadOrigin),
    ] {
        let node = Node::start();
        let sender = sender(&[&node]);
        for attempt in 0..4 {
            {
                let mut state = node.state();
                state.fates.push_back(refusal.clone());
                state.nonce = attempt;
            }
            // The chain asks for it in each newer block.
            let _ = sender.acknowledge(1, vec![checkpoint(100)], 100 + 2 * attempt as u32);
            until(|| sender.on_its_way().is_empty());
        }
        let nonces = nonces(&node);
        assert!(
            nonces.len() > 1 && nonces.iter().all(|it| *it == 0),
            "{nonces:?}"
        );
    }
}

/// A stop ends every wait, for a pool that never answers as well.
#[test]
fn whoever_stops_waits_for_nobody() {
    let node = Node::start();
    node.state().fates.push_back(Fate::Silence);
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = stopped.clone();
    let hour = Duration::from_secs(3_600);
    let patient = Limits {
        request: hour,
        accept: hour,
        ..limits()
    };
    let sender = Sender::new(vec![node.url.clone()], alice(), None, patient).expect("endpoints");
    let sender = sender.with_stop(move || stop.load(Ordering::SeqCst));
    let (send, receive) = mpsc::channel();
    let says = thread::spawn(move || send.send(sender.register_worker(100)));
    until(|| node.state().sent.len() == 1);
    stopped.store(true, Ordering::SeqCst);
    let said = receive
        .recv_timeout(Duration::from_secs(60))
        .expect("it ends");
    assert!(matches!(said, Err(Error::Unsettled { .. })), "{said:?}");
    says.join().expect("no panic").expect("sent");
}

/// Nobody proves that what waits in a pool was signed by who it says, or when.
#[test]
fn a_made_up_earlier_run_silences_nobody_for_long() {
    let node = Node::start();
    let call = ChainCall::FatContracts(ContractsCall::acknowledge {
        cluster: 1,
        checkpoints: vec![checkpoint(4)],
    });
    let alice = alice();
    let account: &[u8; 32] = alice.account().as_ref();
    // Signed with zeros, immortal.
    let made_up = [
        &[0x84, 0][..],
        account,
        &[1],
        &[0; 64],
        &[0],
        &Compact(u32::MAX).encode(),
        &[0],
        &call.encode(),
    ];
    node.state().pending.push(made_up.concat().encode());
    let sender = sender(&[&node]);
    let said = |read_at: u32| sender.acknowledge(1, vec![checkpoint(4)], read_at);
    assert!(matches!(said(100), Ok(SubmitOutcome::OnItsWay)));
    // 64 blocks, and 256 that it may be ahead.
    node.state().grow(400);
    assert!(matches!(said(420), Ok(SubmitOutcome::OnItsWay)));
    thread::sleep(Duration::from_millis(300));
    assert!(matches!(said(421), Ok(SubmitOutcome::OnItsWay)));
    until(|| sender.on_its_way().is_empty());
    assert!(matches!(said(421), Ok(SubmitOutcome::Sent { .. })));
}

/// Metadata with another index of a call.
fn other_index(metadata: Vec<u8>) -> Vec<u8> {
    use subxt::ext::frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
    let mut prefixed = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).expect("metadata");
    let RuntimeMetadata::V15(whole) = &mut prefixed.1 else {
        panic!("another version");
    };
    for it in &mut whole.types.types {
        if let scale_info::TypeDef::Variant(variants) = &mut it.ty.type_def {
            let mut all = variants.variants.iter_mut();
            if let Some(call) = all.find(|it| it.name == "acknowledge") {
                call.index = 3;
            }
        }
    }
    prefixed.encode()
}

/// An account signs nothing else than it means because metadata says that this is how it is said.
#[test]
fn metadata_that_exchanges_calls_gets_none() {
    let node = Node::start();
    node.state().other_metadata = Some(other_index);
    match hasty(&[&node]).acknowledge(1, vec![checkpoint(100)], 99) {
        Err(Error::Unsupported { what, reason }) => {
            assert_eq!(what, "call FatContracts.acknowledge");
            assert_eq!(reason, "it has the index 3, expected 16");
        }
        other => panic!("{other:?}"),
    }
    assert!(node.state().sent.is_empty());
}

/// What a caller knows by proof counts against what an endpoint says: of the chain, its runtime, its final block.
#[test]
fn nothing_is_signed_for_what_is_known_to_be_otherwise() {
    let node = Node::start();
    let compared = Hash::from(blake2_256(&fake::metadata::metadata(4)));
    let genesis = node.state().hash(0);
    let seen = ChainView {
        genesis: Some(genesis),
        metadata: Some(compared),
        ..100.into()
    };
    let other = Some(Hash::repeat_byte(1));
    for wrong in [
        ChainView {
            genesis: other,
            ..seen
        },
        ChainView {
            metadata: other,
            ..seen
        },
        // It would have to be at that block, or not far behind; nor are its blocks far ahead.
        ChainView { block: 200, ..seen },
    ] {
        let said = hasty(&[&node]).register_worker(wrong);
        let expected = match wrong.genesis == other {
            true => matches!(said, Err(Error::OtherChain { .. })),
            false => matches!(said, Err(Error::Unreachable { .. })),
        };
        assert!(expected, "{said:?}");
    }
    node.state().grow(300);
    let said = hasty(&[&node]).register_worker(seen);
    assert!(matches!(said, Err(Error::Unreachable { .. })), "{said:?}");
    assert!(node.state().sent.is_empty());
    let said = hasty(&[&node]).register_worker(ChainView { block: 400, ..seen });
    assert!(matches!(said, Ok(SubmitOutcome::Sent { .. })), "{said:?}");
}
