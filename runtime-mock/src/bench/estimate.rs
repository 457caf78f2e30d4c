//! What a proof of a call's reads takes at most, the way that the field's command line estimates.
//!
//! Each read takes the value at its greatest encoded length and, for each layer of a trie of as many
//! values as the item can have, 15 hashes of 33 bytes. A map without a bound counts as one of a
//! million values; and each item has two more layers above its own trie. Where a benchmark says
//! `Measured` of an item, the values are taken as they were read. The command line of the field takes
//! the greatest item; a proof holds them all, so here they add up.

use frame_benchmarking::BenchmarkResult;
use frame_support::traits::StorageInfo;
use std::collections::BTreeMap;

/// By prefix of a storage item, how many bytes of values were read.
pub(super) type BytesRead = BTreeMap<Vec<u8>, u32>;

/// Hashes beside a path in one layer: 15, each with a byte for its length.
const LAYER: u32 = 15 * 33;
/// Layers of the trie above those of an item.
const LAYERS_ABOVE: u32 = 2;
/// How many values a map without a bound is thought to have.
const VALUES: u32 = 1_000_000;

/// How an item's values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    MaxEncodedLen,
    Measured,
}

/// Estimates proofs of one benchmark's results, and remembers what they touched.
#[derive(Debug)]
pub(super) struct Estimate<'a> {
    items: BTreeMap<&'a [u8], &'a StorageInfo>,
    /// By `Pallet::Item`, or by `ALL`.
    modes: BTreeMap<String, Mode>,
    /// By prefix, the most reads and writes.
    touched: BTreeMap<Vec<u8>, (u32, u32)>,
}

impl<'a> Estimate<'a> {
    /// For a benchmark with these modes, in a runtime with these storage items.
    pub(super) fn new(infos: &'a [StorageInfo], modes: &[(Vec<u8>, Vec<u8>)]) -> Self {
        let modes = modes.iter().map(|(item, mode)| {
            let mode = if mode == b"Measured" {
                Mode::Measured
            } else {
                Mode::MaxEncodedLen
            };
            (String::from_utf8_lossy(item).into_owned(), mode)
        });
        Self {
            items: infos.iter().map(|info| (&info.prefix[..], info)).collect(),
            modes: modes.collect(),
            touched: BTreeMap::new(),
        }
    }

    /// What a proof of the result's reads takes at most.
    pub(super) fn proof_size(&mut self, result: &BenchmarkResult, read: &BytesRead) -> u32 {
        let mut sum: u32 = 0;
        for (item, reads, writes, _) in &result.keys {
            let most = self.touched.entry(item.clone()).or_default();
            *most = (most.0.max(*reads), most.1.max(*writes));
            if *reads > 0 {
                let read = read.get(item).copied().unwrap_or_default();
                let values = match self.mode(item) {
                    Mode::Measured => read,
                    Mode::MaxEncodedLen => self.max_size(item).saturating_mul(*reads),
                };
                let path = self.layers(item).saturating_mul(*reads);
                let layers = path.saturating_add(LAYERS_ABOVE).saturating_mul(LAYER);
                sum = sum.saturating_add(values).saturating_add(layers);
            }
        }
        sum
    }

    /// Two lines for each item: what is done to it, and what a read of it adds to a proof.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = BTreeMap::new();
        for (item, (reads, writes)) in &self.touched {
            let name = self.name(item);
            let done = format!("{name} (r:{reads} w:{writes})");
            let proof = match self.items.get(&item[..]) {
                Some(info) => {
                    let (mode, bound) = (self.mode(item), (info.max_values, info.max_size));
                    let added = match mode {
                        Mode::Measured => String::new(),
                        Mode::MaxEncodedLen => {
                            let added = self.layers(item) * LAYER + self.max_size(item);
                            format!(", added: {added}")
                        }
                    };
                    format!(
                        "{name} (`max_values`: {:?}, `max_size`: {:?}{added}, mode: `{mode:?}`)",
                        bound.0, bound.1
                    )
                }
                None => done.clone(),
            };
            lines.insert(
                name,
                [format!("Storage: {done}"), format!("Proof: {proof}")],
            );
        }
        lines.into_values().flatten().collect()
    }

    fn name(&self, item: &[u8]) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self.items.get(item) {
            Some(info) => format!(
                "`{}::{}`",
                text(&info.pallet_name),
                text(&info.storage_name)
            ),
            None => format!("UNKNOWN KEY `{}`", sp_core::bytes::to_hex(item, false)),
        }
    }

    fn mode(&self, item: &[u8]) -> Mode {
        let name = self.name(item).replace('`', "");
        let named = self.modes.get(&name).or_else(|| self.modes.get("ALL"));
        let bounded = self.items.get(item).and_then(|info| info.max_size);
        match (named, bounded) {
            (Some(Mode::Measured), _) | (_, None) => Mode::Measured,
            _ => Mode::MaxEncodedLen,
        }
    }

    fn max_size(&self, item: &[u8]) -> u32 {
        let info = self.items.get(item);
        info.and_then(|info| info.max_size).unwrap_or_default()
    }

    /// Layers of a trie of all the item's values: the digits of their number to the base of 16.
    fn layers(&self, item: &[u8]) -> u32 {
        let bound = self.items.get(item).and_then(|info| info.max_values);
        let (mut values, mut layers) = (1u64, 0);
        while values < u64::from(bound.unwrap_or(VALUES)) {
            values *= 16;
            layers += 1;
        }
        layers.max(u32::from(bound != Some(0)))
    }
}
