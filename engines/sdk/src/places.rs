use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    RwLock,
};

/// How many places there are.
const PLACES: usize = 4;

/// One of everything for each of a few groups of threads. Threads that work at the same time are
/// rarely of the same group: they don't wait for each other, nor for what another core has in its
/// caches. No result depends on which group a thread is of.
#[derive(Debug, Default)]
pub struct Places<T>([Place<T>; PLACES]);

#[derive(Debug, Default)]
#[repr(align(64))]
struct Place<T>(T);

impl<T> Places<T> {
    /// How many of everything there are.
    pub const COUNT: usize = PLACES;

    /// This thread's.
    pub fn here(&self) -> &T {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static PLACE: usize = THREADS.fetch_add(1, Relaxed) % PLACES;
        }
        // A thread that is ending may have forgotten its number; any will do.
        &self.0[PLACE.try_with(|place| *place).unwrap_or(0)].0
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|place| &place.0)
    }
}

impl<T> Places<RwLock<Option<T>>> {
    /// With nothing in any place.
    pub(crate) const fn nothing() -> Self {
        Self([const { Place(RwLock::new(None)) }; PLACES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods)] // the worker's threads
    fn a_thread_stays_and_the_next_goes_elsewhere() {
        let places = Places::<u8>::default();
        let here = |places: &Places<u8>| std::ptr::from_ref(places.here()).addr();
        assert_eq!(here(&places), here(&places));
        let mut seen: Vec<usize> = (0..Places::<u8>::COUNT)
            .map(|_| std::thread::scope(|scope| scope.spawn(|| here(&places)).join().unwrap()))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        // Other tests' threads may have taken a number in between.
        assert!(seen.len() > 1);
        assert_eq!(places.all().count(), Places::<u8>::COUNT);
    }
}
