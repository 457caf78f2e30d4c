//! Look-ups of names: where they lead, when they end, and that nobody waits for somebody else's.

use crate::{
    harness::{input, returned, Harness},
    nameserver::Nameserver,
    server::Server,
};
use parity_scale_codec::Encode;
use pink_capi::types::HttpRequest;
use pink_devchain::owner;
use pink_worker_core::query::{InkMessage, QueryError, QueryOptions, Running};

fn harness(nameserver: &Nameserver, more: &str) -> Harness {
    Harness::new(&format!(
        "[http]\nallow_networks = [\"127.0.0.1/32\"]\nnameservers = [\"{}\"]\n{more}",
        nameserver.at
    ))
}

fn get(harness: &Harness, url: &str) -> (u16, String) {
    returned(&harness.query(&input("get", url)).receipt)
}

#[test]
fn a_name_leads_to_what_may_be_reached() {
    let server = Server::start();
    let nameserver = Nameserver::start(&[
        ("web.example", [127, 0, 0, 1]),
        ("inside.example", [127, 0, 0, 2]),
    ]);
    let harness = harness(&nameserver, "");
    let hello = (200, "hello".to_owned());
    assert_eq!(get(&harness, &server.at("web.example", "/hello")), hello);
    let refused = (524, "NotAllowed".to_owned());
    assert_eq!(
        get(&harness, &server.at("inside.example", "/hello")),
        refused
    );
}

#[test]
fn a_silent_nameserver_ends_a_look_up_and_nothing_else() {
    let server = Server::start();
    let nameserver = Nameserver::start(&[]);
    let harness = harness(&nameserver, "lookup_timeout_ms = 100\n");
    for _ in 0..3 {
        let late = (524, "Timeout".to_owned());
        assert_eq!(get(&harness, "http://nobody.example/"), late);
    }
    assert_eq!(
        get(&harness, &server.url("/hello")),
        (200, "hello".to_owned())
    );
}

/// One contract asks for as many names that nobody answers for as there are threads for requests;
/// another goes on meanwhile.
#[test]
fn names_that_nobody_knows_are_their_contract_s_trouble() {
    let server = Server::start();
    let nameserver = Nameserver::start(&[]);
    let hour = "max_parallel = 12\ntimeout_ms = 3600000\nlookup_timeout_ms = 3600000\n\n[query]\ntimeout_ms = 3600000\n";
    let harness = harness(&nameserver, hour);
    let queries = harness.node.queries();
    // Three queries of four requests each, so that there is a thread for the other's query.
    let ask = |query: usize| -> Running {
        let requests: Vec<_> = (0..4)
            .map(|name| HttpRequest {
                url: format!("http://q{query}n{name}.example/"),
                method: "GET".into(),
                headers: Vec::new(),
                body: Vec::new(),
            })
            .collect();
        let message = InkMessage {
            payload: input("ask", (22u16, (requests, 3_600_000u64).encode())),
            ..InkMessage::default()
        };
        let (from, options) = (owner().into(), QueryOptions::default());
        let begun = queries.start(from, harness.contract, message, options);
        begun.expect("it begins")
    };
    let running: Vec<_> = (0..3).map(ask).collect();
    nameserver.wait_for(4);
    let message = InkMessage {
        payload: input("get", server.url("/hello")),
        ..InkMessage::default()
    };
    let (from, options) = (owner().into(), QueryOptions::default());
    let answer = queries.query(from, harness.system, message, options);
    let answer: (u16, String) = returned(&answer.expect("an answer").receipt);
    assert_eq!(answer, (200, "hello".to_owned()));
    for running in running {
        running.canceller().cancel();
        assert!(matches!(running.wait(), Err(QueryError::Cancelled)));
    }
}
