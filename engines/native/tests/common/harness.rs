//! A host as far as ink! contracts need one: a map for the storage.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub
)]

use pink_engine_executor::{Context, Host, Stop, Value};
use std::collections::BTreeMap;
use wasmparser::{Parser, Payload, TypeRef};

/// The functions that a module imports, by their numbers.
pub fn imported(code: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(code) {
        if let Payload::ImportSection(section) = payload.expect("valid code") {
            for import in section {
                let import = import.expect("valid");
                if let TypeRef::Func(_) = import.ty {
                    names.push(import.name.to_owned());
                }
            }
        }
    }
    names
}

/// What each function costs.
pub const GAS: u64 = 60;

#[derive(Clone, Copy, Debug)]
enum Function {
    Input,
    Return,
    Caller,
    Transferred,
    Get,
    Set,
    Hash,
    Event,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harness {
    functions: Vec<String>,
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
    pub input: Vec<u8>,
    pub returned: Option<(u32, Vec<u8>)>,
    pub events: Vec<Vec<u8>>,
    pub caller: [u8; 32],
}

/// A harness with its functions looked up, to be called many times.
#[derive(Clone, Debug)]
pub struct Serving {
    pub harness: Harness,
    /// How often it was asked.
    pub calls: u64,
    functions: Vec<Function>,
}

impl Harness {
    pub fn new(code: &[u8]) -> Self {
        Self {
            functions: imported(code),
            storage: BTreeMap::new(),
            input: Vec::new(),
            returned: None,
            events: Vec::new(),
            caller: [1; 32],
        }
    }

    pub fn serving(self) -> Serving {
        let functions = self.functions.iter().map(|name| match name.as_str() {
            "input" => Function::Input,
            "seal_return" => Function::Return,
            "caller" => Function::Caller,
            "value_transferred" => Function::Transferred,
            "get_storage" => Function::Get,
            "set_storage" => Function::Set,
            "hash_blake2_256" => Function::Hash,
            "deposit_event" => Function::Event,
            _ => Function::Other,
        });
        Serving {
            functions: functions.collect(),
            calls: 0,
            harness: self,
        }
    }
}

fn read(memory: &[u8], at: u32, len: u32) -> Result<&[u8], Stop> {
    let at = at as usize;
    memory.get(at..at + len as usize).ok_or(Stop)
}

fn write(memory: &mut [u8], at: u32, bytes: &[u8]) -> Result<(), Stop> {
    let at = at as usize;
    let target = memory.get_mut(at..at + bytes.len()).ok_or(Stop)?;
    target.copy_from_slice(bytes);
    Ok(())
}

/// Writes what fits where a length says how much does.
fn output(memory: &mut [u8], at: u32, len_at: u32, bytes: &[u8]) -> Result<(), Stop> {
    let room = read(memory, len_at, 4)?.try_into().map_err(|_| Stop)?;
    if (u32::from_le_bytes(room) as usize) < bytes.len() {
        return Err(Stop);
    }
    write(memory, at, bytes)?;
    write(memory, len_at, &(bytes.len() as u32).to_le_bytes())
}

impl Host for Serving {
    fn call(
        &mut self,
        import: u32,
        args: &[Value],
        context: &mut Context<'_>,
    ) -> Result<Option<Value>, Stop> {
        let function = self.functions.get(import as usize).ok_or(Stop)?;
        let mut narrow = [0; 5];
        for (to, arg) in narrow.iter_mut().zip(args) {
            if let Value::I32(value) = arg {
                *to = *value;
            }
        }
        let [a, b, c, d, _] = narrow;
        let (harness, memory) = (&mut self.harness, &mut *context.memory);
        self.calls += 1;
        context.gas = context.gas.saturating_sub(GAS);
        match function {
            Function::Input => output(memory, a, b, &harness.input)?,
            Function::Caller => output(memory, a, b, &harness.caller)?,
            Function::Transferred => output(memory, a, b, &[0; 16])?,
            Function::Return => {
                harness.returned = Some((a, read(memory, b, c)?.to_vec()));
                return Err(Stop);
            }
            Function::Get => {
                let Some(value) = harness.storage.get(read(memory, a, b)?) else {
                    return Ok(Some(Value::I32(3)));
                };
                output(memory, c, d, value)?;
                return Ok(Some(Value::I32(0)));
            }
            Function::Set => {
                let (key, value) = (read(memory, a, b)?.to_vec(), read(memory, c, d)?.to_vec());
                let old = harness.storage.insert(key, value);
                let old = old.map_or(u32::MAX, |old| old.len() as u32);
                return Ok(Some(Value::I32(old)));
            }
            Function::Hash => {
                let hash = super::hash(read(memory, a, b)?);
                write(memory, c, &hash)?;
            }
            Function::Event => harness.events.push(read(memory, c, d)?.to_vec()),
            Function::Other => return Err(Stop),
        }
        Ok(None)
    }

    fn more_gas(&mut self, _: u64) -> Option<u64> {
        None
    }
}

pub const ACCOUNTS: [[u8; 32]; 2] = [[1; 32], [2; 32]];

pub fn input(selector: [u8; 4], args: &[&[u8]]) -> Vec<u8> {
    let mut input = selector.to_vec();
    for arg in args {
        input.extend_from_slice(arg);
    }
    input
}

/// The calls of a contract: entry point and input.
pub fn flipper() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("deploy", input([0x9b, 0xae, 0x9d, 0x5e], &[&[1]])),
        ("call", input([0x2f, 0x86, 0x5b, 0xd9], &[])),
        ("call", input([0x63, 0x3a, 0xa5, 0x51], &[])),
        ("call", input([0x2f, 0x86, 0x5b, 0xd9], &[])),
        // A selector that there isn't.
        ("call", input([1, 2, 3, 4], &[])),
    ]
}

pub fn token() -> Vec<(&'static str, Vec<u8>)> {
    let amount = |units: u128| units.to_le_bytes();
    let [alice, bob] = ACCOUNTS;
    vec![
        (
            "deploy",
            input([0x9b, 0xae, 0x9d, 0x5e], &[&amount(1_000_000)]),
        ),
        (
            "call",
            input([0x84, 0xa1, 0x5d, 0xa1], &[&bob, &amount(77)]),
        ),
        ("call", input([0x0f, 0x75, 0x5a, 0x56], &[&bob])),
        ("call", input([0x68, 0x12, 0x66, 0xa0], &[&bob, &amount(9)])),
        ("call", input([0x6a, 0x00, 0x16, 0x5e], &[&alice, &bob])),
        ("call", input([0xdb, 0x63, 0x75, 0xa8], &[])),
        // More than there is.
        (
            "call",
            input([0x84, 0xa1, 0x5d, 0xa1], &[&bob, &amount(u128::MAX)]),
        ),
    ]
}
