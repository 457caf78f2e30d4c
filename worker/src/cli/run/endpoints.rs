//! What the chain's nodes are asked, counted.

use pink_rpc_source::{Observer, Requested};
use pink_worker_metrics::{
    table::{SOURCE_DISBELIEVED, SOURCE_REQUESTS},
    Metrics,
};

/// Counts requests.
#[derive(Debug)]
pub(super) struct Endpoints(pub(super) Metrics);

impl Observer for Endpoints {
    fn requested(&self, endpoint: usize, ended: Requested, count: usize) {
        let result = match ended {
            Requested::Answered => "answered",
            Requested::Refused => "refused",
            Requested::Failed => "failed",
        };
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let endpoint = endpoint.to_string();
        self.0.add(&SOURCE_REQUESTS, &[&endpoint, result], count);
    }

    fn disbelieved(&self, endpoint: usize) {
        let endpoint = endpoint.to_string();
        self.0.add(&SOURCE_DISBELIEVED, &[&endpoint], 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However many nodes an operator names, there are no more series than the table has.
    #[test]
    fn nodes_beyond_the_table_are_counted_as_one() {
        let metrics = Metrics::new();
        let series = |text: &str| text.lines().filter(|it| it.contains("pink_source")).count();
        let before = series(&metrics.text());
        let counted = Endpoints(metrics.clone());
        for endpoint in [0, 7, 8, 9, 4_000] {
            counted.requested(endpoint, Requested::Failed, 2);
            counted.disbelieved(endpoint);
        }
        let text = metrics.text();
        assert_eq!(series(&text), before);
        for (endpoint, count) in [("0", 2), ("1", 0), ("7", 2), ("more", 6)] {
            let line = format!(
                "pink_source_requests_total{{endpoint=\"{endpoint}\",result=\"failed\"}} {count}"
            );
            assert!(text.contains(&line), "{line}");
        }
        assert!(text.contains("pink_source_disbelieved_total{endpoint=\"more\"} 3"));
    }
}
