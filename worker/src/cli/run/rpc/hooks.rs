//! What the JSON-RPC tells the program around it, and changes of it.

use super::super::super::logging;
use pink_worker_metrics::{
    table::{RPC_CALLS, RPC_CONNECTIONS, RPC_LOST, RPC_SECONDS},
    Metrics,
};
use pink_worker_rpc::{LogFilter, Observer};
use std::{net::IpAddr, time::Duration};

/// Counts what the server does.
#[derive(Debug)]
pub(super) struct RpcCounters(pub(super) Metrics);

impl Observer for RpcCounters {
    fn call_finished(&self, method: &'static str, error: Option<i32>, took: Duration) {
        let is_error = if error.is_some() { "true" } else { "false" };
        self.0.add(&RPC_CALLS, &[method, is_error], 1);
        self.0.took(&RPC_SECONDS, &[method], took);
    }

    fn session_opened(&self, _: IpAddr) {
        self.0.step(&RPC_CONNECTIONS, &[], true);
    }

    fn session_closed(&self, _: IpAddr, _: Duration) {
        self.0.step(&RPC_CONNECTIONS, &[], false);
    }

    fn notifications_lost(&self, method: &'static str, count: u64) {
        let subscription = match method {
            "cluster_v1_subscribeReceipts" => "receipts",
            _ => "logs",
        };
        self.0.add(&RPC_LOST, &[subscription], count);
    }
}

/// The program's own log.
#[derive(Debug)]
pub(super) struct Log;

impl LogFilter for Log {
    fn add(&self, directives: &str) -> Result<(), String> {
        logging::add_filter(directives).map_err(|error| error.to_string())
    }

    fn reset(&self) -> Result<(), String> {
        logging::reset_filter().map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each method of the server is counted as: a name that the table of metrics hasn't got would be counted as
    /// none in particular.
    #[test]
    fn every_method_has_a_series_of_its_own() {
        let metrics = Metrics::new();
        let counted = RpcCounters(metrics.clone());
        let methods: Vec<_> = pink_worker_rpc::method_names().collect();
        assert!(methods.contains(&"cluster_v1_query"));
        for method in &methods {
            counted.call_finished(method, None, Duration::ZERO);
        }
        counted.call_finished(
            pink_worker_rpc::UNKNOWN_METHOD,
            Some(-32601),
            Duration::ZERO,
        );
        let text = metrics.text();
        for method in methods {
            let series =
                format!("pink_rpc_calls_total{{is_error=\"false\",method=\"{method}\"}} 1");
            assert!(text.contains(&series), "{series}");
        }
        assert!(text.contains("pink_rpc_calls_total{is_error=\"true\",method=\"unknown\"} 1"));
    }
}
