//! `key`: the directory that keys are in.

use super::super::{
    args::{KeyArgs, KeyCommand},
    failure::Failure,
    report::{hex0x, Report},
    values::ss58,
};
use fat_contracts_primitives::AccountId;
use pink_sender::{Keystore, KeystoreError};
use serde_json::{json, Value};
use std::io::{stdin, Read};
use zeroize::Zeroizing;

/// The longest secret that is read: a phrase of 24 words and a path.
const MAX_SECRET: u64 = 4_096;

pub(in super::super) fn run(args: &KeyArgs) -> Result<Report, Failure> {
    let path = args.keystore.as_deref().ok_or(Failure::NoKeystore)?;
    match args.command {
        KeyCommand::Generate => Ok(of(&Keystore::create(path)?.generate()?)),
        KeyCommand::Insert => {
            let secret = read()?;
            Ok(of(&Keystore::create(path)?.insert(secret.trim())?))
        }
        KeyCommand::List => {
            let accounts = Keystore::open(path)?.accounts()?;
            let keys: Vec<Value> = accounts.iter().map(|it| json!(ss58(it))).collect();
            Ok(Report::success().with("key", keys))
        }
    }
}

fn of(account: &AccountId) -> Report {
    Report {
        address: Some(ss58(account)),
        address_hex: Some(hex0x(account)),
        ..Report::success()
    }
}

fn read() -> Result<Zeroizing<String>, KeystoreError> {
    // As long as it can get, so that no copy is left behind by growing.
    let mut secret = Zeroizing::new(String::with_capacity(MAX_SECRET as usize + 1));
    let read = stdin().lock().take(MAX_SECRET).read_to_string(&mut secret);
    match read {
        Ok(_) => Ok(secret),
        Err(_) => Err(KeystoreError::NotASecret),
    }
}
