use pink_capi::v1::ffi::Allocator;
use std::{
    alloc::{handle_alloc_error, GlobalAlloc, Layout, System},
    collections::{BTreeMap, VecDeque},
    ffi::c_void,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Bytes that are kept after they were freed, so that what is freed twice is recognised.
const QUARANTINE_BYTES: usize = 32 << 20;

/// Room for as many of them from the start: a list that grew while something is measured would count as
/// somebody's memory.
const QUARANTINE_BLOCKS: usize = 1 << 20;

/// What freed memory is filled with.
const FREED: u8 = 0xDE;

/// An allocator that knows every block that it gave.
#[derive(Debug, Default)]
pub(crate) struct Heap(Mutex<Blocks>);

#[derive(Debug, Default)]
struct Blocks {
    live: BTreeMap<usize, Layout>,
    live_bytes: u64,
    peak_bytes: u64,
    allocations: u64,
    freed: VecDeque<(usize, Layout)>,
    freed_bytes: usize,
    process_bytes: usize,
    breaches: Vec<String>,
}

/// Bytes that a block takes of the process: engines take many small ones, which are rounded up and have a header.
fn taken(block: *mut u8) -> usize {
    // SAFETY: whoever calls has the block from the C library, and didn't give it back.
    let usable = unsafe { libc::malloc_usable_size(block.cast()) };
    usable.saturating_add(size_of::<usize>())
}

/// What a heap has given, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) blocks: usize,
    pub(crate) bytes: u64,
    /// What they take of the process, with those that were given back and are kept to recognise them.
    pub(crate) process_bytes: usize,
    pub(crate) peak_bytes: u64,
    pub(crate) allocations: u64,
}

impl Heap {
    /// A heap and the table that leads to it, for as long as the process lives.
    pub(crate) fn new() -> (&'static Self, &'static Allocator) {
        let heap: &'static Self = Box::leak(Box::default());
        heap.blocks().freed.reserve(QUARANTINE_BLOCKS);
        let table = Allocator {
            struct_size: size_of::<Allocator>() as u32,
            reserved: 0,
            ctx: std::ptr::from_ref(heap).cast_mut().cast(),
            alloc,
            alloc_zeroed,
            realloc,
            dealloc,
        };
        (heap, Box::leak(Box::new(table)))
    }

    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn used(&self) -> Use {
        let blocks = self.blocks();
        Use {
            blocks: blocks.live.len(),
            bytes: blocks.live_bytes,
            process_bytes: blocks.process_bytes,
            peak_bytes: blocks.peak_bytes,
            allocations: blocks.allocations,
        }
    }

    /// Whether an address lies in a block that is given out.
    pub(crate) fn owns(&self, address: usize) -> bool {
        let blocks = self.blocks();
        blocks
            .live
            .range(..=address)
            .next_back()
            .is_some_and(|(start, layout)| address - start < layout.size())
    }

    /// What was done that an allocator's user must not do.
    pub(crate) fn breaches(&self) -> Vec<String> {
        self.blocks().breaches.clone()
    }

    fn give(&self, size: u64, align: u64, zeroed: bool) -> *mut c_void {
        let mut blocks = self.blocks();
        let layout = match Layout::from_size_align(size as usize, align as usize) {
            Ok(layout) if size > 0 => layout,
            _ => {
                blocks
                    .breaches
                    .push(format!("asked for {size} bytes at alignment {align}"));
                Layout::new::<[u64; 2]>()
            }
        };
        // SAFETY: the layout has a size.
        let block = unsafe {
            if zeroed {
                System.alloc_zeroed(layout)
            } else {
                System.alloc(layout)
            }
        };
        if block.is_null() {
            handle_alloc_error(layout);
        }
        blocks.live.insert(block as usize, layout);
        blocks.process_bytes = blocks.process_bytes.saturating_add(taken(block));
        blocks.allocations = blocks.allocations.saturating_add(1);
        blocks.live_bytes = blocks.live_bytes.saturating_add(layout.size() as u64);
        blocks.peak_bytes = blocks.peak_bytes.max(blocks.live_bytes);
        block.cast()
    }

    /// Takes a block back; how it was taken, or `None` if there is no such block.
    fn take(&self, block: *mut c_void, size: u64, align: u64) -> Option<Layout> {
        let mut blocks = self.blocks();
        let Some(layout) = blocks.live.remove(&(block as usize)) else {
            let freed = blocks.freed.iter().any(|(at, _)| *at == block as usize);
            let what = if freed { "freed before" } else { "never given" };
            blocks
                .breaches
                .push(format!("gave back a block of {size} bytes that was {what}"));
            return None;
        };
        if (layout.size() as u64, layout.align() as u64) != (size, align) {
            blocks.breaches.push(format!(
                "gave back {size} bytes at alignment {align}, taken as {} at {}",
                layout.size(),
                layout.align()
            ));
        }
        blocks.live_bytes = blocks.live_bytes.saturating_sub(layout.size() as u64);
        Some(layout)
    }

    /// Fills a block that was taken back, and frees the oldest of those.
    fn retire(&self, block: *mut c_void, layout: Layout) {
        let size = layout.size();
        // SAFETY: the block was live until just now, and has this size.
        unsafe { block.cast::<u8>().write_bytes(FREED, size) };
        let mut blocks = self.blocks();
        blocks.freed.push_back((block as usize, layout));
        blocks.freed_bytes = blocks.freed_bytes.saturating_add(size);
        while blocks.freed_bytes > QUARANTINE_BYTES {
            let Some((oldest, layout)) = blocks.freed.pop_front() else {
                break;
            };
            blocks.freed_bytes = blocks.freed_bytes.saturating_sub(layout.size());
            let bytes = taken(oldest as *mut u8);
            blocks.process_bytes = blocks.process_bytes.saturating_sub(bytes);
            // SAFETY: it came from this allocator with this layout, and left the live ones once.
            unsafe { System.dealloc(oldest as *mut u8, layout) };
        }
    }
}

/// # Safety
/// `ctx` is that of a table made by [`Heap::new`].
unsafe fn heap(ctx: *mut c_void) -> &'static Heap {
    // SAFETY: promised by the caller; heaps are never freed.
    unsafe { &*ctx.cast::<Heap>() }
}

unsafe extern "C" fn alloc(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: the engine passes the table's context.
    unsafe { heap(ctx) }.give(size, align, false)
}

unsafe extern "C" fn alloc_zeroed(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: the engine passes the table's context.
    unsafe { heap(ctx) }.give(size, align, true)
}

unsafe extern "C" fn realloc(
    ctx: *mut c_void,
    old: *mut c_void,
    size: u64,
    align: u64,
    new_size: u64,
) -> *mut c_void {
    // SAFETY: the engine passes the table's context.
    let heap = unsafe { heap(ctx) };
    let new = heap.give(new_size, align, false);
    if let Some(layout) = heap.take(old, size, align) {
        let common = layout.size().min(new_size as usize);
        // SAFETY: both blocks are that long, and they are two.
        unsafe { new.cast::<u8>().copy_from(old.cast::<u8>(), common) };
        heap.retire(old, layout);
    }
    new
}

unsafe extern "C" fn dealloc(ctx: *mut c_void, block: *mut c_void, size: u64, align: u64) {
    // SAFETY: the engine passes the table's context.
    let heap = unsafe { heap(ctx) };
    if let Some(layout) = heap.take(block, size, align) {
        heap.retire(block, layout);
    }
}
