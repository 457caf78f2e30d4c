//! Several endpoints, of which some stall, lag, drop, lie or serve another chain.

use crate::{
    harness::*,
    support::{refused, Endpoint},
};
use pink_rpc_source::{Config, Limits, Observed, Observer, Requested, RpcSource, Signal};
use pink_worker_core::source::{ChainSource, PermanentError, SourceError, TransientError};
use runtime_mock::{runtime::Runtime, Extrinsic, Genesis, UNIT};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};

#[test]
fn another_chain_is_refused_and_the_next_endpoint_asked() {
    let harness = Harness::begin();
    let other = {
        let mock = Genesis::development()
            .endow(who("//Bob"), 5_000_000_000_000)
            .build();
        Arc::new(crate::support::fake::Fake::new(mock.expect("a genesis")))
    };
    other.idle(5);
    let wrong = Endpoint::start(other.clone());
    let genesis = Some(harness.fake.with(|state| state.blocks[0].hash));
    let found_genesis = other.with(|state| state.blocks[0].hash);
    let alone = Config {
        genesis,
        ..config(&[&wrong])
    };
    match standing(source(alone).finalized()) {
        PermanentError::OtherChain {
            endpoint,
            expected,
            found,
        } => assert_eq!(
            (endpoint, Some(expected), found),
            (wrong.url(), genesis, found_genesis)
        ),
        other => panic!("{other}"),
    }
    let both = Config {
        genesis,
        ..config(&[&wrong, &harness.endpoint])
    };
    let source = source(both);
    assert_eq!(source.finalized().expect("the other one").number, 3);
    assert_eq!(source.genesis(), genesis);
}

#[test]
fn one_that_is_behind_is_passed_over_and_nothing_goes_back() {
    let harness = Harness::begin();
    harness.fake.idle(5);
    let source = harness.source();
    assert_eq!(source.finalized().expect("honest").number, 8);
    harness.fake.with(|state| state.finalized = Some(6));
    let error = source.finalized().expect_err("it went back");
    let text = error.to_string();
    assert!(
        matches!(
            error,
            SourceError::Transient(TransientError::Behind {
                known: 8,
                found: 6,
                ..
            })
        ),
        "{text}"
    );
    assert_eq!(source.known().expect("a block").number, 8);
    harness.fake.with(|state| state.finalized = None);
    harness.fake.idle(1);
    assert_eq!(source.finalized().expect("honest").number, 9);

    // With another one beside it nobody notices.
    let late = Endpoint::start(harness.fake.clone());
    late.lie(|method, _, answer| match method {
        "chain_getFinalizedHead" => Err(crate::support::refused("busy")),
        _ => answer,
    });
    let both = crate::harness::source(config(&[&late, &harness.endpoint]));
    assert_eq!(both.finalized().expect("the other one").number, 9);
}

#[test]
fn one_that_stalls_is_given_up_and_named() {
    let harness = Harness::begin();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    harness.endpoint.lie(move |method, _, answer| {
        if method == "state_getReadProof" {
            // Until the test is over.
            let _ = receive.recv();
        }
        answer
    });
    let config = Config {
        limits: Limits {
            call: Duration::from_millis(700),
            ..Limits::default()
        },
        ..harness.config()
    };
    let error = source(config).finalized().expect_err("it stalls");
    drop(send);
    match error {
        SourceError::Transient(TransientError::Unreachable {
            endpoint,
            what,
            reason,
        }) => {
            assert_eq!(
                (endpoint, what),
                (harness.endpoint.url(), "state_getReadProof")
            );
            assert!(reason.contains("0.7 s"), "{reason}");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_connection_may_break_at_every_step() {
    let mut harness = Harness::begin();
    harness.fake.block(vec![deposit("//Bob")]);
    harness.fake.idle(2);
    let source = harness.source();
    let mut steps = 0;
    loop {
        let fresh = crate::harness::source(harness.config());
        let (left, drop) = (
            Arc::new(AtomicUsize::new(steps)),
            harness.endpoint.dropper(),
        );
        let broke = left.clone();
        harness.endpoint.lie(move |_, _, answer| {
            if left.fetch_sub(1, Ordering::SeqCst) == 0 {
                drop();
                return Err(crate::support::refused("gone"));
            }
            answer
        });
        let result = from_the_start(&fresh);
        harness.endpoint.be_honest();
        if broke.load(Ordering::SeqCst) <= steps {
            // It had all that it needed.
            assert_eq!(result.expect("nothing broke"), [3, 4, 5, 6]);
            break;
        }
        let error = result.expect_err("the connection broke");
        assert!(error.is_transient(), "step {steps}: {error}");
        harness.endpoint.listen();
        // The very same source goes on, and one that was connected before, too.
        assert_eq!(from_the_start(&fresh).expect("it is back"), [3, 4, 5, 6]);
        assert_eq!(from_the_start(&source).expect("it is back"), [3, 4, 5, 6]);
        steps += 1;
    }
    assert!(steps > 6, "{steps} steps");
}

#[test]
fn a_liar_is_left_alone_while_there_is_another_one() {
    let harness = Harness::begin();
    let liar = Endpoint::start(harness.fake.clone());
    liar.lie(|method, _, answer| match (method, answer) {
        ("state_getReadProof", Ok(mut answer)) => {
            answer["proof"] = serde_json::json!(["0x00"]);
            Ok(answer)
        }
        (_, answer) => answer,
    });
    let both = source(config(&[&liar, &harness.endpoint]));
    assert_eq!(from_the_start(&both).expect("the other one"), [3]);
    assert!(liar.asked().len() > 1);
    harness.fake.idle(1);
    assert_eq!(from_the_start(&both).expect("the other one"), [3, 4]);
    assert_eq!(liar.asked(), Vec::<String>::new());
}

#[test]
fn an_answer_that_is_too_long_ends_the_connection_and_nothing_else() {
    let harness = Harness::begin();
    harness
        .endpoint
        .lie(|method, _, answer| match (method, answer) {
            ("state_getReadProof", Ok(mut answer)) => {
                answer["more"] = "x".repeat(300_000).into();
                Ok(answer)
            }
            (_, answer) => answer,
        });
    let config = Config {
        limits: Limits {
            answer_bytes: 200_000,
            ..Limits::default()
        },
        trust_node: true,
        ..harness.config()
    };
    let source = source(config);
    let error = source
        .system_code(&Default::default())
        .expect_err("it is too long");
    assert!(error.is_transient(), "{error}");
    harness.endpoint.be_honest();
}

#[test]
fn a_stop_ends_every_wait() {
    let harness = Harness::begin();
    let signal = Signal::new();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let stop = signal.clone();
    harness.endpoint.lie(move |_, _, answer| {
        stop.stop();
        let _ = receive.recv();
        answer
    });
    let source = RpcSource::new(harness.config(), signal).expect("a thread");
    let error = source.finalized().expect_err("it stops");
    drop(send);
    assert!(error.to_string().contains("this worker stops"), "{error}");
    let again = source.finalized().expect_err("it stopped");
    assert!(again.to_string().contains("this worker stops"), "{again}");
}

#[test]
fn an_old_state_is_read_anew_in_a_newer_one() {
    let harness = Harness::begin();
    let source = harness.source();
    source.finalized().expect("honest");
    harness.fake.idle(9);
    harness.fake.with(|state| state.oldest_state = 7);
    // It isn't told of the newer block but by the state's being gone.
    assert_eq!(
        source.system_code(&Default::default()).expect("honest"),
        None
    );
    assert_eq!(source.known().expect("a block").number, 12);
}

/// Notes what it is told.
#[derive(Debug, Default)]
struct Noted {
    ended: Mutex<BTreeMap<(usize, &'static str), usize>>,
    disbelieved: Mutex<Vec<usize>>,
}

impl Observer for Noted {
    fn requested(&self, endpoint: usize, ended: Requested, count: usize) {
        let ended = match ended {
            Requested::Answered => "answered",
            Requested::Refused => "refused",
            Requested::Failed => "failed",
        };
        *self
            .ended
            .lock()
            .unwrap()
            .entry((endpoint, ended))
            .or_default() += count;
    }

    fn disbelieved(&self, endpoint: usize) {
        self.disbelieved.lock().unwrap().push(endpoint);
    }
}

/// What the observer is told is what the endpoints counted themselves.
#[test]
fn each_request_is_told_of_with_how_it_ended() {
    let harness = Harness::begin();
    let liar = Endpoint::start(harness.fake.clone());
    liar.lie(|method, _, answer| match (method, answer) {
        ("state_getReadProof", Ok(mut answer)) => {
            answer["proof"].as_array_mut().expect("a list").pop();
            Ok(answer)
        }
        ("chain_getHeader", Ok(_)) => Err(refused("UnknownBlock")),
        (_, answer) => answer,
    });
    let noted = Arc::new(Noted::default());
    // Nobody listens at port 1.
    let mut all = config(&[&liar, &harness.endpoint]);
    all.endpoints.insert(0, "ws://127.0.0.1:1".into());
    all.observed = Observed(noted.clone());
    let source = source(all);
    let cluster = source.has_cluster(1);
    assert!(cluster.expect("the third one is honest"));
    let ended = noted.ended.lock().unwrap().clone();
    let count = |endpoint: usize, how: &'static str| ended.get(&(endpoint, how)).copied();
    assert_eq!(count(0, "answered"), None, "{ended:?}");
    assert!(count(0, "failed") > Some(0), "{ended:?}");
    for (at, endpoint) in [(1, &liar), (2, &harness.endpoint)] {
        let told = count(at, "answered").unwrap_or(0) + count(at, "refused").unwrap_or(0);
        assert_eq!(told, endpoint.asked().len(), "{at}: {ended:?}");
        assert_eq!(count(at, "failed"), None, "{ended:?}");
    }
    assert!(count(1, "refused") > Some(0), "{ended:?}");
    assert_eq!(count(2, "refused"), None, "{ended:?}");
    // A refusal is nothing to disbelieve; a wrong proof is.
    assert_eq!(*noted.disbelieved.lock().unwrap(), Vec::<usize>::new());
    liar.lie(|method, _, answer| match (method, answer) {
        ("state_getReadProof", Ok(mut answer)) => {
            answer["proof"].as_array_mut().expect("a list").pop();
            Ok(answer)
        }
        (_, answer) => answer,
    });
    let mut two = config(&[&liar, &harness.endpoint]);
    two.observed = Observed(noted.clone());
    let source = crate::harness::source(two);
    assert!(source.has_cluster(1).expect("the second one is honest"));
    assert_eq!(*noted.disbelieved.lock().unwrap(), [0]);
}

/// The balance is the pallet's, and of a block it is asked for once.
#[test]
fn what_there_is_for_fees_is_read_once_a_block() {
    let harness = Harness::begin();
    // Who says nothing has nobody's account.
    let nobody = fat_contracts_primitives::AccountId::new([0; 32]);
    let give = |amount: u128| {
        let give = pallet_balances::Call::<Runtime>::transfer_keep_alive {
            dest: nobody.clone().into(),
            value: amount,
        };
        let block = harness
            .fake
            .block(vec![Extrinsic::signed(who("//Bob"), give)]);
        assert!(block.applied.iter().all(|it| it.result.is_ok()));
    };
    give(5 * UNIT);
    let balance = || harness.fake.with(|state| state.mock.balance(&nobody));
    let source = RpcSource::new(config(&[&harness.endpoint]), Signal::new());
    let source = source.expect("a thread");
    assert_eq!(source.known_fee_balance(), None);
    source.finalized().expect("honest");
    assert_eq!(source.fee_balance().expect("honest"), Some(balance()));
    assert!(balance() > 0);
    harness.endpoint.asked();
    assert_eq!(source.fee_balance().expect("known"), Some(balance()));
    assert_eq!(source.known_fee_balance(), Some(balance()));
    assert_eq!(harness.endpoint.asked(), Vec::<String>::new());
    let before = balance();
    give(UNIT);
    source.finalized().expect("honest");
    assert_eq!(source.known_fee_balance(), Some(before));
    assert_eq!(source.fee_balance().expect("honest"), Some(balance()));
    assert!(balance() > before);
}
