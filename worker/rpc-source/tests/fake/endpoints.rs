//! Several endpoints, of which some stall, lag, drop, lie or serve another chain.

use crate::{support::Endpoint, world::*};
use pink_rpc_source::{Config, Limits, Mute, RpcSource, Signal};
use pink_worker_core::source::{ChainSource, Passing, SourceError, Standing};
use runtime_mock::Genesis;
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

#[test]
fn another_chain_is_refused_and_the_next_endpoint_asked() {
    let world = World::begin();
    let other = {
        let mock = Genesis::development()
            .endow(who("//Bob"), 5_000_000_000_000)
            .build();
        Arc::new(crate::support::fake::Fake::new(mock.expect("a genesis")))
    };
    other.idle(5);
    let wrong = Endpoint::start(other.clone());
    let genesis = Some(world.fake.with(|state| state.blocks[0].hash));
    let found_genesis = other.with(|state| state.blocks[0].hash);
    let alone = Config {
        genesis,
        ..config(&[&wrong])
    };
    match standing(source(alone).finalized()) {
        Standing::OtherChain {
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
        ..config(&[&wrong, &world.endpoint])
    };
    let source = source(both);
    assert_eq!(source.finalized().expect("the other one").number, 3);
    assert_eq!(source.genesis(), genesis);
}

#[test]
fn one_that_is_behind_is_passed_over_and_nothing_goes_back() {
    let world = World::begin();
    world.fake.idle(5);
    let source = world.source();
    assert_eq!(source.finalized().expect("honest").number, 8);
    world.fake.with(|state| state.finalized = Some(6));
    let error = source.finalized().expect_err("it went back");
    let text = error.to_string();
    assert!(
        matches!(
            error,
            SourceError::Passing(Passing::Behind {
                known: 8,
                found: 6,
                ..
            })
        ),
        "{text}"
    );
    assert_eq!(source.known().expect("a block").number, 8);
    world.fake.with(|state| state.finalized = None);
    world.fake.idle(1);
    assert_eq!(source.finalized().expect("honest").number, 9);

    // With another one beside it nobody notices.
    let late = Endpoint::start(world.fake.clone());
    late.lie(|method, _, answer| match method {
        "chain_getFinalizedHead" => Err(crate::support::refused("busy")),
        _ => answer,
    });
    let both = crate::world::source(config(&[&late, &world.endpoint]));
    assert_eq!(both.finalized().expect("the other one").number, 9);
}

#[test]
fn one_that_stalls_is_given_up_and_named() {
    let world = World::begin();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    world.endpoint.lie(move |method, _, answer| {
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
        ..world.config()
    };
    let error = source(config).finalized().expect_err("it stalls");
    drop(send);
    match error {
        SourceError::Passing(Passing::Unreachable {
            endpoint,
            what,
            reason,
        }) => {
            assert_eq!(
                (endpoint, what),
                (world.endpoint.url(), "state_getReadProof")
            );
            assert!(reason.contains("0.7 s"), "{reason}");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_connection_may_break_at_every_step() {
    let mut world = World::begin();
    world.fake.block(vec![deposit("//Bob")]);
    world.fake.idle(2);
    let source = world.source();
    let mut steps = 0;
    loop {
        let fresh = crate::world::source(world.config());
        let (left, drop) = (Arc::new(AtomicUsize::new(steps)), world.endpoint.dropper());
        let broke = left.clone();
        world.endpoint.lie(move |_, _, answer| {
            if left.fetch_sub(1, Ordering::SeqCst) == 0 {
                drop();
                return Err(crate::support::refused("gone"));
            }
            answer
        });
        let result = from_the_start(&fresh);
        world.endpoint.be_honest();
        if broke.load(Ordering::SeqCst) <= steps {
            // It had all that it needed.
            assert_eq!(result.expect("nothing broke"), [3, 4, 5, 6]);
            break;
        }
        let error = result.expect_err("the connection broke");
        assert!(error.passes(), "step {steps}: {error}");
        world.endpoint.listen();
        // The very same source goes on, and one that was connected before, too.
        assert_eq!(from_the_start(&fresh).expect("it is back"), [3, 4, 5, 6]);
        assert_eq!(from_the_start(&source).expect("it is back"), [3, 4, 5, 6]);
        steps += 1;
    }
    assert!(steps > 6, "{steps} steps");
}

#[test]
fn a_liar_is_left_alone_while_there_is_another_one() {
    let world = World::begin();
    let liar = Endpoint::start(world.fake.clone());
    liar.lie(|method, _, answer| match (method, answer) {
        ("state_getReadProof", Ok(mut answer)) => {
            answer["proof"] = serde_json::json!(["0x00"]);
            Ok(answer)
        }
        (_, answer) => answer,
    });
    let both = source(config(&[&liar, &world.endpoint]));
    assert_eq!(from_the_start(&both).expect("the other one"), [3]);
    assert!(liar.asked().len() > 1);
    world.fake.idle(1);
    assert_eq!(from_the_start(&both).expect("the other one"), [3, 4]);
    assert_eq!(liar.asked(), Vec::<String>::new());
}

#[test]
fn an_answer_that_is_too_long_ends_the_connection_and_nothing_else() {
    let world = World::begin();
    world
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
        ..world.config()
    };
    let source = source(config);
    let error = source
        .system_code(&Default::default())
        .expect_err("it is too long");
    assert!(error.passes(), "{error}");
    world.endpoint.be_honest();
}

#[test]
fn a_stop_ends_every_wait() {
    let world = World::begin();
    let signal = Signal::new();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let stop = signal.clone();
    world.endpoint.lie(move |_, _, answer| {
        stop.stop();
        let _ = receive.recv();
        answer
    });
    let source = RpcSource::new(world.config(), Box::new(Mute::new()), signal).expect("a thread");
    let error = source.finalized().expect_err("it stops");
    drop(send);
    assert!(error.to_string().contains("this worker stops"), "{error}");
    let again = source.finalized().expect_err("it stopped");
    assert!(again.to_string().contains("this worker stops"), "{again}");
}

#[test]
fn an_old_state_is_read_anew_in_a_newer_one() {
    let world = World::begin();
    let source = world.source();
    source.finalized().expect("honest");
    world.fake.idle(9);
    world.fake.with(|state| state.oldest_state = 7);
    // It isn't told of the newer block but by the state's being gone.
    assert_eq!(
        source.system_code(&Default::default()).expect("honest"),
        None
    );
    assert_eq!(source.known().expect("a block").number, 12);
}
