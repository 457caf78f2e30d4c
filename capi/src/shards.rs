use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    RwLock,
};

/// One of everything for each of `N` groups of threads. Threads that work at the same time are
/// rarely of the same group: they don't wait for each other, nor for what another core has in its
/// caches. No result depends on which group a thread is of.
#[derive(Debug)]
pub struct Shards<T, const N: usize>([Shard<T>; N]);

#[derive(Debug)]
#[repr(align(64))]
struct Shard<T>(T);

/// A number for each thread, the same in all shards of a library.
fn thread_number() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = THREADS.fetch_add(1, Relaxed);
    }
    // A thread that is ending may have forgotten its number; any will do.
    NUMBER.try_with(|number| *number).unwrap_or(0)
}

impl<T: Default, const N: usize> Default for Shards<T, N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Shard(T::default())))
    }
}

impl<T, const N: usize> Shards<RwLock<Option<T>>, N> {
    /// With nothing in any shard.
    pub const fn empty() -> Self {
        Self([const { Shard(RwLock::new(None)) }; N])
    }
}

impl<T, const N: usize> Shards<T, N> {
    /// This thread's.
    pub fn local(&self) -> &T {
        &self.0[thread_number() % N].0
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|shard| &shard.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_stays_and_the_next_goes_elsewhere() {
        let shards = Shards::<u8, 4>::default();
        let local = |shards: &Shards<u8, 4>| std::ptr::from_ref(shards.local()).addr();
        assert_eq!(local(&shards), local(&shards));
        let mut seen: Vec<usize> = (0..4)
            .map(|_| std::thread::scope(|scope| scope.spawn(|| local(&shards)).join().unwrap()))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        // Other tests' threads may have taken a number in between.
        assert!(seen.len() > 1);
        assert_eq!(shards.all().count(), 4);
    }
}
