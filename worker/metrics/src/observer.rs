//! What the worker tells, counted.

use crate::{
    table::{
        cause, BLOCKS, BLOCK_SECONDS, COMMIT_SECONDS, COMPILED, COMPILE_SECONDS, ENGINE_CALLS,
        ENGINE_SECONDS, GAS, HEIGHT, HTTP, MESSAGES, PARKED, PROGRESS, QUERIES, QUERY_SECONDS,
        WENT_BACK,
    },
    Metrics,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock};
use pink_capi::{
    types::{HttpRequestError, Outcome},
    Fault,
};
use pink_engine_host::CallObserver;
use pink_prepare::{Prepared, Told};
use pink_worker_core::{exec::Parked, ExecutedBlock, Observer, QueryEnd};
use std::time::Duration;

impl CallObserver for Metrics {
    fn engine_called(&self, call: &'static str, fault: Option<&Fault>, took: Duration) {
        let result = match fault {
            None => "ok",
            Some(Fault::Cancelled) => "cancelled",
            Some(Fault::Panicked { .. }) => "panicked",
            Some(Fault::Memory { .. } | Fault::Lent { .. }) => "memory",
            Some(_) => "fault",
        };
        self.add(&ENGINE_CALLS, &[call, result], 1);
        self.took(&ENGINE_SECONDS, &[call], took);
    }
}

impl Observer for Metrics {
    fn executed(&self, _: BlockNumber, took: Duration) {
        self.took(&BLOCK_SECONDS, &[], took);
    }

    fn committed(&self, _: usize, took: Duration) {
        self.took(&COMMIT_SECONDS, &[], took);
    }

    fn kept(&self, input: &ClusterBlock, block: &ExecutedBlock) {
        self.add(&BLOCKS, &[], 1);
        for ((_, message), receipt) in input.messages.iter().zip(&block.receipts) {
            let receipt = &receipt.receipt;
            self.add(&MESSAGES, &[message.kind(), outcome(&receipt.outcome)], 1);
            let gas = receipt.gas_consumed;
            self.add(&GAS, &["ref_time"], gas.ref_time);
            self.add(&GAS, &["proof_size"], gas.proof_size);
        }
        self.set_number(&HEIGHT, &["executed"], block.number.into());
        self.set_now(&PROGRESS, &["executed"]);
    }

    fn went_back(&self, to: BlockNumber) {
        self.add(&WENT_BACK, &[], 1);
        self.set_number(&HEIGHT, &["executed"], to.into());
    }

    fn stands(&self, parked: Option<&Parked>) {
        let now = parked.map(|parked| cause(parked.reason.cause()));
        for values in crate::registry::known(PARKED.labels) {
            let value = if values.first().copied() == now {
                1.0
            } else {
                0.0
            };
            self.set(&PARKED, &values, value);
        }
    }

    fn queried(&self, end: QueryEnd, took: Duration) {
        self.add(&QUERIES, &[end.name()], 1);
        self.took(&QUERY_SECONDS, &[], took);
    }

    fn requested(&self, error: Option<&HttpRequestError>) {
        use HttpRequestError as E;
        let result = match error {
            None => "ok",
            Some(
                E::InvalidUrl | E::InvalidMethod | E::InvalidHeaderName | E::InvalidHeaderValue,
            ) => "invalid",
            Some(E::NotAllowed) => "not_allowed",
            Some(E::TooManyRequests) => "too_many",
            Some(E::Timeout) => "timeout",
            Some(E::ResponseTooLarge | E::TooManyHeaders) => "too_large",
            Some(_) => "network",
        };
        self.add(&HTTP, &[result], 1);
    }
}

impl Told for Metrics {
    fn prepared(&self, what: Prepared, took: Duration) {
        self.add(&COMPILED, &[what.name()], 1);
        if what == Prepared::Compiled {
            self.took(&COMPILE_SECONDS, &[], took);
        }
    }
}

fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Reverted => "reverted",
        Outcome::Trapped(_) => "trapped",
        Outcome::OutOfGas => "out_of_gas",
        Outcome::Rejected(_) => "rejected",
    }
}
