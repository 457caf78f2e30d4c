use crate::{
    elf,
    load::{self, Abi},
    observed::{CallObserver, Observed},
    read::{read, EngineFile},
    version::chain_version,
    ElfFacts, Engine, EngineError, MAX_ENGINE_STACK_BYTES,
};
use fat_contracts_primitives::{Artefact, EngineRecord, EngineStatus, EngineVersion, Hash};
use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The target triple that this worker is built for.
pub const TARGET: &str = env!("PINK_TARGET");

/// ABIs that this worker speaks.
const SPOKEN: &str = "1 and 2";

/// Every library that this process has loaded, by hash: one mapping each, never unloaded. Copies that were asked for
/// cold aren't among them.
static LOADED: Mutex<BTreeMap<Hash, Arc<dyn Engine>>> = Mutex::new(BTreeMap::new());

/// A file of the engine directory, looked at but not executed.
#[derive(Clone, Debug)]
pub struct FoundFile {
    /// The version that its name claims, or, of a file that was given by its name, its note.
    pub version: EngineVersion,
    /// Where it is.
    pub path: PathBuf,
    /// BLAKE2b-256 over the file.
    pub hash: Hash,
    /// Its length in bytes.
    pub size: u64,
    /// What its headers say.
    pub facts: ElfFacts,
}

impl FoundFile {
    /// The record under which a chain would register this very file, for this machine.
    pub fn record(&self, upgrades_from: Vec<EngineVersion>) -> EngineRecord {
        EngineRecord {
            abi: self.facts.note.abi_major,
            upgrades_from,
            artefacts: vec![Artefact {
                target: TARGET.into(),
                hash: self.hash,
                size: self.size,
            }],
            status: EngineStatus::Active,
        }
    }
}

/// The name of an engine's file: `libpink.so.MAJOR.MINOR`.
pub fn engine_file_name(version: EngineVersion) -> String {
    format!("libpink.so.{version}")
}

type LoadedEngines = BTreeMap<EngineVersion, (Hash, Arc<dyn Engine>)>;

/// Hands out engines by version, from one directory, as the chain's records allow.
#[derive(Debug)]
pub struct EngineRegistry {
    directory: PathBuf,
    /// What was given out, with the hash it was asked for with.
    engines: Mutex<LoadedEngines>,
    /// Who is told of the calls of what is given out.
    observer: Option<Arc<dyn CallObserver>>,
}

impl EngineRegistry {
    /// A registry over a directory. Nothing is read yet; the directory may appear later.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            engines: Mutex::default(),
            observer: None,
        }
    }

    /// Tells somebody of each call into an engine that is given out from now on.
    pub fn with_observer(self, observer: Arc<dyn CallObserver>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// A registry over the same directory that has given out nothing yet, and tells nobody.
    pub fn another(&self) -> Self {
        Self::new(self.directory.clone())
    }

    /// Where the files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The engine of a version, loaded now if it wasn't yet.
    ///
    /// The file's size and hash are compared with the record before any of its code runs, and
    /// the version that the engine reports afterwards.
    ///
    /// # Errors
    /// Everything that keeps it from being used; asking again later tries again.
    pub fn get(
        &self,
        version: EngineVersion,
        record: &EngineRecord,
    ) -> Result<Arc<dyn Engine>, EngineError> {
        let artefact = artefact_for_this_machine(version, record)?;
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((loaded, engine)) = engines.get(&version) {
            if *loaded == artefact.hash {
                return Ok(engine.clone());
            }
            return Err(EngineError::TwoHashes {
                version,
                loaded: *loaded,
                asked: artefact.hash,
            });
        }
        let mut engine = self.load(version, record.abi, artefact, false)?;
        if let Some(observer) = self.observer.clone() {
            engine = Arc::new(Observed { engine, observer });
        }
        engines.insert(version, (artefact.hash, engine.clone()));
        tracing::info!(%version, hash = ?artefact.hash, "engine loaded");
        Ok(engine)
    }

    /// An engine of a version that has executed nothing yet, so that its caches are empty and it reads all that
    /// it needs. It is another copy of the library, which stays mapped as long as the process lives: for the
    /// few messages of which somebody has to know what they read.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_cold(
        &self,
        version: EngineVersion,
        record: &EngineRecord,
    ) -> Result<Arc<dyn Engine>, EngineError> {
        let artefact = artefact_for_this_machine(version, record)?;
        self.load(version, record.abi, artefact, true)
    }

    /// The versions whose engines are loaded, with what each has allocated.
    pub fn loaded(&self) -> Vec<(EngineVersion, crate::MemoryUse)> {
        let engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        engines
            .iter()
            .map(|(version, (_, engine))| (*version, engine.memory()))
            .collect()
    }

    /// The engine files in the directory, by version; other names are passed over.
    ///
    /// # Errors
    /// The directory or a file can't be read, or a file of that name isn't an engine.
    pub fn scan(&self) -> Result<Vec<FoundFile>, EngineError> {
        let files = self.list()?.into_iter();
        files
            .map(|(version, path)| {
                Ok(FoundFile {
                    version,
                    ..inspect(&path)?
                })
            })
            .collect()
    }

    /// The files in the directory that have an engine's name, by the version that it claims.
    ///
    /// # Errors
    /// The directory can't be read.
    pub fn list(&self) -> Result<Vec<(EngineVersion, PathBuf)>, EngineError> {
        let unreadable = |error| EngineError::Unreadable {
            path: self.directory.clone(),
            error,
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let version = name
                .strip_prefix("libpink.so.")
                .and_then(|text| text.parse().ok());
            if let Some(version) = version {
                found.push((version, path));
            }
        }
        found.sort();
        Ok(found)
    }

    fn load(
        &self,
        version: EngineVersion,
        abi: u16,
        artefact: &Artefact,
        cold: bool,
    ) -> Result<Arc<dyn Engine>, EngineError> {
        let abi = Abi::from_major(abi).ok_or(EngineError::Abi {
            version,
            found: abi,
            spoken: SPOKEN,
        })?;
        let path = self.directory.join(engine_file_name(version));
        let missing = || EngineError::Missing {
            version,
            hash: artefact.hash,
            path: path.clone(),
        };
        let EngineFile {
            bytes,
            hash: found,
            sealed,
        } = read(&path).map_err(|error| match error {
            EngineError::Unreadable { error, .. } if error.kind() == ErrorKind::NotFound => {
                missing()
            }
            error => error,
        })?;
        if bytes.len() as u64 != artefact.size {
            let (expected, found) = (artefact.size, bytes.len() as u64);
            return Err(EngineError::Size {
                path,
                version,
                expected,
                found,
            });
        }
        if found != artefact.hash {
            return Err(EngineError::Hash {
                path,
                version,
                expected: artefact.hash,
                found,
            });
        }
        let facts = check_elf(&bytes, &path, Some(abi))?;
        let noted = chain_version(facts.note.engine_version);
        if noted != version {
            return Err(EngineError::Version {
                path,
                expected: version,
                found: noted,
            });
        }
        // Held while loading, so that two threads don't map the same file twice.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = loaded.get(&artefact.hash).filter(|_| !cold) {
            let found = chain_version(engine.info().version);
            if found == version {
                return Ok(engine.clone());
            }
            return Err(EngineError::Version {
                path,
                expected: version,
                found,
            });
        }
        let engine = load::load(abi, sealed, &path, version)?;
        let (needed, given) = (engine.info().min_stack_bytes, MAX_ENGINE_STACK_BYTES);
        if needed > given {
            return Err(EngineError::Stack {
                version,
                needed,
                given,
            });
        }
        if !cold {
            loaded.insert(artefact.hash, engine.clone());
        }
        Ok(engine)
    }
}

fn artefact_for_this_machine(
    version: EngineVersion,
    record: &EngineRecord,
) -> Result<&Artefact, EngineError> {
    record
        .artefacts
        .iter()
        .find(|artefact| artefact.target == TARGET)
        .ok_or_else(|| {
            let named: Vec<_> = record
                .artefacts
                .iter()
                .map(|it| it.target.as_str())
                .collect();
            EngineError::NoArtefact {
                version,
                target: TARGET,
                named: named.join(", "),
            }
        })
}

fn check_elf(bytes: &[u8], path: &Path, abi: Option<Abi>) -> Result<ElfFacts, EngineError> {
    elf::check(bytes, abi).map_err(|error| EngineError::Elf {
        path: path.into(),
        error,
    })
}

/// Looks at a file of any name without executing it; its version is the one that its note names.
///
/// # Errors
/// It can't be read, or isn't an engine of an ABI that this worker speaks.
pub fn inspect(path: &Path) -> Result<FoundFile, EngineError> {
    let EngineFile { bytes, hash, .. } = read(path)?;
    // Which ABI it has to speak is for the chain's record to say; here any will do.
    let facts = check_elf(&bytes, path, None)?;
    Ok(FoundFile {
        version: chain_version(facts.note.engine_version),
        path: path.into(),
        hash,
        size: bytes.len() as u64,
        facts,
    })
}
