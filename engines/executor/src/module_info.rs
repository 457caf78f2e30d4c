//! What of metered code every executor needs beside what it makes of it.

use parity_scale_codec::{Decode, Encode};
use pink_engine_meter::Metered;

/// What of metered code is needed after it was translated or compiled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ModuleInfo {
    /// There is a start function.
    pub has_start: bool,
    /// How many globals the contract has.
    pub globals: u32,
    /// What lies in its memory at first, by offset, in the order in which it is written.
    pub data: Vec<(u32, Vec<u8>)>,
}

impl ModuleInfo {
    /// Of this code.
    pub fn of(code: &Metered) -> Self {
        Self {
            has_start: code.has_start,
            globals: code.globals,
            data: code.data.clone(),
        }
    }

    /// Writes what lies in a memory at first, and says whether there is room for it.
    pub fn write_data(&self, memory: &mut [u8]) -> bool {
        self.data.iter().all(|(offset, data)| {
            let start = *offset as usize;
            let target = memory.get_mut(start..start.saturating_add(data.len()));
            target.map(|target| target.copy_from_slice(data)).is_some()
        })
    }
}
