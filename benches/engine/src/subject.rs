//! What is called, whoever executes it.

use crate::{
    contracts::{self, selector, BENCH, FLIPPER, SIGNED_FEED, TOKEN},
    Ours, USER,
};
use parity_scale_codec::Encode;
use pink_engine_host::Engine;
use std::sync::Arc;

/// One call, again and again.
pub type Work = Box<dyn FnMut() -> anyhow::Result<()>>;

/// A contract and a call of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// WebAssembly.
    pub code: &'static [u8],
    /// The constructor's input.
    pub constructor: Vec<u8>,
    /// The call's input, for the address of a second contract of the same code.
    pub input: fn(&[u8; 32]) -> Vec<u8>,
}

impl Subject {
    /// A flipper's flip.
    pub fn flip() -> Self {
        Self {
            code: FLIPPER,
            constructor: contracts::new_flipper(),
            input: |_| selector("flip"),
        }
    }

    /// A transfer of a token.
    pub fn token() -> Self {
        Self {
            code: TOKEN,
            constructor: contracts::new_token(),
            input: |_| contracts::transfer(&[7; 32]),
        }
    }

    /// A token's balance, for a query.
    pub fn balance() -> Self {
        Self {
            input: |_| contracts::balance_of(&USER),
            ..Self::token()
        }
    }

    /// Ten calls in one.
    pub fn nested() -> Self {
        Self::bench(|callee| contracts::nested(callee, 10))
    }

    /// A million turns of a loop.
    pub fn turns() -> Self {
        Self::bench(|_| [selector("loop_turns"), 1_000_000u32.encode()].concat())
    }

    /// 256 times SHA-256 in WebAssembly.
    pub fn sha256() -> Self {
        Self::bench(|_| [selector("sha256_wasm"), 256u32.encode()].concat())
    }

    /// JSON of 16 KiB and an ECDSA signature, in WebAssembly.
    pub fn verified() -> Self {
        Self {
            code: SIGNED_FEED,
            constructor: selector("new"),
            input: |_| contracts::parse_and_verify(),
        }
    }

    fn bench(input: fn(&[u8; 32]) -> Vec<u8>) -> Self {
        Self {
            code: BENCH,
            constructor: selector("new"),
            input,
        }
    }

    /// Whole calls of an engine, whose changes are taken into the state.
    ///
    /// # Errors
    /// The engine refused something.
    pub fn calls(&self, engine: Arc<dyn Engine>) -> anyhow::Result<Work> {
        let (mut ours, input) = self.on(engine)?;
        Ok(Box::new(move || ours.call(&input)))
    }

    /// Queries of an engine.
    ///
    /// # Errors
    /// The engine refused something.
    pub fn queries(&self, engine: Arc<dyn Engine>) -> anyhow::Result<Work> {
        let (ours, input) = self.on(engine)?;
        let message = ours.message(&input);
        Ok(Box::new(move || {
            ours.query(&ours.state, &message).map(drop)
        }))
    }

    fn on(&self, engine: Arc<dyn Engine>) -> anyhow::Result<(Ours, Vec<u8>)> {
        let mut ours = Ours::new(engine, self.code, &self.constructor)?;
        let callee = ours.callee(self.code, &self.constructor)?;
        Ok((ours, (self.input)(&callee)))
    }
}
