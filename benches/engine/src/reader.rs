//! Reads of the state: through either ABI, and by a call within the process.

use crate::{first_block, load};
use anyhow::{bail, Context};
use fat_contracts_primitives::EngineVersion;
use parity_scale_codec::{DecodeAll, Encode};
use pink_capi::types::{Call, Env, Message, Mode, Weight};
use pink_engine_host::{Engine, Host, Session};
use std::{collections::BTreeMap, path::Path, sync::Arc};

#[path = "../../../worker/engine-host/fixtures/reader/src/reading.rs"]
mod reading;

/// Reads in one call, so that the call itself doesn't count.
pub const READS: u32 = 1_000;
/// Keys in the map: few, so that it is the way there that is measured, and not the map.
const KEYS: u32 = 64;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// An engine behind the first ABI.
    Abi1,
    /// The same engine behind the second one.
    Abi2,
    /// This process, which calls the very function that serves the engines.
    Process,
}

/// A map with values of one length, and who reads them.
#[derive(Debug)]
pub struct Reader {
    engine: Option<Arc<dyn Engine>>,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    expected: u64,
}

impl Reader {
    /// The engines are the fixtures `reader-v1` and `reader-v2`, as versions 0.1 and 0.2.
    ///
    /// # Errors
    /// They aren't there.
    pub fn new(engines: &Path, side: Side, value_bytes: usize) -> anyhow::Result<Self> {
        let engine = match side {
            Side::Abi1 => Some(load(engines, EngineVersion::new(0, 1))?),
            Side::Abi2 => Some(load(engines, EngineVersion::new(0, 2))?),
            Side::Process => None,
        };
        let state: BTreeMap<_, _> = (0..KEYS)
            .map(|at| (reading::key(at).to_vec(), vec![at as u8; value_bytes]))
            .collect();
        let expected = reading::read_all(READS, KEYS, |key| {
            state.get(key).map(|it| reading::touch(it))
        });
        Ok(Self {
            engine,
            state,
            expected: expected.context("the map has every key")?,
        })
    }

    /// Reads [`READS`] values and touches every byte of them.
    ///
    /// # Errors
    /// What was read isn't what the map holds.
    pub fn read(&self) -> anyhow::Result<()> {
        let found = match &self.engine {
            Some(engine) => self.by_engine(&**engine)?,
            None => self.by_process()?,
        };
        if found == self.expected {
            Ok(())
        } else {
            bail!(
                "the bytes add up to {found}, and to {} in the map",
                self.expected
            )
        }
    }

    fn by_engine(&self, engine: &dyn Engine) -> anyhow::Result<u64> {
        let env = Env {
            mode: Mode::Query,
            block: first_block(),
            seq: 0,
        };
        let message = Message::Call(Call {
            origin: [0; 32],
            contract: [0; 32],
            input: (READS, KEYS).encode(),
            value: 0,
            gas_limit: Weight::default(),
            storage_deposit_limit: None,
            max_gas_price: 0,
            query_deposit: 0,
        });
        let mut session = Session::reading(&self.state, &());
        let receipt = engine.execute(&mut session, &env, &message)?;
        Ok(u64::decode_all(&mut &receipt.output[..])?)
    }

    fn by_process(&self) -> anyhow::Result<u64> {
        let session = Session::reading(&self.state, &());
        let host: &dyn Host<'_> = std::hint::black_box(&session);
        let mut fault = None;
        let sum = reading::read_all(READS, KEYS, |key| match host.get(key) {
            Ok(value) => value.map(|value| reading::touch(&value)),
            Err(error) => {
                fault = Some(error);
                None
            }
        });
        match fault {
            Some(fault) => Err(fault.into()),
            None => sum.context("a key is missing"),
        }
    }
}
