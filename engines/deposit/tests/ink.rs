//! Real ink! 5 contracts, from upload to receipt.

mod common;

use common::*;
use pink_engine_sdk::types::*;

#[test]
fn a_flipper_flips() {
    let mut chain = Chain::new();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let get = chain.query(flipper, &message("get", ()));
    assert_eq!(get.outcome, Outcome::Success, "{get:?}");
    assert_eq!(get.output, [0, 1]);
    let flip = chain.call(flipper, &message("flip", ()));
    assert_eq!(flip.outcome, Outcome::Success, "{flip:?}");
    println!("flip {:?} {:?}", flip.gas_consumed, flip.gas_required);
    let get = chain.query(flipper, &message("get", ()));
    assert_eq!(get.output, [0, 0]);
}
#[test]
fn token() {
    let mut chain = Chain::new();
    let token = chain.make(&artefact("token"), &message("new", 1000u128));
    let r = chain.call(token, &message("transfer", (BOB, 30u128)));
    println!("{r:#?}");
    let r = chain.query(token, &message("balance_of", BOB));
    println!("{:?}", r.output);
}
