//! What was measured so far.

use crate::table::{Kind, Label, Metric, Values, BUILD_INFO, PROCESS_START, TABLE};
use prometheus::{
    core::Collector, Encoder, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry,
    TextEncoder,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

enum Series {
    Counter(IntCounterVec),
    Gauge(GaugeVec),
    Histogram(HistogramVec),
}

type Look = Box<dyn Fn(&Metrics) + Send + Sync>;

struct Inner {
    registry: Registry,
    series: BTreeMap<&'static str, Series>,
    /// What is looked up when somebody asks.
    looks: Mutex<Vec<Look>>,
}

/// All metrics of the table, from the start at zero. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Registers every metric of the table, and every series whose labels are known.
    ///
    /// # Panics
    /// The table has a name or a label that Prometheus doesn't take, or a name twice: a test sees it.
    #[allow(clippy::expect_used)]
    pub fn new() -> Self {
        let registry = Registry::new();
        let mut series = BTreeMap::new();
        for metric in TABLE {
            let made = register(metric, &registry).expect("the table is one that can be");
            series.insert(metric.name, made);
        }
        let metrics = Self(Arc::new(Inner {
            registry,
            series,
            looks: Mutex::default(),
        }));
        metrics.set_now(&PROCESS_START, &[]);
        metrics
    }

    /// Says which program this is.
    pub fn set_build(&self, version: &str, commit: &str) {
        self.set(&BUILD_INFO, &[version, commit], 1.0);
    }

    /// Counts.
    pub fn add(&self, metric: &Metric, labels: &[&str], by: u64) {
        if let Some(Series::Counter(series)) = self.0.series.get(metric.name) {
            if let Ok(counter) = series.get_metric_with_label_values(&bound(metric, labels)) {
                counter.inc_by(by);
            }
        }
    }

    /// Sets a gauge.
    pub fn set(&self, metric: &Metric, labels: &[&str], value: f64) {
        if let Some(Series::Gauge(series)) = self.0.series.get(metric.name) {
            if let Ok(gauge) = series.get_metric_with_label_values(&bound(metric, labels)) {
                gauge.set(value);
            }
        }
    }

    /// Sets a gauge to a number. Beyond 2^53 it is rounded.
    #[allow(clippy::cast_precision_loss)]
    pub fn set_number(&self, metric: &Metric, labels: &[&str], value: u128) {
        self.set(metric, labels, value as f64);
    }

    /// Sets a gauge to the time.
    pub fn set_now(&self, metric: &Metric, labels: &[&str]) {
        self.set_time(metric, labels, SystemTime::now());
    }

    /// Sets a gauge to a time.
    pub fn set_time(&self, metric: &Metric, labels: &[&str], time: SystemTime) {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.set(metric, labels, since.as_secs_f64());
    }

    /// Moves a gauge by one, up or down.
    pub fn step(&self, metric: &Metric, labels: &[&str], up: bool) {
        if let Some(Series::Gauge(series)) = self.0.series.get(metric.name) {
            if let Ok(gauge) = series.get_metric_with_label_values(&bound(metric, labels)) {
                if up {
                    gauge.inc()
                } else {
                    gauge.dec()
                }
            }
        }
    }

    /// Notes how long something took.
    pub fn took(&self, metric: &Metric, labels: &[&str], took: Duration) {
        if let Some(Series::Histogram(series)) = self.0.series.get(metric.name) {
            if let Ok(histogram) = series.get_metric_with_label_values(&bound(metric, labels)) {
                histogram.observe(took.as_secs_f64());
            }
        }
    }

    /// What a gauge says. For tests and for health.
    pub fn gauge(&self, metric: &Metric, labels: &[&str]) -> Option<f64> {
        match self.0.series.get(metric.name) {
            Some(Series::Gauge(series)) => series
                .get_metric_with_label_values(&bound(metric, labels))
                .ok()
                .map(|gauge| gauge.get()),
            _ => None,
        }
    }

    /// Looks something up whenever somebody asks for the metrics.
    pub fn at_each_look(&self, look: impl Fn(&Metrics) + Send + Sync + 'static) {
        let mut looks = self.0.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.push(Box::new(look));
    }

    /// All of it as Prometheus reads it.
    pub fn text(&self) -> String {
        for look in self
            .0
            .looks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            look(self);
        }
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.0.registry.gather(), &mut text) {
            tracing::warn!(%error, "the metrics can't be written");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

fn register(metric: &Metric, registry: &Registry) -> prometheus::Result<Series> {
    let names: Vec<_> = metric.labels.iter().map(|label| label.name).collect();
    let options = Opts::new(metric.name, metric.help);
    let series = match metric.kind {
        Kind::Counter => Series::Counter(IntCounterVec::new(options, &names)?),
        Kind::Gauge => Series::Gauge(GaugeVec::new(options, &names)?),
        Kind::Histogram(buckets) => {
            let options = HistogramOpts::from(options).buckets(buckets.to_vec());
            Series::Histogram(HistogramVec::new(options, &names)?)
        }
    };
    for values in known(metric.labels) {
        match &series {
            Series::Counter(it) => drop(it.get_metric_with_label_values(&values)?),
            Series::Gauge(it) => drop(it.get_metric_with_label_values(&values)?),
            Series::Histogram(it) => drop(it.get_metric_with_label_values(&values)?),
        }
    }
    let collector: Box<dyn Collector> = match &series {
        Series::Counter(it) => Box::new(it.clone()),
        Series::Gauge(it) => Box::new(it.clone()),
        Series::Histogram(it) => Box::new(it.clone()),
    };
    registry.register(collector)?;
    Ok(series)
}

/// Every combination of values that are known beforehand.
pub(crate) fn known(labels: &[Label]) -> Vec<Vec<&'static str>> {
    let mut all = vec![Vec::new()];
    for label in labels {
        let Values::Of(values) = label.values else {
            return Vec::new();
        };
        let values = values();
        all = all
            .into_iter()
            .flat_map(|row: Vec<&'static str>| {
                values.iter().map(move |value| {
                    let mut row = row.clone();
                    row.push(*value);
                    row
                })
            })
            .collect();
    }
    all
}

/// Labels as they are counted: what isn't known is the last one.
fn bound<'v>(metric: &Metric, given: &[&'v str]) -> Vec<&'v str>
where
    'static: 'v,
{
    let labels = metric.labels.iter().zip(given);
    labels
        .map(|(label, given)| match label.values {
            Values::Own => *given,
            Values::Of(values) => {
                let values = values();
                let found = values.iter().find(|value| *value == given);
                found.or(values.last()).copied().unwrap_or_default()
            }
        })
        .collect()
}
