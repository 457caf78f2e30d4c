//! What several tests need: the committed contracts, and accounts as a chain's users write them.

#![allow(dead_code)] // each test takes some of it

use blake2::{Blake2b512, Digest};
use parity_scale_codec::Encode;
use pink_contract_metadata::{Accounts, Metadata, TypeError};
use scale_info::{MetaType, PortableRegistry, Registry, TypeInfo};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// `//Alice`, from the list of well-known keys of Substrate.
pub(crate) const ALICE: [u8; 32] = [
    0xd4, 0x35, 0x93, 0xc7, 0x15, 0xfd, 0xd3, 0x1c, 0x61, 0x14, 0x1a, 0xbd, 0x04, 0xa9, 0x9f, 0xd6,
    0x82, 0x2c, 0x85, 0x58, 0x85, 0x4c, 0xcd, 0xe3, 0x9a, 0x56, 0x84, 0xe7, 0xa5, 0x6d, 0xa2, 0x7d,
];

/// Her address in the generic form of Substrate.
pub(crate) const ALICE_SS58: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// A test's accounts: `//Alice` by name, everybody by SS58, as its specification has it.
pub(crate) struct Ss58;

impl Accounts for Ss58 {
    fn forms(&self) -> &'static str {
        "an account"
    }

    fn read(&self, text: &str) -> Result<[u8; 32], TypeError> {
        match text {
            "//Alice" => Ok(ALICE),
            _ => read_ss58(text).ok_or_else(|| TypeError {
                expected: self.forms().into(),
                found: text.into(),
            }),
        }
    }

    fn write(&self, account: &[u8; 32]) -> String {
        let mut bytes = [&[42], &account[..]].concat();
        let sum = Blake2b512::digest([b"SS58PRE", &bytes[..]].concat());
        bytes.extend(&sum[..2]);
        base58(&bytes)
    }
}

const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Long division by 58. No address begins with a zero byte.
fn base58(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut digits = Vec::new();
    while number.iter().any(|byte| *byte > 0) {
        let mut rest = 0u32;
        for byte in &mut number {
            rest = (rest << 8) + u32::from(*byte);
            *byte = (rest / 58) as u8;
            rest %= 58;
        }
        digits.push(DIGITS[rest as usize]);
    }
    digits.reverse();
    String::from_utf8(digits).unwrap()
}

fn read_ss58(text: &str) -> Option<[u8; 32]> {
    let mut number = [0u8; 35];
    for digit in text.bytes() {
        let mut carry = DIGITS.iter().position(|it| *it == digit)? as u32;
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    let account = number[1..33].try_into().unwrap();
    (Ss58.write(&account) == text).then_some(account)
}

/// The committed contracts.
pub(crate) fn artifacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts")
}

/// All `.contract` files, by name, in order.
pub(crate) fn bundles() -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(artifacts()).unwrap();
    let mut files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "contract"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.len() > 5);
    files
}

/// One of them.
pub(crate) fn bundle(name: &str) -> Vec<u8> {
    std::fs::read(artifacts().join(name).with_extension("contract")).unwrap()
}

/// Metadata of ink! 5 with these types, and a message `take(value: the type)` that returns the type.
pub(crate) fn metadata_json(types: &Value, ty: u32) -> Value {
    let of = json!({ "type": ty, "displayName": [] });
    json!({
        "version": 5,
        "types": types,
        "spec": {
            "constructors": [],
            "events": [],
            "messages": [{
                "label": "take",
                "selector": "0x00000001",
                "payable": false,
                "args": [{ "label": "value", "type": of }],
                "returnType": of,
            }],
        },
    })
}

/// The same of a type of Rust.
pub(crate) fn metadata_of<T: TypeInfo + 'static>() -> (Metadata, u32) {
    let mut registry = Registry::new();
    let id = registry.register_type(&MetaType::new::<T>()).id;
    let types = PortableRegistry::from(registry).types;
    let json = metadata_json(&serde_json::to_value(types).unwrap(), id);
    (Metadata::parse(json.to_string().as_bytes()).unwrap(), id)
}

/// What a contract that returns a value returns.
pub(crate) fn bytes_of(value: &impl Encode) -> Vec<u8> {
    value.encode()
}
