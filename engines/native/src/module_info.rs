//! What of metered code both executors need beside what they make of it.

use pink_engine_meter::Metered;

/// What of metered code is needed after it was translated.
#[derive(Clone, Debug)]
pub(crate) struct ModuleInfo {
    pub(crate) has_start: bool,
    pub(crate) globals: u32,
    pub(crate) data: Vec<(u32, Vec<u8>)>,
}

impl ModuleInfo {
    pub(crate) fn of(code: &Metered) -> Self {
        Self {
            has_start: code.has_start,
            globals: code.globals,
            data: code.data.clone(),
        }
    }

    /// Writes what lies in a memory at first.
    pub(crate) fn write_data(&self, memory: &mut [u8]) -> bool {
        self.data.iter().all(|(offset, data)| {
            let start = *offset as usize;
            let target = memory.get_mut(start..start.saturating_add(data.len()));
            target.map(|target| target.copy_from_slice(data)).is_some()
        })
    }
}
