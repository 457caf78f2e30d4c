//! The table, and what is made of it or speaks of it.

use pink_worker_metrics::{
    documentation, names_in,
    table::{Kind, Values, TABLE},
    Metrics,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

/// A series of the text format: its name with its labels, and its value.
fn series(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').expect("a value"))
        .collect()
}

/// Prometheus' own advice: <https://prometheus.io/docs/practices/naming/>.
#[test]
fn names_are_as_prometheus_wants_them() {
    let mut seen = BTreeSet::new();
    for metric in TABLE {
        let name = metric.name;
        assert!(seen.insert(name), "{name} is there twice");
        assert!(name.starts_with("pink_"), "{name}");
        let parts = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(parts, "{name}");
        let counts = metric.kind == Kind::Counter;
        assert_eq!(counts, name.ends_with("_total"), "{name}");
        if matches!(metric.kind, Kind::Histogram(_)) {
            assert!(name.ends_with("_seconds"), "{name}");
        }
        for wrong in [
            "_ms",
            "_milliseconds",
            "_kb",
            "_minutes",
            "_percent",
            "_count",
            "_sum",
            "_bucket",
        ] {
            assert!(!name.ends_with(wrong), "{name}");
        }
        assert!(
            metric.help.ends_with('.') && metric.help.len() > 15,
            "{name}"
        );
        if let Kind::Histogram(buckets) = metric.kind {
            assert!(buckets.is_sorted() && buckets.len() < 20, "{name}");
        }
    }
}

#[test]
fn every_series_that_is_known_is_there_from_the_start_at_zero() {
    let metrics = Metrics::new();
    let text = metrics.text();
    let series = series(&text);
    let mut all = 0;
    for metric in TABLE {
        let known = metric.labels.iter().map(|label| match label.values {
            Values::Own => 0,
            Values::Of(values) => values().len(),
        });
        let expected: usize = known.product();
        let suffix = match metric.kind {
            Kind::Histogram(_) => "_count",
            Kind::Counter | Kind::Gauge => "",
        };
        let name = format!("{}{suffix}", metric.name);
        let of = |it: &&&str| ***it == name || it.starts_with(&format!("{name}{{"));
        let found: Vec<_> = series.keys().filter(of).collect();
        assert_eq!(found.len(), expected, "{name}: {found:?}");
        for it in found {
            let zero = name == "pink_process_start_time_seconds" || series[it] == "0";
            assert!(zero, "{it} {}", series[it]);
        }
        all += expected;
    }
    // Some hundreds, and not some thousands.
    assert!((200..800).contains(&all), "{all}");
}

/// Whoever asks with a name of its own makes no series.
#[test]
fn no_label_is_a_stranger_s() {
    use pink_worker_metrics::table::RPC_CALLS;
    let metrics = Metrics::new();
    let before = metrics.text().lines().count();
    for stranger in 0..1_000 {
        metrics.add(&RPC_CALLS, &[&format!("stranger_{stranger}"), "false"], 1);
    }
    let text = metrics.text();
    assert_eq!(text.lines().count(), before);
    let counted = "pink_rpc_calls_total{is_error=\"false\",method=\"unknown\"}";
    assert_eq!(series(&text)[counted], "1000");
}

#[test]
fn counters_gauges_and_histograms_say_what_they_were_told() {
    use pink_worker_metrics::table::{BALANCE, BLOCKS, COMMIT_SECONDS, RPC_CONNECTIONS};
    use std::time::Duration;
    let metrics = Metrics::new();
    metrics.add(&BLOCKS, &[], 2);
    metrics.add(&BLOCKS, &[], 3);
    metrics.set_number(&BALANCE, &[], 1_500_000_000_000);
    metrics.step(&RPC_CONNECTIONS, &[], true);
    metrics.step(&RPC_CONNECTIONS, &[], true);
    metrics.step(&RPC_CONNECTIONS, &[], false);
    // One at the edge of a bucket, one behind the last.
    metrics.took(&COMMIT_SECONDS, &[], Duration::from_millis(5));
    metrics.took(&COMMIT_SECONDS, &[], Duration::from_secs(90));
    metrics.at_each_look(|metrics| metrics.add(&BLOCKS, &[], 10));
    let text = metrics.text();
    let series = series(&text);
    for (name, value) in [
        ("pink_blocks_executed_total", "15"),
        ("pink_account_balance", "1500000000000"),
        ("pink_rpc_connections", "1"),
        ("pink_commit_seconds_count", "2"),
        ("pink_commit_seconds_sum", "90.005"),
        ("pink_commit_seconds_bucket{le=\"0.0025\"}", "0"),
        ("pink_commit_seconds_bucket{le=\"0.005\"}", "1"),
        ("pink_commit_seconds_bucket{le=\"60\"}", "1"),
        ("pink_commit_seconds_bucket{le=\"+Inf\"}", "2"),
    ] {
        assert_eq!(series.get(name), Some(&value), "{name}");
    }
}

/// `BLESS=1` writes it anew.
#[test]
fn the_page_is_that_of_the_table() {
    let path = root().join("docs/metrics.md");
    let page = read("docs/metrics.md");
    let (begin, end) = ("<!-- table -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(begin).expect("a table");
    let (found, after) = rest.split_once(end).expect("its end");
    let expected = documentation();
    if env::var_os("BLESS").is_some() && found != expected {
        fs::write(path, format!("{before}{begin}{expected}{end}{after}")).expect("a page");
        return;
    }
    assert!(
        found == expected,
        "docs/metrics.md isn't that of the table: run with BLESS=1"
    );
}

#[test]
fn the_dashboard_asks_for_what_there_is_and_for_all_of_it() {
    let text = read("ops/grafana/pink-worker.json");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    // What Grafana needs for an import, and no number of one installation.
    assert!(dashboard["__inputs"].is_array() && dashboard["__requires"].is_array());
    assert!(dashboard.get("id").is_none());
    let mut used = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        assert!(ids.insert(panel["id"].as_u64().expect("a number")));
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("queries");
        assert!(!targets.is_empty(), "{}", panel["title"]);
        for target in targets {
            let query = target["expr"].as_str().expect("a query");
            let names = names_in(query).unwrap_or_else(|names| panic!("{query}: no {names:?}"));
            assert!(!names.is_empty(), "{query}");
            labels_are_known(query);
            used.extend(names);
        }
    }
    let all: BTreeSet<_> = TABLE.iter().map(|metric| metric.name).collect();
    let unseen: Vec<_> = all.difference(&used).collect();
    assert!(unseen.is_empty(), "nobody sees {unseen:?}");
}

/// Every value that a query asks of a label is one that the label can have.
fn labels_are_known(query: &str) {
    for (at, _) in query.match_indices('{') {
        let name: String = query[..at]
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_lowercase() || *c == '_')
            .collect();
        let name: String = name.chars().rev().collect();
        let metric = TABLE
            .iter()
            .find(|metric| name == metric.name || name == format!("{}_bucket", metric.name));
        let Some(metric) = metric else {
            assert_eq!(name, "up", "{query}");
            continue;
        };
        let inside = query[at + 1..].split('}').next().expect("an end");
        for matcher in inside.split(',') {
            let (label, value) = matcher.split_once('=').expect("a value");
            let label = label.trim_end_matches('!');
            // Prometheus' own.
            if label == "instance" {
                continue;
            }
            let known = metric.labels.iter().find(|it| it.name == label);
            let Values::Of(values) = known.expect(query).values else {
                panic!("{query}: {label} has no values that are known");
            };
            assert!(values().contains(&value.trim_matches('"')), "{query}");
        }
    }
}

/// A rule of the file, which is YAML of one shape: a line for each of its fields.
#[derive(Debug)]
struct Rule<'t> {
    alert: &'t str,
    expr: &'t str,
    severity: &'t str,
}

fn rules(text: &str) -> Vec<Rule<'_>> {
    let blocks = text.split("      - alert: ").skip(1);
    let rules = blocks.map(|block| {
        let field = |name: &str| {
            let line = block
                .lines()
                .find_map(|line| line.trim_start().strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} is missing: {block}"))
                .trim()
        };
        let annotations = field("annotations:");
        assert!(
            annotations.contains("summary:") && annotations.contains("action:"),
            "{block}"
        );
        Rule {
            alert: block.lines().next().expect("a name"),
            expr: field("expr:"),
            severity: field("labels: {severity:").trim_end_matches('}'),
        }
    });
    rules.collect()
}

#[test]
fn alerts_ask_for_what_there_is_in_pairs_of_warning_and_critical() {
    let text = read("ops/prometheus/rules.yml");
    let rules = rules(&text);
    assert!(rules.len() > 15, "{}", rules.len());
    let mut about: BTreeMap<BTreeSet<&str>, Vec<&Rule<'_>>> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for rule in &rules {
        assert!(names.insert(rule.alert), "{}", rule.alert);
        assert!(["warning", "critical"].contains(&rule.severity), "{rule:?}");
        labels_are_known(rule.expr);
        let names = names_in(rule.expr).unwrap_or_else(|names| panic!("{rule:?}: no {names:?}"));
        assert!(
            !names.is_empty() || rule.expr.starts_with("up{"),
            "{rule:?}"
        );
        about.entry(names).or_default().push(rule);
    }
    let of = |rules: &[&Rule<'_>], severity: &str| {
        let it = rules.iter().filter(|rule| rule.severity == severity);
        it.count()
    };
    let alone = about
        .values()
        .filter(|it| of(it, "warning") != of(it, "critical"));
    let alone: Vec<_> = alone.flatten().map(|rule| rule.alert).collect();
    // There is no small divergence.
    assert_eq!(alone, ["Diverged"]);
}

#[test]
fn a_name_that_there_isnt_is_found() {
    let unknown =
        names_in("rate(pink_blocks_total[5m]) > pink_blocks_behind").expect_err("no such");
    assert_eq!(
        unknown.into_iter().collect::<Vec<_>>(),
        ["pink_blocks_total"]
    );
    // A histogram has no series of its own name.
    assert!(names_in("pink_commit_seconds").is_err());
    assert!(names_in("pink_commit_seconds_bucket").is_ok());
}
