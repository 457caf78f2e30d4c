//! A node whose pool of transactions is full.

use crate::{
    chain,
    process::{Node, Start},
    programs::{said, until, Running},
    signing::{pair, submit, submit_for, sudo},
    world::World,
};
use fat_contracts_primitives::AccountId;
use pallet_fat_contracts::{Call, Event};
use parity_scale_codec::Encode;
use runtime_mock::{runtime::Runtime, RuntimeCall, RuntimeEvent, UNIT};
use serde_json::json;
use sp_core::Pair;

const FULL: &str = "its pool of transactions is full";

fn pending(world: &World) -> usize {
    let pending = world.node().ask("author_pendingExtrinsics", json!([]));
    pending.expect("an answer").as_array().map_or(0, Vec::len)
}

/// It is named, by a command and by a worker, nothing of it is lost or said twice, and the worker goes on following.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn what_a_full_pool_has_no_room_for_is_said_later() {
    let world = World::of(Node::start_sealing(Start {
        more: &["--pool-limit", "1"],
        ..Start::default()
    }));
    let dave = AccountId::new(pair("//Dave").public().0);
    let register = RuntimeCall::from(Call::<Runtime>::register_worker {
        worker: dave.clone(),
    });
    submit(world.node(), "//Alice", &sudo(&register.encode()));
    world.node().seal().expect("a block");
    until("room", || (pending(&world) == 0).then_some(()));

    // Somebody pays to be the first.
    let deposit = RuntimeCall::from(Call::<Runtime>::transfer_to_cluster {
        cluster: chain::CLUSTER,
        dest: AccountId::new(pair("//Bob").public().0),
        amount: UNIT,
        max_ordering_fee: UNIT,
    });
    submit_for(world.node(), "//Bob", &deposit.encode(), UNIT);
    let command = ["transfer", "//Charlie", "1u", "--from", "//Charlie"];
    let chain = ["--chain", world.url(), "--json"];
    let (status, told) = said(&[&command[..], &chain].concat());
    let error = told["error"].as_str().expect("an error");
    let expected = format!("has no room for transfer_to_cluster: {FULL}");
    assert!(status != 0 && error.contains(&expected), "{told}");
    assert!(error.contains("send it again later"), "{told}");

    let (base, options) = (world.path("worker"), ["--trust-node", "--from", "//Dave"]);
    let mut worker = Running::start(&base, world.url(), &options);
    worker.follows(2);
    worker.says(FULL);
    assert_eq!(pending(&world), 1);
    // There is room, and it says what it had to say.
    world.node().seal().expect("a block");
    until("the worker's word", || (pending(&world) == 1).then_some(()));
    world.node().seal().expect("a block");
    let last = chain::number(world.node());
    worker.follows(last.into());
    world.node().seal().expect("a block");
    worker.follows(u64::from(last) + 1);
    until("silence", || (pending(&world) == 0).then_some(()));
    let all = (1..=last + 1).flat_map(|block| chain::events(world.node(), block));
    let announced = RuntimeEvent::FatContracts(Event::EnginesAnnounced { worker: dave });
    assert_eq!(all.filter(|event| *event == announced).count(), 1);
    worker.stop();
}
