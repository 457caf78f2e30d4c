//! What the floors have in common: a host that is a plain map, and a memory that is set back.
//!
//! No accounts, no receipts, no ABI.

use anyhow::Context;
use pink_engine_sdk::wipe;
use std::collections::BTreeMap;
use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{Parser, Payload};

/// What a contract's functions work on. Each answers `None` where the contract meant bytes that aren't
/// in its memory.
#[derive(Debug, Default)]
pub struct Bare {
    /// The call's input.
    pub input: Vec<u8>,
    /// The contract's storage.
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Bare {
    /// `seal_input`.
    pub fn input(&self, memory: &mut [u8], at: u32, len_at: u32) -> Option<()> {
        output(memory, at, len_at, &self.input)
    }

    /// `seal_value_transferred`: nothing.
    pub fn value(memory: &mut [u8], at: u32, len_at: u32) -> Option<()> {
        output(memory, at, len_at, &[0; 16])
    }

    /// `get_storage`.
    pub fn get(
        &self,
        memory: &mut [u8],
        (key, key_len): (u32, u32),
        (at, len_at): (u32, u32),
    ) -> Option<u32> {
        let Some(value) = self.storage.get(slice(memory, key, key_len)?) else {
            return Some(3);
        };
        output(memory, at, len_at, value)?;
        Some(0)
    }

    /// `set_storage`.
    pub fn set(
        &mut self,
        memory: &[u8],
        (key, key_len): (u32, u32),
        (at, len): (u32, u32),
    ) -> Option<u32> {
        let key = slice(memory, key, key_len)?.to_vec();
        let old = self.storage.insert(key, slice(memory, at, len)?.to_vec());
        Some(old.map_or(u32::MAX, |old| old.len() as u32))
    }
}

/// What a memory begins with, to be set back to.
#[derive(Debug)]
pub struct Beginning(Vec<(usize, Vec<u8>)>);

impl Beginning {
    /// Of a memory that nothing ran in.
    pub fn of(memory: &[u8]) -> Self {
        let bytes = memory.iter().enumerate();
        let pieces = bytes
            .filter(|(_, byte)| **byte != 0)
            .map(|(at, byte)| (at, vec![*byte]));
        Self(pieces.fold(Vec::new(), joined))
    }

    /// Sets it back.
    pub fn restore(&self, memory: &mut [u8]) {
        wipe(memory);
        for (at, piece) in &self.0 {
            if let Some(there) = memory.get_mut(*at..*at + piece.len()) {
                there.copy_from_slice(piece);
            }
        }
    }
}

fn slice(memory: &[u8], at: u32, len: u32) -> Option<&[u8]> {
    memory.get(at as usize..(at as usize) + (len as usize))
}

/// Writes to a buffer whose length is in memory too.
fn output(memory: &mut [u8], at: u32, len_at: u32, bytes: &[u8]) -> Option<()> {
    let (at, len_at) = (at as usize, len_at as usize);
    let len = (bytes.len() as u32).to_le_bytes();
    memory.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
    memory.get_mut(len_at..len_at + 4)?.copy_from_slice(&len);
    Some(())
}

/// Bytes that follow each other as one piece.
fn joined(
    mut pieces: Vec<(usize, Vec<u8>)>,
    (at, byte): (usize, Vec<u8>),
) -> Vec<(usize, Vec<u8>)> {
    match pieces.last_mut() {
        Some((start, piece)) if *start + piece.len() == at => piece.extend(byte),
        _ => pieces.push((at, byte)),
    }
    pieces
}

/// The module with its globals exported under their numbers, and how many they are.
///
/// # Errors
/// It isn't a module.
pub fn with_globals(code: &[u8]) -> anyhow::Result<(Vec<u8>, u32)> {
    let mut module = wasm_encoder::Module::new();
    let mut globals = 0;
    for payload in Parser::new(0).parse_all(code) {
        let payload = payload?;
        if let Payload::GlobalSection(section) = &payload {
            globals = section.count();
        }
        if let Payload::ExportSection(section) = payload {
            let mut exports = ExportSection::new();
            for export in section {
                let export = export?;
                exports.export(export.name, ExportKind::Func, export.index);
            }
            for global in 0..globals {
                exports.export(&global.to_string(), ExportKind::Global, global);
            }
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            let data = code.get(range).context("a section lies in its module")?;
            module.section(&RawSection { id, data });
        }
    }
    Ok((module.finish(), globals))
}
