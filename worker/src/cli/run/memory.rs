//! The memory that an operator gives, divided.

use pink_worker_core::{store::StoreOptions, WorkerConfig};

/// The least that can be divided.
const LEAST: u64 = 256 << 20;

/// The least that a query is given.
const LEAST_OF_QUERY: u64 = 64 << 20;

/// Why memory can't be divided.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// It is too little.
    #[error("--max-memory is {found} bytes, at least {LEAST} are needed")]
    TooLittle {
        /// What was given.
        found: u64,
    },
}

impl MemoryError {
    /// What the operator can do about it.
    pub fn hint(&self) -> &'static str {
        "give 256MiB or more, or leave it out"
    }
}

/// What each part gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Divided {
    /// Queries, caches and logs, as the operator has them or less.
    pub(in super::super) config: WorkerConfig,
    /// The store's cache.
    pub(in super::super) store: StoreOptions,
    /// What is asked and answered by RPC, in bytes; none: as much as its options say.
    pub(in super::super) rpc: Option<u64>,
}

/// Divides memory: a quarter is the store's cache, half the queries', an eighth the contracts' cache, a sixteenth
/// their logs, a sixteenth what is asked and answered by RPC. Nobody gets more than without a limit: the parts bound, and don't give.
///
/// # Errors
/// It is too little.
pub(super) fn divide(max: Option<u64>, mut config: WorkerConfig) -> Result<Divided, MemoryError> {
    let mut store = StoreOptions::default();
    let Some(max) = max else {
        return Ok(Divided {
            config,
            store,
            rpc: None,
        });
    };
    if max < LEAST {
        return Err(MemoryError::TooLittle { found: max });
    }
    let cache = usize::try_from(max / 4).unwrap_or(usize::MAX);
    store.cache_bytes = store.cache_bytes.min(cache);
    let queries = max / 2;
    // Fewer at a time before each has too little to do anything.
    let most = usize::try_from(queries / LEAST_OF_QUERY).unwrap_or(usize::MAX);
    config.query.threads = config.query.threads.clamp(1, most.max(1));
    let each = queries / u64::try_from(config.query.threads).unwrap_or(1).max(1);
    config.query.max_memory_bytes = config.query.max_memory_bytes.min(each);
    config.cache.max_bytes = config.cache.max_bytes.min(max / 8);
    config.log.max_bytes = config
        .log
        .max_bytes
        .min(usize::try_from(max / 16).unwrap_or(usize::MAX));
    Ok(Divided {
        config,
        store,
        rpc: Some(max / 16),
    })
}

/// Reads a size.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.get(digits.len()..).unwrap_or_default().trim();
    let unit: u64 = match unit.to_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("units are B, KiB, MiB, GiB, KB, MB, GB".into()),
    };
    let number: u64 = digits
        .replace('_', "")
        .trim()
        .parse()
        .map_err(|_| "a size is a whole number and a unit, like 2GiB".to_owned())?;
    number
        .checked_mul(unit)
        .ok_or_else(|| "it is more than can be counted".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn without_a_limit_everything_is_as_it_was() {
        let divided = divide(None, WorkerConfig::default()).unwrap();
        assert_eq!(divided.config, WorkerConfig::default());
        assert_eq!(divided.store, StoreOptions::default());
        assert_eq!(divided.rpc, None);
    }

    /// By hand: of 1 GiB half is 512 MiB for queries; four of them have 128 MiB each. A quarter is 256 MiB, the
    /// store's usual cache.
    #[test]
    fn a_gibibyte_is_divided() {
        let divided = divide(Some(GIB), WorkerConfig::default()).unwrap();
        assert_eq!(divided.store.cache_bytes, 268_435_456);
        assert_eq!(divided.config.query.threads, 4);
        assert_eq!(divided.rpc, Some(67_108_864));
        assert_eq!(divided.config.query.max_memory_bytes, 134_217_728);
        assert_eq!(divided.config.cache.max_bytes, 20_971_520);
        assert_eq!(divided.config.log.max_bytes, 8_388_608);
    }

    /// By hand: of 256 MiB half is 128 MiB: two queries of 64 MiB.
    #[test]
    fn of_little_there_are_fewer_queries_and_all_parts_fit() {
        for max in [
            LEAST,
            LEAST + 1,
            300 << 20,
            777 << 20,
            GIB,
            3 * GIB,
            64 * GIB,
        ] {
            let it = divide(Some(max), WorkerConfig::default()).unwrap();
            let queries = it.config.query.threads as u64 * it.config.query.max_memory_bytes;
            let all = it.store.cache_bytes as u64
                + queries
                + it.config.cache.max_bytes
                + it.config.log.max_bytes as u64;
            assert!(all <= max, "{all} of {max}");
            assert!(it.config.query.max_memory_bytes >= LEAST_OF_QUERY);
        }
        let least = divide(Some(LEAST), WorkerConfig::default()).unwrap();
        assert_eq!(least.config.query.threads, 2);
        let found = LEAST - 1;
        let error = divide(Some(found), WorkerConfig::default()).unwrap_err();
        assert_eq!(error, MemoryError::TooLittle { found });
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse("2GiB"), Ok(2_147_483_648));
        assert_eq!(parse("1536 MiB"), Ok(1_610_612_736));
        assert_eq!(parse("1_000_000"), Ok(1_000_000));
        assert_eq!(parse("5gb"), Ok(5_000_000_000));
        for bad in [
            "",
            "GiB",
            "2 pounds",
            "-1",
            "1.5GiB",
            "99999999999999999999",
            "18446744073709551615GiB",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
