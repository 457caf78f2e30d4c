//! What compiles contracts, and what the worker asks of it.

use crate::rules::V2_1;
use pink_engine_deposit::{Preparing, Release, Rules, Unprepared};
use pink_engine_executor::Settings;
use pink_engine_native::Native;
use pink_engine_sdk::{types::Hash, Artefact, ExecutionMode, Fault, Prepare};
use std::sync::OnceLock;

static RULES: Rules = V2_1::RULES;

/// What of the stack isn't contracts' native code: what 2.0 has for all that it does.
const HOST_STACK_BYTES: u64 = Rules::V2_0.interpreter.host_stack_bytes;

// Each frame of a call stack has an instance of its own, whose native code may go as deep as the meter lets it.
const _: () = {
    let Some(metered) = &V2_1::RULES.metered else {
        panic!("2.1 is metered");
    };
    let native = Native::stack_bytes(&metered.meter) as u64;
    let frames = V2_1::RULES.limits.call_depth as u64;
    assert!(V2_1::RULES.interpreter.host_stack_bytes >= HOST_STACK_BYTES + frames * native);
};

/// Made when it is first asked for. None: it doesn't know this processor, and everything is interpreted.
pub(crate) fn preparing() -> Option<&'static Preparing> {
    static PREPARING: OnceLock<Option<Preparing>> = OnceLock::new();
    let preparing = PREPARING.get_or_init(|| {
        let native = Native::new(Settings {
            rules: &RULES.metered.as_ref()?.meter,
            // Code with floats is for queries, and is interpreted.
            floats: false,
        });
        Preparing::new(&RULES, Box::new(native.ok()?))
    });
    preparing.as_ref()
}

/// What the worker asks: the extension `pink.prepare/1`.
#[derive(Debug)]
pub(crate) enum Compiler {}

fn here() -> Result<&'static Preparing, Fault> {
    preparing().ok_or_else(|| Fault::Host {
        reason: "the compiler doesn't know this processor".into(),
    })
}

/// The fault of who passed this, or of the compiler.
fn fault(name: &str, len: usize, why: Unprepared) -> Fault {
    match why {
        Unprepared::Compiler(error) => Fault::Host {
            reason: error.to_string(),
        },
        why => Fault::BadArguments {
            id: 0,
            name: name.into(),
            len: len as u64,
            reason: why.to_string(),
        },
    }
}

impl Prepare for Compiler {
    fn compiler() -> Result<Hash, Fault> {
        Ok(here()?.compiler())
    }

    fn compile(code: &[u8]) -> Result<Option<Artefact<'static>>, Fault> {
        let made = here()?.compile(code);
        made.map_err(|why| fault("code", code.len(), why))
    }

    fn install(code_hash: &Hash, artefact: Artefact<'_>) -> Result<(), Fault> {
        let len = artefact.module().len();
        let installed = here()?.install(code_hash, artefact);
        installed.map_err(|why| fault("artefact", len, why))
    }

    fn wanted(limit: u32) -> Vec<(Hash, u64)> {
        preparing().map_or_else(Vec::new, |preparing| preparing.wanted(limit))
    }

    fn set_mode(mode: ExecutionMode) {
        if let Some(preparing) = preparing() {
            preparing.set_mode(mode);
        }
    }
}
