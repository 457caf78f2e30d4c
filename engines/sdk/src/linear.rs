//! Memories of contracts, to be used again.

use crate::wipe;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    fmt,
    ptr::NonNull,
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A page of the system, to which a memory is aligned.
const ALIGN: usize = 4096;

/// Memories that are zero and wait for an instance, each of the same number of bytes.
///
/// A page that the system hands out for the first time takes about a microsecond, of which a contract
/// that grows its memory would have hundreds in each frame. These were handed out before.
pub struct LinearMemories {
    capacity: usize,
    most: usize,
    kept: Mutex<Vec<Block>>,
}

impl fmt::Debug for LinearMemories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinearMemories")
            .field("capacity", &self.capacity)
            .field("kept", &self.kept().len())
            .finish_non_exhaustive()
    }
}

impl LinearMemories {
    /// Memories that can grow to so many bytes, of which at most so many are kept.
    pub fn new(capacity: usize, most: usize) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            most,
            kept: Mutex::default(),
        })
    }

    /// A memory of that many bytes, all of them zero. None: it would be larger than these are.
    pub fn take(self: &Arc<Self>, size: usize) -> Option<LinearMemory> {
        if size > self.capacity {
            return None;
        }
        let kept = self.kept().pop();
        let block = match kept {
            Some(block) => block,
            None => Block::new(self.capacity)?,
        };
        Some(LinearMemory {
            block: Some(block),
            size,
            home: Arc::clone(self),
        })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Block>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of one instance. It goes back where it came from.
///
/// What is behind its size was never written to: whoever writes does so within the size.
pub struct LinearMemory {
    /// Until it is dropped.
    block: Option<Block>,
    size: usize,
    home: Arc<LinearMemories>,
}

impl fmt::Debug for LinearMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinearMemory")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl LinearMemory {
    /// Bytes that it has.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Bytes that it can have.
    pub fn capacity(&self) -> usize {
        self.home.capacity
    }

    /// Gives it more bytes, which are zero. False: it can't have as many, and nothing changed.
    pub fn grow_to(&mut self, size: usize) -> bool {
        let grows = (self.size..=self.home.capacity).contains(&size);
        if grows {
            self.size = size;
        }
        grows
    }

    /// Where it begins: at a page, and the same as long as it lives.
    pub fn start(&self) -> *mut u8 {
        match &self.block {
            Some(block) => block.start.as_ptr(),
            None => std::ptr::null_mut(),
        }
    }
}

impl Drop for LinearMemory {
    fn drop(&mut self) {
        let Some(block) = self.block.take() else {
            return;
        };
        // SAFETY: the block has the capacity's bytes, of which the size is a part, all of them written (with
        // zeros, when it was made); nobody else has it, since its instance is gone.
        wipe(unsafe { slice::from_raw_parts_mut(block.start.as_ptr(), self.size) });
        let mut kept = self.home.kept();
        if kept.len() < self.home.most {
            kept.push(block);
        }
    }
}

/// Bytes of the system, with a page's boundary among the first.
///
/// Not of the worker's allocator, which counts what is reserved: a block is as large as any memory may become, and nearly
/// all of it is never written to. So these aren't in an engine's figures, as nothing is that a compiler maps.
struct Block {
    allocated: NonNull<u8>,
    layout: Layout,
    start: NonNull<u8>,
}

// SAFETY: a block is the only owner of its bytes.
unsafe impl Send for Block {}
// SAFETY: through a reference to it nobody gets more than an address.
unsafe impl Sync for Block {}

impl Block {
    /// All zero. None: there is no memory.
    fn new(capacity: usize) -> Option<Self> {
        // Not aligned by the allocator, which would write the zeros itself; as it is, the system's pages are zero,
        // and handed out as they are written to.
        let layout = Layout::array::<u8>(capacity.checked_add(ALIGN)?).ok()?;
        // SAFETY: the layout has a page at least.
        let allocated = NonNull::new(unsafe { System.alloc_zeroed(layout) })?;
        let offset = allocated.align_offset(ALIGN);
        if offset > ALIGN {
            // Never: bytes can be aligned.
            return None;
        }
        // SAFETY: the block is a page longer than its capacity.
        let start = unsafe { allocated.add(offset) };
        Some(Self {
            allocated,
            layout,
            start,
        })
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: it came from the system with this layout.
        unsafe { System.dealloc(self.allocated.as_ptr(), self.layout) };
    }
}

/// A pool of memories as `wasmtime` takes it: `host_memories!(Name)` is a type with `Name::new(bytes, most)`.
///
/// It is a macro for the reasons of [`compile_module!`](crate::compile_module).
#[macro_export]
macro_rules! host_memories {
    ($Name:ident) => {
        struct $Name(::std::sync::Arc<$crate::LinearMemories>);

        impl $Name {
            fn new(capacity: usize, most: usize) -> Self {
                Self($crate::LinearMemories::new(capacity, most))
            }
        }

        // SAFETY: what it makes is zero, owned by whoever gets it, and as large as was asked for, or it isn't made.
        unsafe impl ::wasmtime::MemoryCreator for $Name {
            fn new_memory(
                &self,
                _: ::wasmtime::MemoryType,
                minimum: usize,
                _: Option<usize>,
                reserved: Option<usize>,
                guard: usize,
            ) -> Result<Box<dyn ::wasmtime::LinearMemory>, String> {
                let memory = self.0.take(minimum);
                let memory = memory.filter(|memory| {
                    guard == 0 && reserved.is_none_or(|reserved| reserved <= memory.capacity())
                });
                let memory = memory.ok_or("these memories aren't such ones")?;
                Ok(Box::new(OneMemory(memory)))
            }
        }

        struct OneMemory($crate::LinearMemory);

        // SAFETY: a memory begins at a page and stays there; its size is a part of its capacity. Nothing may be
        // behind it, because the code is compiled to compare each address with the size.
        unsafe impl ::wasmtime::LinearMemory for OneMemory {
            fn byte_size(&self) -> usize {
                self.0.size()
            }

            fn byte_capacity(&self) -> usize {
                self.0.capacity()
            }

            fn grow_to(&mut self, size: usize) -> ::wasmtime::Result<()> {
                if self.0.grow_to(size) {
                    return Ok(());
                }
                Err(::wasmtime::Error::msg(
                    "the memory can't have as many bytes",
                ))
            }

            fn as_ptr(&self) -> *mut u8 {
                self.0.start()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(memory: &mut LinearMemory) -> &mut [u8] {
        // SAFETY: nobody else has it.
        unsafe { slice::from_raw_parts_mut(memory.start(), memory.size()) }
    }

    /// What one instance wrote the next one doesn't find, not even where the memory grew to.
    #[test]
    fn it_is_zero_whoever_had_it_before() {
        let memories = LinearMemories::new(1 << 20, 1);
        let mut memory = memories.take(3000).expect("there is memory");
        assert_eq!(memory.start().align_offset(ALIGN), 0);
        assert!(memory.grow_to(1 << 20));
        bytes(&mut memory).fill(7);
        let start = memory.start();
        drop(memory);
        let mut again = memories.take(1 << 20).expect("there is memory");
        assert_eq!((again.start(), again.size()), (start, 1 << 20));
        assert!(bytes(&mut again).iter().all(|byte| *byte == 0));
        // One is kept, and no more.
        let other = memories.take(0).expect("there is memory");
        assert_ne!(other.start(), start);
        drop((again, other));
        assert_eq!(memories.kept().len(), 1);
    }

    #[test]
    fn it_has_its_bounds() {
        let memories = LinearMemories::new(65_536, 1);
        assert!(memories.take(65_537).is_none());
        let mut memory = memories.take(65_536).expect("there is memory");
        assert!(!memory.grow_to(65_537));
        assert!(!memory.grow_to(10));
        assert_eq!((memory.size(), memory.capacity()), (65_536, 65_536));
    }
}
