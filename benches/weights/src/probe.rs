//! One host function in a loop, and how long a turn takes.

use crate::{
    clock::median,
    fixture::{call, Fixture},
};
use anyhow::{ensure, Context};
use pink_capi::types::{Mode, Outcome};

/// What of a row a probe says something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Base and price per byte.
    Both,
    /// The base alone.
    Base,
    /// The price per byte alone.
    PerByte,
}

/// A module that does something in a loop.
///
/// In its memory: at 0 the input's length, at 4 the number of turns, at 8 the size, at 12 what
/// else the input has (and up to 64 KiB nothing else); at 65536 a key of 32 bytes that begins with
/// the number of the turn, at 65600 the contract's address, at 65700 the number one, at 65800 the
/// length of an output buffer; from 70000 on, zeros; from 140000 on, that buffer.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// Its name: of the function that it is about.
    pub name: &'static str,
    /// The row.
    pub row: &'static str,
    pub part: Part,
    /// Imports and definitions.
    pub imports: String,
    /// What the constructor does in the loop, to make a state to work on.
    pub fill: String,
    /// What is measured.
    pub body: String,
    /// How often in one call.
    pub turns: u32,
    /// Sizes, ascending.
    pub sizes: &'static [u32],
    /// The rest of the input, by size.
    pub rest: fn(&Seeds, u32) -> Vec<u8>,
    /// Other probes whose turns are part of this one's.
    pub minus: &'static [&'static str],
    /// How often a turn does it.
    pub times: u32,
    /// Point reads of the store in each, and writes.
    pub reads: u32,
    pub writes: u32,
    /// Bytes of the size are read from the store, or written to it.
    pub reads_size: bool,
    pub writes_size: bool,
    /// Bytes of a receipt that are kept for each turn, besides the size's.
    pub kept: u32,
    /// It asks the worker for something that isn't the state.
    pub outside: bool,
    pub mode: Mode,
    /// It needs what isn't stable.
    pub unstable: bool,
}

/// Sizes of inputs that are probed.
pub(crate) const INPUTS: &[u32] = &[0, 1024, 16_384];

/// A probe of what is cheap and of one price; everything else is changed from this.
pub(crate) fn probe(name: &'static str, row: &'static str, imports: &str, body: &str) -> Probe {
    Probe {
        name,
        row,
        part: Part::Both,
        imports: imports.into(),
        fill: String::new(),
        body: body.into(),
        turns: 200,
        sizes: &[0],
        rest: |_, _| Vec::new(),
        minus: &["loop", "caller_is_root"],
        times: 1,
        reads: 0,
        writes: 0,
        reads_size: false,
        writes_size: false,
        kept: 0,
        outside: false,
        mode: Mode::Transaction,
        unstable: false,
    }
}

/// Things that probes ask about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seeds {
    /// A contract that does nothing, and its code.
    pub idle: ([u8; 32], [u8; 32]),
    /// A contract that returns as many bytes as its input says.
    pub returns: [u8; 32],
    /// Code of contracts that end when they are called.
    pub ends: [u8; 32],
    /// An ECDSA signature of 32 times 7.
    pub prehashed: Vec<u8>,
    /// Public keys by the number of their kind.
    pub public: Vec<Vec<u8>>,
    /// Signatures of zeros, by kind and number of the zeros.
    pub signatures: Vec<(u8, u32, Vec<u8>)>,
}

impl Seeds {
    /// The signature of a kind over `size` zeros.
    pub(crate) fn signature(&self, kind: u8, size: u32) -> Vec<u8> {
        self.signatures
            .iter()
            .find(|(known, len, _)| (*known, *len) == (kind, size))
            .map(|(_, _, signature)| signature.clone())
            .unwrap_or_default()
    }
}

/// What a probe found, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub base: f64,
    pub per_byte: f64,
    /// With the largest size: what a turn takes of time, and what it was charged, in picoseconds
    /// of ref time; what was subtracted from the others is part of both.
    pub largest: (f64, f64),
}

impl Probe {
    fn module(&self) -> String {
        let (imports, fill, body) = (&self.imports, &self.fill, &self.body);
        let run = |body: &str| {
            format!(
                "(local $n i32) (local $size i32)
                (i32.store (i32.const 0) (i32.const 65536))
                (call $input (i32.const 4) (i32.const 0))
                (i32.store (i32.const 65800) (i32.const 32))
                (call $address (i32.const 65600) (i32.const 65800))
                (i32.store8 (i32.const 65700) (i32.const 1))
                (local.set $n (i32.load (i32.const 4)))
                (local.set $size (i32.load (i32.const 8)))
                (block (br_if 0 (i32.eqz (local.get $n)))
                  (loop
                    (i32.store (i32.const 65536) (local.get $n))
                    (i32.store (i32.const 65800) (i32.const 60000))
                    {body}
                    (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"
            )
        };
        format!(
            r#"(module
                (import "env" "memory" (memory 4 4))
                (import "seal0" "input" (func $input (param i32 i32)))
                (import "seal0" "address" (func $address (param i32 i32)))
                {imports}
                (func (export "deploy") {})
                (func (export "call") {}))"#,
            run(fill),
            run(body)
        )
    }

    fn input(&self, seeds: &Seeds, turns: u32, size: u32) -> Vec<u8> {
        let mut input = turns.to_le_bytes().to_vec();
        input.extend(size.to_le_bytes());
        input.extend((self.rest)(seeds, size));
        input
    }

    /// The median time of a turn and its charge, at one size.
    fn turn(
        &self,
        fixture: &Fixture,
        seeds: &Seeds,
        size: u32,
        rounds: u32,
    ) -> anyhow::Result<(f64, f64)> {
        let mut fixture = fixture.clone();
        let code = wat::parse_str(self.module()).with_context(|| self.name)?;
        let filled = if self.fill.is_empty() { 0 } else { self.turns };
        let (contract, _) = fixture
            .make_rich(code, self.input(seeds, filled, size))
            .with_context(|| format!("{}: filling", self.name))?;
        let mut times = Vec::new();
        let mut charged = 0.0;
        for round in 0..rounds + 2 {
            let run = |turns| {
                let message = call(contract, self.input(seeds, turns, size));
                let (time, receipt, _) = fixture.execute(self.mode, message)?;
                ensure!(
                    receipt.outcome == Outcome::Success,
                    "{}: {:?}",
                    self.name,
                    receipt.outcome
                );
                Ok((time, receipt.gas_consumed.ref_time as f64))
            };
            let (none, all) = (run(0)?, run(self.turns)?);
            let divisor = f64::from(self.turns) * f64::from(self.times);
            charged = (all.1 - none.1) / divisor;
            // The first ones warm it up.
            if round >= 2 {
                times.push((all.0 - none.0) / divisor);
            }
        }
        Ok((median(times), charged))
    }

    /// Measures. `known` gives what other probes found.
    pub(crate) fn measure(
        &self,
        fixtures: (&Fixture, &Fixture),
        seeds: &Seeds,
        rounds: u32,
        known: impl Fn(&str) -> Option<f64>,
    ) -> anyhow::Result<Found> {
        let fixture = if self.unstable {
            fixtures.1
        } else {
            fixtures.0
        };
        let mut points = Vec::new();
        let mut largest = (0.0, 0.0);
        for size in self.sizes {
            let (time, charged) = self.turn(fixture, seeds, *size, rounds)?;
            points.push((f64::from(*size), time));
            largest = (time, charged);
        }
        let (first_size, first) = points[0];
        // The steepest way up from the smallest one.
        let per_byte = points[1..]
            .iter()
            .map(|(size, time)| (time - first) / (size - first_size))
            .fold(0.0, f64::max);
        let mut base = first - per_byte * first_size;
        for other in self.minus {
            let known = known(other).with_context(|| format!("{other} comes first"))?;
            base -= known / f64::from(self.times);
        }
        Ok(Found {
            base: base.max(0.0),
            per_byte,
            largest,
        })
    }
}
