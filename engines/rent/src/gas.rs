//! The gas meter.

use crate::error::Error;

/// Counts the gas of one call: what it may use, what is left.
#[derive(Debug)]
pub(crate) struct GasMeter {
    limit: u64,
    left: u64,
    /// The most that was ever taken at once; more than is spent in the end, because some charges
    /// are made for the worst case and partly given back.
    peak: u64,
}

/// What was charged, for giving a part of it back.
#[derive(Debug)]
#[must_use]
pub(crate) struct Charged(u64);

impl GasMeter {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            left: limit,
            peak: 0,
        }
    }

    /// Takes an amount. If there isn't that much, takes all there is and fails.
    pub(crate) fn charge(&mut self, amount: u64) -> Result<Charged, Error> {
        match self.left.checked_sub(amount) {
            Some(left) => {
                self.left = left;
                self.peak = self.peak.max(self.spent());
                Ok(Charged(amount))
            }
            None => {
                self.left = 0;
                self.peak = self.limit;
                Err(Error::OutOfGas)
            }
        }
    }

    /// Gives back what a charge took beyond `actual`.
    pub(crate) fn adjust(&mut self, charged: Charged, actual: u64) {
        self.give_back(charged.0.saturating_sub(actual));
    }

    /// Gives a charge back.
    pub(crate) fn refund(&mut self, charged: Charged) {
        self.give_back(charged.0);
    }

    fn give_back(&mut self, amount: u64) {
        self.left = self.left.saturating_add(amount).min(self.limit);
    }

    /// Runs something on a meter of its own, with `amount` of this one's gas (0: all of it), and
    /// takes back what it leaves. None if there isn't that much.
    pub(crate) fn nested<T>(&mut self, amount: u64, run: impl FnOnce(Option<&mut Self>) -> T) -> T {
        let all = amount == 0;
        let amount = if all { self.left } else { amount };
        let before = self.spent();
        let Some(left) = self.left.checked_sub(amount) else {
            return run(None);
        };
        self.left = left;
        let mut child = Self::new(amount);
        let result = run(Some(&mut child));
        let needed = if all { child.peak } else { amount };
        self.peak = self.peak.max(before.saturating_add(needed));
        // At most what was carved out above.
        self.left = self.left.saturating_add(child.left);
        result
    }

    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn spent(&self) -> u64 {
        self.limit.saturating_sub(self.left)
    }

    /// The least limit that would have done, if nothing looked at what is left.
    pub(crate) fn required(&self) -> u64 {
        self.peak
    }
}

#[cfg(test)]
#[path = "gas_tests.rs"]
mod tests;
