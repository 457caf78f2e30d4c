//! What may be said, and under which nonce, in every order of events.

use super::*;
use fat_contracts_primitives::Hash;

fn topic(n: u8) -> Topic {
    Topic::Other(Hash::repeat_byte(n))
}

fn go(begin: Begin) -> u64 {
    match begin {
        Begin::Go { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_topic_is_said_once_until_the_caller_has_seen_it() {
    let mut table = Table::default();
    let topics = [topic(1), topic(2)];
    let id = go(table.begin(&topics, &(10).into()));
    assert!(matches!(
        table.begin(&topics, &(10).into()),
        Begin::OnItsWay
    ));
    assert!(matches!(
        table.begin(&topics[1..], &(10).into()),
        Begin::OnItsWay
    ));
    assert_eq!(table.covered(&[topic(1), topic(2), topic(3)], 10), 2);
    assert_eq!(table.covered(&[topic(3), topic(1)], 10), 0);
    table.done(id, 15);
    assert!(table.on_its_way().is_empty());
    assert!(matches!(table.begin(&topics, &(14).into()), Begin::Known));
    assert_eq!(table.covered(&topics, 14), 2);
    assert_eq!(table.covered(&topics, 15), 0);
    // The caller knows block 15, and still it is to be said.
    go(table.begin(&topics, &(15).into()));
    assert_eq!(table.on_its_way(), topics);
}

#[test]
fn what_is_refused_is_held_back_for_longer_each_time() {
    let mut table = Table::default();
    let refused = |block: u32| Error::Refused {
        call: "acknowledge",
        error: "FatContracts::NotMember".into(),
        block,
        fee: Some(1),
    };
    let mut block = 100;
    // 2^0, 2^1, …, and never more than 2^6.
    for pause in [1, 2, 4, 8, 16, 32, 64, 64] {
        let id = go(table.begin(&[topic(1)], &(block).into()));
        table.failed(id, &refused(block));
        let last = block + pause - 1;
        assert!(
            matches!(table.begin(&[topic(1)], &(last).into()), Begin::Refused(_)),
            "{pause}"
        );
        // Others aren't.
        let other = go(table.begin(&[topic(2)], &(last).into()));
        table.done(other, last);
        block += pause;
    }
    let id = go(table.begin(&[topic(1)], &(block).into()));
    table.done(id, block + 1);
    let id = go(table.begin(&[topic(1)], &(block + 1).into()));
    table.failed(id, &refused(block + 2));
    go(table.begin(&[topic(1)], &(block + 3).into()));
}

#[test]
fn what_failed_on_its_way_can_be_said_at_once() {
    let mut table = Table::default();
    let id = go(table.begin(&[topic(1)], &(1).into()));
    let dropped = Error::Dropped {
        call: "acknowledge",
        attempts: 8,
    };
    table.failed(id, &dropped);
    go(table.begin(&[topic(1)], &(1).into()));
}

#[test]
fn nonces_are_used_once_and_gaps_are_filled() {
    let mut table = Table::default();
    assert_eq!((table.claim(5), table.claim(5), table.claim(5)), (5, 6, 7));
    table.release(6);
    assert_eq!(table.claim(5), 6);
    assert_eq!(table.claim(8), 8);
}

/// Which block has something is told by an endpoint that proves nothing. One of a far future would silence
/// the caller for as long.
#[test]
fn a_block_of_the_far_future_silences_nobody() {
    let mut table = Table::default();
    let id = go(table.begin(&[topic(1)], &(100).into()));
    table.done(id, BlockNumber::MAX);
    assert!(matches!(
        table.begin(&[topic(1)], &(101).into()),
        Begin::Known
    ));
    go(table.begin(&[topic(1)], &(100 + MOST_AHEAD).into()));
    let id = go(table.begin(&[topic(2)], &(100 + MOST_AHEAD).into()));
    let refused = Error::Refused {
        call: "acknowledge",
        error: "FatContracts::NotMember".into(),
        block: BlockNumber::MAX,
        fee: None,
    };
    table.failed(id, &refused);
    go(table.begin(&[topic(2)], &(101 + 2 * MOST_AHEAD).into()));
}

fn signed(nonce: u64, until: BlockNumber) -> Signed {
    Signed {
        hash: Hash::zero(),
        bytes: [][..].into(),
        nonce: Some(nonce),
        until,
    }
}

fn nonce_of(begin: Begin) -> Option<u64> {
    match begin {
        Begin::Go { nonce, .. } => nonce,
        other => panic!("{other:?}"),
    }
}

/// Whoever hides that something was taken, or keeps what it refused, would have it said twice.
#[test]
fn what_was_signed_is_signed_again_under_its_own_nonce_until_it_is_over() {
    let dropped = Error::Dropped {
        call: "acknowledge",
        attempts: 1,
    };
    let seen = |block, nonce| ChainView {
        block,
        nonce,
        ..ChainView::default()
    };
    // Held until block 163, or until nonce 7 is used up, by proof.
    for (then, free) in [
        (seen(163, None), false),
        (seen(164, None), true),
        (seen(101, Some(7)), false),
        (seen(101, Some(8)), true),
    ] {
        let mut table = Table::default();
        let id = go(table.begin(&[topic(1), topic(2)], &100.into()));
        table.hold(id, &[signed(7, 150), signed(7, 163)]);
        table.failed(id, &dropped);
        // Any part of it.
        let nonce = nonce_of(table.begin(&[topic(2), topic(3)], &then));
        assert_eq!(nonce, (!free).then_some(7), "{then:?}");
    }
    let mut table = Table::default();
    for (n, nonce) in [(1, 7), (2, 8)] {
        let id = go(table.begin(&[topic(n)], &100.into()));
        table.hold(id, &[signed(nonce, 163)]);
        table.failed(id, &dropped);
    }
    let both = [topic(1), topic(2)];
    assert!(matches!(table.begin(&both, &100.into()), Begin::OnItsWay));
    assert_eq!(nonce_of(table.begin(&both, &seen(100, Some(8)))), Some(8));
}

/// One that is on its way isn't said with others.
#[test]
fn nothing_is_said_with_what_is_on_its_way() {
    let mut table = Table::default();
    go(table.begin(&[topic(2)], &10.into()));
    let begin = table.begin(&[topic(1), topic(2)], &10.into());
    assert!(matches!(begin, Begin::OnItsWay));
}

/// Nobody had the money for either, so both were signed under the first nonce. When there is money, one of them is sent.
#[test]
fn nothing_takes_the_nonce_of_what_is_on_its_way() {
    let mut table = Table::default();
    let poor = Error::Underfunded {
        account: [1; 32].into(),
        call: "anything",
        free: None,
    };
    let seen = |nonce| ChainView {
        block: 100,
        nonce: Some(nonce),
        ..ChainView::default()
    };
    for n in [1, 2] {
        let id = go(table.begin(&[topic(n)], &seen(7)));
        assert_eq!(table.claim(7), 7);
        table.release(7);
        table.hold(id, &[signed(7, 163)]);
        table.failed(id, &poor);
    }
    let begin = table.begin(&[topic(1)], &seen(7));
    assert_eq!(nonce_of(begin), Some(7));
    table.reclaim(7);
    let other = |table: &mut Table, nonce| table.begin(&[topic(2)], &seen(nonce));
    assert!(matches!(other(&mut table, 7), Begin::Waits));
    // It isn't taken down as on its way: it is said again, and has another one when that one is used up.
    assert_eq!(table.on_its_way(), [topic(1)]);
    assert_eq!(nonce_of(other(&mut table, 8)), None);
}
