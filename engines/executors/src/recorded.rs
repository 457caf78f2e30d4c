//! What another implementation made of the programs: `data/recorded.bin`, written by
//! `engines/oracle`.
//!
//! For each seed from 0 on: 8 bytes of BLAKE2b-256 of the module, then for each call a byte for
//! how it ended and, after a value, 8 bytes of it (little-endian), then 8 bytes of BLAKE2b-256 of
//! the memory at the end.

use crate::programs::{self, Program, Value};

/// How many programs were recorded.
pub const PROGRAMS: u64 = 2_000;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// With a value.
    Value(Value),
    /// Without one.
    Nothing,
    /// It couldn't go on.
    Trap(Trap),
}

/// Why a program couldn't go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// It said so itself.
    Unreachable = 1,
    /// A byte lies outside of the memory.
    Memory = 2,
    /// A place lies outside of the table.
    Table = 3,
    /// Nothing lies there.
    Null = 4,
    /// A division by zero.
    Division = 5,
    /// A quotient that is too large.
    Overflow = 6,
    /// A function of another type.
    Signature = 7,
    /// Anything else, which no program should come to.
    Other = 8,
}

impl Trap {
    const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::Memory,
        Self::Table,
        Self::Null,
        Self::Division,
        Self::Overflow,
        Self::Signature,
        Self::Other,
    ];
}

/// What a program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunResult {
    /// How its calls ended, in order.
    pub ended: Vec<CallEnd>,
    /// The first bytes of the hash of its memory afterwards.
    pub memory: [u8; 8],
}

const NARROW: u8 = 32;
const WIDE: u8 = 33;
const NOTHING: u8 = 34;

/// The first bytes of BLAKE2b-256.
pub fn hash(bytes: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    let hash = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    for (to, from) in short.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    short
}

/// Writes what a program did behind what others did.
pub fn write(out: &mut Vec<u8>, program: &Program, done: &RunResult) {
    out.extend(hash(&program.code));
    for ended in &done.ended {
        match ended {
            CallEnd::Value(Value::I32(value)) => {
                out.push(NARROW);
                out.extend(u64::from(*value).to_le_bytes());
            }
            CallEnd::Value(Value::I64(value)) => {
                out.push(WIDE);
                out.extend(value.to_le_bytes());
            }
            CallEnd::Nothing => out.push(NOTHING),
            CallEnd::Trap(trap) => out.push(*trap as u8),
        }
    }
    out.extend(done.memory);
}

/// The recorded programs with what they did.
///
/// # Errors
/// A program isn't the recorded one, because what draws them has changed, or the file is damaged.
pub fn read() -> Result<Vec<(Program, RunResult)>, String> {
    let mut rest = include_bytes!("../data/recorded.bin").as_slice();
    let all = (0..PROGRAMS)
        .map(|seed| {
            let program = programs::program(seed);
            let recorded: [u8; 8] = take(&mut rest)?;
            if recorded != hash(&program.code) {
                return Err(format!(
                    "program {seed} isn't the recorded one: record anew, see engines/oracle"
                ));
            }
            let ended = program.calls.iter().map(|_| ended(&mut rest));
            let ended = ended.collect::<Result<_, String>>()?;
            let memory = take(&mut rest)?;
            Ok((program, RunResult { ended, memory }))
        })
        .collect::<Result<_, String>>()?;
    if rest.is_empty() {
        Ok(all)
    } else {
        Err(format!("{} bytes too many", rest.len()))
    }
}

fn ended(rest: &mut &[u8]) -> Result<CallEnd, String> {
    let [kind] = take(rest)?;
    Ok(match kind {
        NARROW => CallEnd::Value(Value::I32(u64::from_le_bytes(take(rest)?) as u32)),
        WIDE => CallEnd::Value(Value::I64(u64::from_le_bytes(take(rest)?))),
        NOTHING => CallEnd::Nothing,
        _ => {
            let trap = Trap::ALL.into_iter().find(|trap| *trap as u8 == kind);
            CallEnd::Trap(trap.ok_or_else(|| format!("no call ends with {kind}"))?)
        }
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (taken, left) = rest.split_first_chunk().ok_or("the file is too short")?;
    *rest = left;
    Ok(*taken)
}
