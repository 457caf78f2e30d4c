//! How this worker has engines run contracts: by native code, or interpreted. Results are the same, so nothing here is
//! ever part of a block.

use fat_contracts_primitives::EngineVersion;
use pink_engine_host::{Engine, ExecutionMode};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What the operator and the chain's governance say of engines that can compile. Clones are the same.
///
/// An engine obeys from the moment at which it is [shown](Self::show); nobody gives it anything compiled before.
#[derive(Clone, Debug, Default)]
pub struct Modes(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    /// The operator wants everything interpreted.
    operator: bool,
    /// Governance wants these interpreted.
    governance: Vec<EngineVersion>,
    /// The engines that obey.
    shown: BTreeMap<EngineVersion, Arc<dyn Engine>>,
}

impl Inner {
    fn of(&self, version: EngineVersion) -> ExecutionMode {
        if self.operator || self.governance.contains(&version) {
            ExecutionMode::Interpreted
        } else {
            ExecutionMode::Native
        }
    }

    fn apply(&self, version: EngineVersion) {
        let Some(prepare) = self.shown.get(&version).and_then(|it| it.prepare()) else {
            return;
        };
        let mode = self.of(version);
        if let Err(fault) = prepare.set_mode(mode) {
            tracing::error!(%version, ?mode, %fault, "the engine doesn't change how it runs contracts");
        }
    }
}

impl Modes {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How contracts run under a version, if it can compile.
    pub fn of(&self, version: EngineVersion) -> ExecutionMode {
        self.inner().of(version)
    }

    /// Whether an engine that was shown can compile; none if it wasn't.
    pub fn compiles(&self, version: EngineVersion) -> Option<bool> {
        let inner = self.inner();
        inner.shown.get(&version).map(|it| it.prepare().is_some())
    }

    /// How contracts run under an engine that was shown: one that can't compile interprets, whatever is said.
    pub fn in_effect(&self, version: EngineVersion) -> Option<ExecutionMode> {
        Some(if self.compiles(version)? {
            self.of(version)
        } else {
            ExecutionMode::Interpreted
        })
    }

    /// The operator wants everything interpreted, or no longer.
    pub fn interpret_all(&self, interpret: bool) {
        let mut inner = self.inner();
        if inner.operator != interpret {
            inner.operator = interpret;
            for version in inner.shown.keys() {
                inner.apply(*version);
            }
        }
    }

    /// Governance wants these versions interpreted, and no others.
    pub fn told(&self, interpreted: &[EngineVersion]) {
        let mut inner = self.inner();
        if inner.governance == interpreted {
            return;
        }
        let before = std::mem::replace(&mut inner.governance, interpreted.to_vec());
        let changed = |one: &[EngineVersion], other: &[EngineVersion]| {
            let one = one.iter().copied();
            one.filter(|it| !other.contains(it)).collect::<Vec<_>>()
        };
        for version in changed(interpreted, &before) {
            tracing::warn!(%version, "governance has every worker interpret contracts under this engine");
            inner.apply(version);
        }
        for version in changed(&before, interpreted) {
            tracing::warn!(%version, "governance lets workers compile contracts under this engine");
            inner.apply(version);
        }
    }

    /// From now on the engine obeys.
    pub fn show(&self, version: EngineVersion, engine: &Arc<dyn Engine>) {
        let mut inner = self.inner();
        let known = inner.shown.get(&version);
        if known.is_none_or(|known| !Arc::ptr_eq(known, engine)) {
            inner.shown.insert(version, engine.clone());
            inner.apply(version);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pink_capi::{calls::Ecall, types::EngineInfo, Fault};
    use pink_engine_host::{Host, MemoryUse, Prepare};

    /// An engine that notes what it is told.
    #[derive(Debug, Default)]
    struct Told(Mutex<Vec<ExecutionMode>>, bool);

    impl Prepare for Told {
        fn compiler(&self) -> [u8; 32] {
            [0; 32]
        }
        fn compile(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
            Ok(None)
        }
        fn install(&self, _: fat_contracts_primitives::CodeHash, _: &[u8]) -> Result<(), Fault> {
            Ok(())
        }
        fn wanted(&self, _: u32) -> Result<Vec<(fat_contracts_primitives::CodeHash, u64)>, Fault> {
            Ok(Vec::new())
        }
        fn set_mode(&self, mode: ExecutionMode) -> Result<(), Fault> {
            self.0.lock().expect("no panic").push(mode);
            Ok(())
        }
    }

    impl Engine for Told {
        fn info(&self) -> &EngineInfo {
            panic!("nobody asks")
        }
        fn memory(&self) -> MemoryUse {
            panic!("nobody asks")
        }
        fn ecall(&self, _: &mut dyn Host<'_>, _: &Ecall<'_>) -> Result<Vec<u8>, Fault> {
            panic!("nobody calls")
        }
        fn prepare(&self) -> Option<&dyn Prepare> {
            self.1.then_some(self)
        }
    }

    /// Either of the two is enough, and both have to take it back.
    #[test]
    fn an_engine_interprets_as_long_as_somebody_wants_it() {
        use ExecutionMode::{Interpreted, Native};
        let (one, other) = (EngineVersion::new(2, 1), EngineVersion::new(2, 2));
        let modes = Modes::default();
        let engine = Arc::new(Told(Mutex::default(), true));
        let shown: Arc<dyn Engine> = engine.clone();
        let heard = || std::mem::take(&mut *engine.0.lock().expect("no panic"));

        modes.told(&[one]);
        assert_eq!((modes.of(one), modes.of(other)), (Interpreted, Native));
        assert_eq!(heard(), [], "it isn't shown yet");
        modes.show(one, &shown);
        assert_eq!(heard(), [Interpreted], "before anything else");
        modes.show(one, &shown);
        modes.told(&[one]);
        modes.told(&[one, other]);
        assert_eq!(heard(), [], "nothing is new of it");
        modes.interpret_all(true);
        modes.told(&[]);
        assert_eq!(heard(), [Interpreted, Interpreted]);
        assert_eq!((modes.of(one), modes.of(other)), (Interpreted, Interpreted));
        modes.interpret_all(false);
        assert_eq!(heard(), [Native]);
        assert_eq!((modes.of(one), modes.of(other)), (Native, Native));
        modes.clone().told(&[one]);
        assert_eq!(heard(), [Interpreted], "a clone is the same");
    }

    #[test]
    fn an_engine_that_can_t_compile_is_told_nothing() {
        let version = EngineVersion::new(2, 0);
        let modes = Modes::default();
        let engine = Arc::new(Told(Mutex::default(), false));
        let shown: Arc<dyn Engine> = engine.clone();
        modes.show(version, &shown);
        modes.interpret_all(true);
        assert!(engine.0.lock().expect("no panic").is_empty());
        assert_eq!(modes.compiles(version), Some(false));
        modes.interpret_all(false);
        let interpreted = Some(ExecutionMode::Interpreted);
        assert_eq!(modes.in_effect(version), interpreted);
        assert_eq!(modes.in_effect(EngineVersion::new(2, 1)), None);
    }
}
