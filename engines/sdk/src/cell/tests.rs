use super::*;
use crate::{types::*, Overlay};
use std::sync::mpsc::channel;

/// An engine that knows which one it is, and nothing else.
struct Numbered(u64);

impl Engine for Numbered {
    fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        Self(MADE.fetch_add(1, Ordering::Relaxed))
    }
    fn info(&self) -> EngineInfo {
        unreachable!()
    }
    fn begin_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        unreachable!()
    }
    fn end_block(&self, _: &mut Overlay<'_>, _: &Block) -> BlockReceipt {
        unreachable!()
    }
    fn execute(&self, _: &mut Overlay<'_>, _: &Env, _: Message) -> Receipt {
        unreachable!()
    }
    fn account(&self, _: &mut Overlay<'_>, _: &AccountId) -> AccountView {
        unreachable!()
    }
    fn total_issuance(&self, _: &mut Overlay<'_>) -> Balance {
        unreachable!()
    }
    fn cluster(&self, _: &mut Overlay<'_>) -> Option<ClusterView> {
        unreachable!()
    }
    fn contract(&self, _: &mut Overlay<'_>, _: &AccountId) -> Option<ContractView> {
        unreachable!()
    }
    fn contract_storage(
        &self,
        _: &mut Overlay<'_>,
        _: &AccountId,
        _: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        unreachable!()
    }
    fn rent(&self, _: &mut Overlay<'_>, _: &Block, _: &AccountId) -> Result<RentView, AccessError> {
        unreachable!()
    }
}

/// A panic doesn't wait for calls that run on other threads, whichever shards they have, and no
/// call after it gets the engine that panicked.
#[test]
#[allow(clippy::disallowed_methods)] // the worker's threads
fn a_panic_takes_the_engine_from_everybody_at_once() {
    let cell = EngineCell::<Numbered>::new();
    let number = || cell.with(|engine| Ok(engine.0));
    let first = number().unwrap();
    assert_eq!(number(), Ok(first));
    std::thread::scope(|scope| {
        let (begun, begins) = channel();
        let mut running = Vec::new();
        // As many as there are shards and more: each of them is held by one that runs.
        for _ in 0..=crate::SHARDS {
            let (end, ends) = channel::<()>();
            let (begun, cell) = (begun.clone(), &cell);
            let call = scope.spawn(move || {
                cell.with(|engine| {
                    begun.send(engine.0).unwrap();
                    ends.recv().unwrap();
                    Ok(engine.0)
                })
            });
            assert_eq!(begins.recv(), Ok(first));
            running.push((end, call));
        }
        let panicked = cell.with(|_| -> Result<(), Fault> { panic!("on purpose") });
        assert!(matches!(panicked, Err(Fault::Panicked { .. })));
        let second = number().unwrap();
        assert_ne!(second, first);
        for _ in 0..=crate::SHARDS {
            assert_eq!(scope.spawn(number).join().unwrap(), Ok(second));
        }
        for (end, call) in running {
            end.send(()).unwrap();
            assert_eq!(call.join().unwrap(), Ok(first));
        }
        assert_eq!(number(), Ok(second));
    });
}
