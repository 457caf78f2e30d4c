//! Gas and stack counters, injected by the library that a version names.

use super::weights::Prices;
use crate::versions::{Instrumentation, Rules, Schedule};
use parity_wasm::elements;
use wasm_instrument::{gas_metering::host_function, parity_wasm as newer};

const GAS_FAILED: &str = "gas instrumentation failed";
const STACK_FAILED: &str = "stack height instrumentation failed";
const NOT_SERIALIZED: &str = "error serializing instrumented module";

/// The code as it runs: each block begins with a call of `seal0.gas`, each call of a function is
/// wrapped into counting the stack.
pub(crate) fn instrument(
    original: &[u8],
    module: elements::Module,
    schedule: &Schedule,
    rules: &Rules,
) -> Result<Vec<u8>, &'static str> {
    let prices = Prices::new(&module, schedule, rules.call_indirect);
    let height = schedule.limits.stack_height;
    match rules.instrumentation {
        Instrumentation::PwasmUtils => {
            let module = pwasm_utils::inject_gas_counter(module, &prices, "seal0")
                .map_err(|_| GAS_FAILED)?;
            let module = pwasm_utils::stack_height::inject_limiter(module, height)
                .map_err(|_| STACK_FAILED)?;
            elements::serialize(module).map_err(|_| NOT_SERIALIZED)
        }
        Instrumentation::WasmInstrument => {
            let module = newer::elements::deserialize_buffer(original)
                .map_err(|_| "Can't decode wasm code")?;
            let gas = host_function::Injector::new("seal0", "gas");
            let module = wasm_instrument::gas_metering::inject(module, gas, &prices)
                .map_err(|_| GAS_FAILED)?;
            let module =
                wasm_instrument::inject_stack_limiter(module, height).map_err(|_| STACK_FAILED)?;
            newer::elements::serialize(module).map_err(|_| NOT_SERIALIZED)
        }
    }
}
