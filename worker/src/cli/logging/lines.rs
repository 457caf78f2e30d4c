//! One JSON object for each event, as `tracing-subscriber` has them with its feature `json`. That feature would be
//! everybody's who is built beside this program, the chain's runtime too.

use serde_json::{json, Map, Value};
use std::{
    fmt::Debug,
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};
use tracing::{
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    Event, Subscriber,
};
use tracing_subscriber::{layer::Context, registry::LookupSpan, Layer};

/// Writes events to stderr.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines;

/// What a span was made with.
struct Fields(Map<String, Value>);

/// Reads fields as JSON.
#[derive(Default)]
struct JsonVisitor(Map<String, Value>);

impl JsonVisitor {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().into(), value);
    }
}

impl Visit for JsonVisitor {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut read = JsonVisitor::default();
        attributes.record(&mut read);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(Fields(read.0));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut read = JsonVisitor::default();
        values.record(&mut read);
        if let Some(span) = context.span(id) {
            if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
                fields.0.extend(read.0);
            }
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let scope = context.event_scope(event);
        let spans = scope.into_iter().flat_map(|scope| scope.from_root());
        let spans: Vec<Value> = spans
            .map(|span| {
                let mut said = Map::new();
                said.insert("name".into(), span.name().into());
                if let Some(fields) = span.extensions().get::<Fields>() {
                    said.extend(fields.0.clone());
                }
                said.into()
            })
            .collect();
        let line = line(event, spans, SystemTime::now());
        // Nobody may be listening.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

fn line(event: &Event<'_>, spans: Vec<Value>, now: SystemTime) -> String {
    let mut read = JsonVisitor::default();
    event.record(&mut read);
    let metadata = event.metadata();
    let line = json!({
        "timestamp": rfc3339(now),
        "level": metadata.level().as_str(),
        "target": metadata.target(),
        "fields": read.0,
        "spans": spans,
    });
    format!("{line}\n")
}

/// A time as RFC 3339 has it, in UTC, with microseconds. Days are counted as in Howard Hinnant's `civil_from_days`.
fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let shifted = days.saturating_add(719_468);
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = match month_from_march {
        0..10 => month_from_march + 3,
        _ => month_from_march - 9,
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        since.subsec_micros()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// From `date -u -d @N +%FT%T`.
    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000000Z"),
            (1_709_251_200, "2024-03-01T00:00:00.000000Z"),
            (1_795_781_775, "2026-11-27T12:16:15.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc3339(time), text);
        }
        let time = UNIX_EPOCH + Duration::from_micros(1_500_042);
        assert_eq!(rfc3339(time), "1970-01-01T00:00:01.500042Z");
    }
}
