use super::*;
use pink_capi::Fault;

fn used(current: u64, peak: u64, allocations: u64) -> MemoryUse {
    MemoryUse {
        current,
        peak,
        allocations,
    }
}

/// Takes a number of bytes and gives them back when it is dropped.
struct Block {
    table: &'static Allocator,
    ptr: *mut c_void,
    size: u64,
}

impl Block {
    fn take(table: &'static Allocator, size: u64) -> Self {
        // SAFETY: the size isn't 0, the alignment is a power of two.
        let ptr = unsafe { (table.alloc)(table.ctx, size, 8) };
        Self { table, ptr, size }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: taken in `take` with this size and alignment.
        unsafe { (self.table.dealloc)(self.table.ctx, self.ptr, self.size, 8) };
    }
}

const MIB: u64 = 1 << 20;

#[test]
fn counts_what_is_held() {
    let (memory, table) = new();
    // SAFETY: sizes and alignments are valid and given back as they were taken.
    unsafe {
        let a = (table.alloc)(table.ctx, 100, 8);
        let b = (table.alloc_zeroed)(table.ctx, 50, 64);
        assert_eq!(b as usize % 64, 0);
        let a = (table.realloc)(table.ctx, a, 100, 8, 300);
        assert_eq!(memory.read(), used(350, 350, 3));
        let large = 3 * MEMORY_COUNT_BYTES;
        let c = (table.alloc)(table.ctx, large, 8);
        (table.dealloc)(table.ctx, c, large, 8);
        (table.dealloc)(table.ctx, a, 300, 8);
        (table.dealloc)(table.ctx, b, 50, 64);
        assert_eq!(memory.read(), used(0, large + 350, 4));
    }
}

/// What one thread takes and another gives back adds up, and threads that ended leave their
/// counters to those that come.
#[test]
fn threads_add_up() {
    let (memory, table) = new();
    for _ in 0..20 {
        let taken: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                // SAFETY: as above.
                .map(|_| scope.spawn(|| unsafe { (table.alloc)(table.ctx, 1000, 8) } as usize))
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(memory.read().current, 4000);
        for block in taken {
            // SAFETY: as above.
            unsafe { (table.dealloc)(table.ctx, block as *mut c_void, 1000, 8) };
        }
        assert_eq!(memory.read().current, 0);
    }
    assert_eq!(memory.read().allocations, 80);
    // At most four at a time, and this one.
    assert!(memory.counters.lock().unwrap().len() <= 5);
}

/// Both edges, to the byte, and that the next call begins from nothing.
#[test]
fn a_call_may_take_its_limit_and_no_byte_more() {
    let (memory, table) = new();
    // What was there before isn't the call's.
    let kept = Block::take(table, 7 * MIB);
    for limit in [100, MIB, 5 * MIB] {
        for (size, over) in [(limit, false), (limit + 1, true), (limit, false)] {
            let call = memory.begin(limit);
            assert_eq!(call.check(0), Ok(()));
            let block = Block::take(table, size);
            let said = Err(Fault::Memory { used: size, limit });
            assert_eq!(call.check(0), if over { said.clone() } else { Ok(()) });
            drop(block);
            // That it gave it back doesn't help.
            assert_eq!(call.check(0), if over { said } else { Ok(()) });
        }
    }
    drop(kept);
    // In many small pieces.
    for (pieces, over) in [(1024u64, false), (1025, true)] {
        let call = memory.begin(MIB);
        let blocks: Vec<_> = (0..pieces).map(|_| Block::take(table, 1024)).collect();
        assert_eq!(call.check(0).is_err(), over, "{pieces}");
        drop(blocks);
    }
    assert_eq!(memory.read().current, 0);
}

#[test]
fn what_the_host_holds_for_a_call_is_the_call_s() {
    let (memory, table) = new();
    let call = memory.begin(MIB);
    let _block = Block::take(table, MIB / 2);
    assert_eq!(call.check(MIB / 2), Ok(()));
    let over = Fault::Memory {
        used: MIB + 1,
        limit: MIB,
    };
    assert_eq!(call.check(MIB / 2 + 1), Err(over));
}

/// A call on one thread doesn't answer for those on others, nor for what is kept.
#[test]
fn calls_of_other_threads_are_their_own() {
    let (memory, table) = new();
    let call = memory.begin(MIB);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let own = memory.begin(MIB);
                let _block = Block::take(table, 3 * MIB);
                assert!(own.check(0).is_err());
            });
        }
    });
    assert!(memory.read().peak >= 3 * MIB);
    assert_eq!(call.check(0), Ok(()));
}

/// A call within a call is the outer one's as well.
#[test]
fn calls_nest() {
    let (memory, table) = new();
    let outer = memory.begin(4 * MIB);
    let inner = memory.begin(MIB);
    let block = Block::take(table, 2 * MIB);
    assert!(inner.check(0).is_err());
    drop(inner);
    assert_eq!(outer.check(0), Ok(()));
    let more = Block::take(table, 2 * MIB + 1);
    assert!(outer.check(0).is_err());
    drop((block, more));
}

/// Engines beyond those that have a place in every thread are held to their limits as well.
#[test]
fn engines_without_a_place_are_counted_too() {
    for _ in 0..40 {
        let (memory, table) = new();
        let call = memory.begin(MIB);
        let block = Block::take(table, 2 * MIB);
        assert!(call.check(0).is_err());
        drop((block, call));
        assert_eq!(memory.begin(MIB).check(0), Ok(()));
        assert_eq!(memory.read(), used(0, 2 * MIB, 1));
    }
}
