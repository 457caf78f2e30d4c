//! What contracts say reaches whoever listens, with everything that there is to know about it.

use crate::harness::{address, input, Harness};
use pink_devchain::{owner, BLOCK_MS};
use pink_worker_core::logs::{
    Delivery, ExecMode, LogSink, LogStream, Record, Subscriber, SystemMessage,
};
use std::sync::{Arc, Mutex};

fn stream(harness: &Harness) -> LogStream {
    let logs = harness.node.worker().handle().logs();
    logs.expect("a stream").clone()
}

fn messages(log: &mut Subscriber) -> Vec<SystemMessage> {
    let mut messages = Vec::new();
    while let Some(delivery) = log.try_next() {
        match delivery {
            Delivery::Record(record) => {
                // As it goes over a wire.
                let bytes = record.to_bytes();
                let (again, rest) = Record::from_bytes(&bytes).expect("a record");
                assert_eq!((&again, rest.len()), (&*record, 0));
                messages.push(again.message);
            }
            Delivery::Lost(records) => panic!("{records} are lost"),
        }
    }
    messages
}

#[test]
fn a_transaction_s_lines_output_and_events() {
    let mut harness = Harness::new("");
    let mut log = stream(&harness).subscribe();
    let done = harness
        .try_send(address(), &input("talk", 2u32))
        .expect("executed");
    let now_ms = harness.node.chain().head().now_ms;
    assert_eq!(now_ms % BLOCK_MS, 0);
    let line = SystemMessage::PinkLog {
        block_number: done.block,
        contract: address(),
        entry: address(),
        exec_mode: ExecMode::Transaction,
        timestamp_ms: now_ms,
        level: 3,
        message: "a line".into(),
    };
    let said = messages(&mut log);
    assert_eq!(said[..2], [line.clone(), line]);
    let output = SystemMessage::PinkMessageOutput {
        block_number: done.block,
        origin: owner().into(),
        contract: address(),
        nonce: done.receipt.seq.to_be_bytes().to_vec(),
        output: done.receipt.receipt.output.clone(),
    };
    assert_eq!(said.last(), Some(&output));
    assert_eq!(done.log.len(), 2);
    assert_eq!(done.log[0].entry, Some(address()));

    let cache = input("order", (5u8, 2u8, b"key".to_vec()));
    let done = harness.try_send(address(), &cache).expect("executed");
    let event = messages(&mut log).into_iter().next().expect("an event");
    let SystemMessage::PinkEvent {
        block_number,
        contract,
        topics,
        payload,
    } = event
    else {
        panic!("{event:?}");
    };
    assert_eq!((block_number, contract), (done.block, address()));
    assert_eq!(topics, [pink_capi::pink::TOPIC]);
    assert_eq!(payload[..2], [5, 2]);
}

#[test]
fn a_query_s_lines_say_that_they_are_a_query_s() {
    let harness = Harness::new("");
    let mut log = stream(&harness).subscribe();
    let answer = harness.query(&input("talk", 1u32));
    harness.estimate(&input("talk", 1u32));
    let modes: Vec<_> = messages(&mut log)
        .into_iter()
        .map(|message| match message {
            SystemMessage::PinkLog {
                block_number,
                entry,
                exec_mode,
                timestamp_ms,
                message,
                ..
            } => {
                assert_eq!((block_number, entry), (answer.block, address()));
                assert_eq!(message, "a line");
                assert!(timestamp_ms > 1_700_000_000_000);
                exec_mode
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(modes, [ExecMode::Query, ExecMode::Estimating]);
    assert_eq!(answer.log[0].text, "a line");
}

/// Counts what it is given.
struct Counts(Arc<Mutex<(u64, u64)>>);

impl LogSink for Counts {
    fn accept(&mut self, _: &Record) {
        self.0.lock().unwrap().0 += 1;
    }

    fn lost(&mut self, records: u64) {
        self.0.lock().unwrap().1 += records;
    }
}

#[test]
fn many_lines_are_bounded_in_a_call_and_in_the_stream() {
    let mut harness = Harness::new("[log]\nmax_records = 100\n");
    let logs = stream(&harness);
    let mut slow = logs.subscribe();
    let counted = Arc::new(Mutex::new((0, 0)));
    let attached = logs.attach(Counts(counted.clone())).expect("a thread");
    let done = harness
        .try_send(address(), &input("talk", 2_000u32))
        .expect("executed");
    // The call's own bound, and the line that says so.
    assert_eq!(done.log.len(), 1_025);
    assert_eq!(done.log[1_024].text, "976 more lines are lost");
    drop(attached);
    let (given, lost) = *counted.lock().unwrap();
    assert_eq!(given + lost, 1_026);
    assert_eq!(slow.try_next(), Some(Delivery::Lost(926)));
    assert_eq!(logs.dropped(), 926);
}
