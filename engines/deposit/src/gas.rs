//! The meter of one frame, in two dimensions.
//!
//! There is one source of truth, `left`. The interpreter's fuel is a view of it: set from the
//! meter before the code runs and after every host function, and read back before every host
//! function and at the end. So a host function's cost lowers the fuel, nothing is counted twice,
//! and nothing runs on gas that was spent.

use crate::error::Error;
use pink_engine_sdk::types::Weight;

/// Gas of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GasMeter {
    limit: Weight,
    left: Weight,
    /// The least that was ever left: what has to be provided goes down to it, even if part of it
    /// was given back later.
    lowest: Weight,
}

/// What was charged before the true cost was known.
#[must_use]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Precharged(Weight);

impl GasMeter {
    /// A full meter.
    pub(crate) fn new(limit: Weight) -> Self {
        Self {
            limit,
            left: limit,
            lowest: limit,
        }
    }

    /// What there was.
    pub(crate) fn limit(&self) -> Weight {
        self.limit
    }

    /// What is left.
    pub(crate) fn left(&self) -> Weight {
        self.left
    }

    /// What was used and not given back.
    pub(crate) fn consumed(&self) -> Weight {
        self.limit.saturating_sub(self.left)
    }

    /// The least limit under which the same would have succeeded.
    pub(crate) fn required(&self) -> Weight {
        self.limit.saturating_sub(min(self.lowest, self.left))
    }

    /// Takes `amount`.
    ///
    /// # Errors
    /// It isn't there in one of the dimensions; then what was left of that one is gone, so that
    /// nobody gets back what he ran out of. The other one was metered, and stays.
    pub(crate) fn charge(&mut self, amount: Weight) -> Result<Precharged, Error> {
        match (
            self.left.ref_time.checked_sub(amount.ref_time),
            self.left.proof_size.checked_sub(amount.proof_size),
        ) {
            (Some(ref_time), Some(proof_size)) => {
                self.left = Weight::new(ref_time, proof_size);
                return Ok(Precharged(amount));
            }
            (ref_time, proof_size) => {
                if ref_time.is_none() {
                    self.drain_ref_time();
                }
                if proof_size.is_none() {
                    self.left.proof_size = 0;
                    self.lowest.proof_size = 0;
                }
            }
        }
        Err(Error::OutOfGas)
    }

    /// Gives back the part of a charge that wasn't needed. More than was charged can't be.
    pub(crate) fn adjust(&mut self, charged: Precharged, actual: Weight) {
        self.lowest = min(self.lowest, self.left);
        self.left = self.left.saturating_add(charged.0.saturating_sub(actual));
    }

    /// Takes all the ref time that is left: the interpreter ran out of fuel.
    pub(crate) fn drain_ref_time(&mut self) {
        self.left.ref_time = 0;
        self.lowest.ref_time = 0;
    }

    /// Splits off a meter for a nested frame. A zero in `wanted` asks for all of that dimension;
    /// nobody gets more than there is.
    pub(crate) fn nested(&mut self, wanted: Weight) -> Self {
        let part = |wanted: u64, left: u64| match wanted {
            0 => left,
            wanted => wanted.min(left),
        };
        let amount = Weight::new(
            part(wanted.ref_time, self.left.ref_time),
            part(wanted.proof_size, self.left.proof_size),
        );
        self.left = self.left.saturating_sub(amount);
        Self::new(amount)
    }

    /// Takes back what a nested frame left.
    pub(crate) fn absorb(&mut self, nested: Self) {
        // Had the nested frame been given only what it required, so much would have been left.
        let spare = self
            .left
            .saturating_add(nested.limit)
            .saturating_sub(nested.required());
        self.lowest = min(self.lowest, spare);
        self.left = self.left.saturating_add(nested.left);
    }

    /// The fuel that the interpreter may burn: whole units only.
    pub(crate) fn fuel(&self, ref_time_per_fuel: u64) -> u64 {
        self.left.ref_time / ref_time_per_fuel
    }

    /// Takes what the interpreter burned since `given`, when `remaining` is what it has now.
    pub(crate) fn burn(&mut self, given: u64, remaining: u64, ref_time_per_fuel: u64) {
        let burned = given
            .saturating_sub(remaining)
            .saturating_mul(ref_time_per_fuel);
        self.left.ref_time = self.left.ref_time.saturating_sub(burned);
    }
}

fn min(a: Weight, b: Weight) -> Weight {
    Weight::new(a.ref_time.min(b.ref_time), a.proof_size.min(b.proof_size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_runs_out_of_is_gone_and_the_other_dimension_stays() {
        let mut meter = GasMeter::new(Weight::new(100, 10));
        assert!(meter.charge(Weight::new(60, 1)).is_ok());
        assert_eq!(
            meter.charge(Weight::new(1, 10)).err(),
            Some(Error::OutOfGas)
        );
        assert_eq!(meter.left(), Weight::new(40, 0));
        assert_eq!(
            meter.charge(Weight::new(41, 0)).err(),
            Some(Error::OutOfGas)
        );
        assert_eq!(meter.left(), Weight::default());
        assert_eq!(meter.consumed(), Weight::new(100, 10));
    }

    #[test]
    fn the_requirement_covers_what_was_given_back() {
        let mut meter = GasMeter::new(Weight::new(100, 10));
        let charged = meter.charge(Weight::new(80, 5)).unwrap();
        meter.adjust(charged, Weight::new(20, 1));
        assert_eq!(meter.consumed(), Weight::new(20, 1));
        assert_eq!(meter.required(), Weight::new(80, 5));
    }

    #[test]
    fn nested_requirements_add_up() {
        let mut meter = GasMeter::new(Weight::new(1000, 100));
        let _ = meter.charge(Weight::new(100, 0)).unwrap();
        let mut nested = meter.nested(Weight::new(500, 0));
        assert_eq!(meter.left(), Weight::new(400, 0));
        let charged = nested.charge(Weight::new(300, 30)).unwrap();
        nested.adjust(charged, Weight::new(10, 10));
        meter.absorb(nested);
        assert_eq!(meter.consumed(), Weight::new(110, 10));
        assert_eq!(meter.required(), Weight::new(400, 30));
    }

    #[test]
    fn fuel_is_whole_units_and_the_rest_stays() {
        let mut meter = GasMeter::new(Weight::new(1000, 0));
        assert_eq!(meter.fuel(300), 3);
        meter.burn(3, 1, 300);
        assert_eq!(meter.left().ref_time, 400);
    }
}
