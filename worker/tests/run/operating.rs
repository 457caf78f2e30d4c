//! What an operator touches: metrics, logs, the configuration, signals, systemd.

use crate::{
    deposit,
    process::{engines, Running},
    support::Endpoint,
    Harness,
};
use runtime_mock::{Genesis, UNIT};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixDatagram,
    path::Path,
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

/// The metrics of a worker that said where they are.
pub(crate) fn metrics(line: &str) -> BTreeMap<String, f64> {
    let at = line.find("http://").expect("an address") + "http://".len();
    let address = line[at..].split('/').next().expect("an address");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let lines = body.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.rsplit_once(' '));
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect()
}

/// What a whole command says, in JSON.
pub(crate) fn said(arguments: &[&str]) -> (i32, Value) {
    said_with(arguments, &[])
}

fn said_with(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let said = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (output.status.code().expect("no signal"), said)
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

pub(crate) fn error_of(report: &Value) -> &str {
    report["error"].as_str().expect("an error")
}

/// Of a chain whose blocks are known by hand: a setup, a deposit, two more.
#[test]
fn the_metrics_are_those_of_the_chain_that_was_followed() {
    let mut harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--prometheus-port", "0"]);
    let line = running.until("metrics at http://");
    running.until(&format!("it is at block={}", harness.head()));
    let found = metrics(&line);
    let head = f64::from(harness.head());
    for (name, value) in [
        ("pink_block_height{status=\"executed\"}", head),
        ("pink_block_height{status=\"finalized\"}", head),
        ("pink_block_height{status=\"acknowledged\"}", 0.0),
        ("pink_blocks_behind", 0.0),
        ("pink_blocks_executed_total", harness.made.len() as f64),
        (
            "pink_block_execution_seconds_count",
            harness.made.len() as f64,
        ),
        (
            "pink_messages_total{kind=\"setup\",outcome=\"success\"}",
            1.0,
        ),
        (
            "pink_messages_total{kind=\"deposit\",outcome=\"success\"}",
            3.0,
        ),
        (
            "pink_messages_total{kind=\"call\",outcome=\"success\"}",
            0.0,
        ),
        (
            "pink_engine_calls_total{call=\"deposit\",result=\"ok\"}",
            3.0,
        ),
        ("pink_engine_call_seconds_count{call=\"setup\"}", 1.0),
        (
            "pink_engine_calls_total{call=\"setup\",result=\"panicked\"}",
            0.0,
        ),
        ("pink_parked{cause=\"engine_missing\"}", 0.0),
        ("pink_starts_at_height", 1.0),
        ("pink_speaks", 0.0),
        ("pink_upgrade_pending", 0.0),
        ("pink_engine_info{version=\"1.0\"}", 1.0),
        (
            "pink_store_rows{table=\"blocks\"}",
            harness.made.len() as f64,
        ),
        ("pink_store_rows{table=\"receipts\"}", 4.0),
    ] {
        assert_eq!(found.get(name), Some(&value), "{name}");
    }
    let positive = [
        "pink_commit_seconds_count",
        "pink_engine_memory_bytes{version=\"1.0\"}",
        "pink_process_resident_memory_bytes",
        "pink_store_file_bytes",
        "pink_disk_free_bytes",
        "pink_last_progress_timestamp_seconds{stage=\"executed\"}",
        "pink_last_progress_timestamp_seconds{stage=\"looked\"}",
    ];
    for name in positive {
        assert!(found[name] > 0.0, "{name}");
    }
    let genesis = harness.fake.with(|state| state.blocks[0].hash);
    let cluster = format!("pink_cluster_info{{cluster=\"1\",genesis=\"{genesis:?}\"}}");
    assert_eq!(found.get(&cluster), Some(&1.0), "{cluster}");
    assert!(found.keys().any(|it| it.starts_with("pink_build_info{")));
    // A block more.
    harness.block(vec![deposit(UNIT)]);
    let (justification, newest) = harness.fake.news(harness.head());
    harness.endpoint.tell(justification, newest);
    running.until(&format!("it is at block={}", harness.head()));
    let again = metrics(&line);
    let deposits = "pink_messages_total{kind=\"deposit\",outcome=\"success\"}";
    assert_eq!(again[deposits], 4.0);
    assert_eq!(again.len(), found.len(), "no new series");
    assert_eq!(running.stop("TERM").0, 0);
}

#[test]
fn a_parked_worker_says_why_in_one_series() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let none = TempDir::new().expect("a directory");
    let engines = text(none.path()).to_owned();
    let mut running = harness.start(
        base.path(),
        &["--engines", &engines, "--prometheus-port", "0"],
    );
    let line = running.until("metrics at http://");
    running.until("is parked before block");
    let found = metrics(&line);
    let parked = found
        .iter()
        .filter(|(name, value)| name.starts_with("pink_parked") && **value > 0.0);
    let parked: Vec<_> = parked.map(|(name, _)| name.as_str()).collect();
    assert_eq!(parked, ["pink_parked{cause=\"engine_missing\"}"]);
    assert_eq!(running.stop("TERM").0, 0);
}

#[test]
fn a_port_that_was_asked_for_and_is_in_use_is_named() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let port = address.port().to_string();
    let (status, report) = harness
        .start(base.path(), &["--prometheus-port", &port])
        .ended();
    assert_eq!(status, 2);
    let expected = format!("can't show metrics at {address}: ");
    assert!(error_of(&report).starts_with(&expected), "{report}");
    let hint = error_of(&report);
    assert!(
        hint.contains("another program listens there") && hint.contains("--prometheus-port"),
        "{report}"
    );
}

#[test]
fn starts_with_the_same_last_block_are_counted() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut counts = Vec::new();
    for _ in 0..4 {
        let mut running = harness.start(base.path(), &["--prometheus-port", "0"]);
        let line = running.until("metrics at http://");
        running.until(&format!("it is at block={}", harness.head()));
        counts.push(metrics(&line)["pink_starts_at_height"]);
        running.kill();
    }
    // The first one began with none, and the others with the last.
    assert_eq!(counts, [1.0, 1.0, 2.0, 3.0]);
}

#[test]
fn everything_can_stand_in_a_file_and_is_shown_with_its_place() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let folder = TempDir::new().expect("a directory");
    let file = folder.path().join("worker.conf");
    let content = format!(
        "chain = [\"{}\"]\ncluster = 1\nprometheus-port = 0\nlog = [\"pink_worker_core=debug\"]\nkeep-blocks = 100000\n",
        harness.endpoint.url()
    );
    fs::write(&file, content).expect("a file");
    let mut running = Running::start(base.path(), &["--config", text(&file)]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);

    let arguments = [
        "config",
        "show",
        "--json",
        "--config",
        text(&file),
        "--base-path",
        text(base.path()),
    ];
    let (status, shown) = said_with(&arguments, &[("PINK_WORKER_KEEP_RECEIPTS", "5")]);
    assert_eq!(status, 0, "{shown}");
    let settings = shown["settings"].as_array().expect("settings");
    let of = |key: &str| {
        settings
            .iter()
            .find(|it| it["key"] == key)
            .expect("a setting")
    };
    for (key, value, origin) in [
        ("chain", harness.endpoint.url().as_str(), "file"),
        ("base-path", text(base.path()), "flag"),
        ("keep-receipts", "5", "environment"),
        ("snapshot-each", "1200", "default"),
        ("log-format", "text", "default"),
    ] {
        assert_eq!(
            (&of(key)["values"][0], &of(key)["origin"]),
            (&value.into(), &origin.into()),
            "{key}"
        );
    }
    assert_eq!(of("chain")["place"], text(&file));
    assert_eq!(of("keep-receipts")["place"], "$PINK_WORKER_KEEP_RECEIPTS");
    let (status, checked) = said(&[
        "config",
        "check",
        "--json",
        "--config",
        text(&file),
        "--base-path",
        text(base.path()),
    ]);
    assert_eq!(
        (status, &checked["checked"]),
        (0, &true.into()),
        "{checked}"
    );
}

#[test]
fn what_is_wrong_with_a_configuration_is_named_with_its_place() {
    let base = TempDir::new().expect("a directory");
    let folder = TempDir::new().expect("a directory");
    let file = folder.path().join("worker.conf");
    let run = |content: &str| {
        fs::write(&file, content).expect("a file");
        Running::start(base.path(), &["--config", text(&file)]).ended()
    };
    for (content, says, hints) in [
        (
            "promethus-port = 1",
            "has the key \"promethus-port\"",
            "\"prometheus-port\"",
        ),
        (
            "cluster = true",
            "cluster takes a text or a number",
            "--help",
        ),
        (
            "chain = [\"ftp://x\"]",
            "ws:// or wss://",
            "chain stands in ",
        ),
        ("chain = [\"ws://x\"]\nsnapshot-each = 5", "--snapshots", ""),
        (
            "chain = [\"ws://127.0.0.1:1\"]\nlog = [\"a=loud\"]",
            "\"a=loud\"",
            "trace",
        ),
        (
            "chain = [\"ws://127.0.0.1:1\"]\nmax-memory = \"1MiB\"",
            "at least",
            "256MiB",
        ),
        (
            "chain = [\"ws://127.0.0.1:1\"]\nkeystore = \"/there/is/none\"",
            "/there/is/none",
            "",
        ),
    ] {
        let (status, report) = run(content);
        assert_eq!(status, 2, "{content}");
        assert!(error_of(&report).contains(says), "{content}: {report}");
        let hint = error_of(&report);
        assert!(hint.contains(hints), "{content}: {report}");
    }
    // And so says the check of it.
    fs::write(&file, "chain = [\"ftp://x\"]").expect("a file");
    let arguments = [
        "config",
        "check",
        "--json",
        "--config",
        text(&file),
        "--base-path",
        text(base.path()),
    ];
    let (status, report) = said(&arguments);
    assert_eq!(status, 2);
    assert!(error_of(&report).contains("ws:// or wss://"), "{report}");
    assert!(error_of(&report).contains(text(&file)), "{report}");
    let (status, report) = said_with(
        &["run", "--json", "--chain", "ws://x", "--base-path", "y"],
        &[("PINK_WORKER_FROM", "//Alice")],
    );
    assert_eq!(status, 2);
    assert!(
        error_of(&report).contains("a secret isn't taken from the environment"),
        "{report}"
    );
}

#[test]
fn lines_are_json_when_asked_for() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let arguments = ["--log-format", "json", "-l", "pink_engine_host=info"];
    let mut running = harness.start(base.path(), &arguments);
    // Where it happened: at the setup, message 0 of the first block.
    let line = running.until("engine loaded");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(line["fields"]["version"], "1.0");
    let spans = serde_json::json!([
        {"name": "block", "number": harness.made[0].number},
        {"name": "message", "seq": 0},
    ]);
    assert_eq!(line["spans"], spans, "{line}");
    let line = running.until("\"followed\"");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["target"], "pink_worker::cli::run::following");
    assert!(line["fields"]["block"].is_u64(), "{line}");
    assert!(
        line["timestamp"].as_str().expect("a time").ends_with('Z'),
        "{line}"
    );
    assert_eq!(running.stop("TERM").0, 0);
}

/// A file that is changed counts at SIGHUP; one that is wrong changes nothing.
#[test]
fn a_hangup_reads_the_configuration_again() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let folder = TempDir::new().expect("a directory");
    let file = folder.path().join("worker.conf");
    fs::write(&file, "log = [\"pink_worker=warn\"]").expect("a file");
    let arguments = [
        "--config",
        text(&file),
        "--prometheus-port",
        "0",
        "-l",
        "pink_worker_metrics=info",
    ];
    let mut running = harness.start(base.path(), &arguments);
    let line = running.until("metrics at http://");
    let reloads = |result: &str| {
        let name = format!("pink_config_reloads_total{{result=\"{result}\"}}");
        metrics(&line)[&name]
    };
    fs::write(&file, "prometheus-prot = 1").expect("a file");
    running.signal("HUP");
    running.until("what was configured stays");
    running.until("hint: is \"prometheus-port\" meant?");
    fs::write(&file, "keep-blocks = 100000").expect("a file");
    fs::write(
        base.path().join("worker.toml"),
        "[http]\nmax_parallel = 2\n",
    )
    .expect("a file");
    running.signal("HUP");
    running.until("the configuration was read again");
    // What it says of its steps was put off, and is on again by RUST_LOG.
    running.until("it is at block=");
    assert_eq!((reloads("failed"), reloads("ok")), (1.0, 1.0));
    assert_eq!(running.stop("TERM").0, 0);
}

/// As systemd does it: a socket of datagrams, and the time after which it takes the program for dead.
#[test]
fn systemd_hears_that_it_is_ready_alive_reloading_and_stopping() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let folder = TempDir::new().expect("a directory");
    let socket = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&socket).expect("a socket");
    systemd
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    let hear = || {
        let mut bytes = [0; 4_096];
        let length = systemd.recv(&mut bytes).expect("it says something");
        String::from_utf8(bytes[..length].to_vec()).expect("text")
    };
    let hear_until = |what: &str| {
        let mut all = Vec::new();
        loop {
            all.push(hear());
            if all.last().is_some_and(|it| it.contains(what)) {
                return all;
            }
        }
    };
    let url = harness.endpoint.url();
    let variables = [
        ("NOTIFY_SOCKET", text(&socket)),
        ("WATCHDOG_USEC", "1000000"),
    ];
    let running = Running::start_with(base.path(), &["--chain", &url], &variables);
    let begun = hear_until("WATCHDOG=1");
    assert!(begun.iter().any(|it| it.contains("READY=1")), "{begun:?}");
    hear_until(&format!(
        "STATUS=block {} of {} is executed",
        harness.head(),
        harness.head()
    ));
    running.signal("HUP");
    let reloading = hear_until("RELOADING=1");
    assert!(
        reloading
            .last()
            .expect("a word")
            .contains("MONOTONIC_USEC="),
        "{reloading:?}"
    );
    hear_until("READY=1");
    hear_until("WATCHDOG=1");
    running.signal("TERM");
    hear_until("STOPPING=1");
    assert_eq!(running.ended().0, 0);
}

#[test]
fn shells_and_the_manual_know_every_option() {
    let pink = || Command::new(env!("CARGO_BIN_EXE_pink-worker"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = pink()
            .args(["completions", shell])
            .output()
            .expect("it starts");
        assert!(output.status.success());
        let script = String::from_utf8(output.stdout).expect("text");
        assert!(
            script.contains("prometheus-port") && script.contains("purge"),
            "{shell}"
        );
    }
    let folder = TempDir::new().expect("a directory");
    let done = pink()
        .arg("man")
        .arg(folder.path())
        .status()
        .expect("it starts");
    assert!(done.success());
    let page = fs::read_to_string(folder.path().join("pink-worker-run.1")).expect("a page");
    assert!(
        page.contains("prometheus\\-port") && page.contains("PINK_WORKER_"),
        "{page}"
    );
    for name in [
        "pink-worker.1",
        "pink-worker-config-show.1",
        "pink-worker-db-purge.1",
    ] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    assert!(engines().is_dir());
}

/// Debian's packages `prometheus` and `curl` have what it takes.
#[test]
fn a_real_prometheus_has_every_metric() {
    let there = |program: &str| {
        let asked = Command::new(program).arg("--version").output();
        asked.is_ok_and(|it| it.status.success())
    };
    if let Some(missing) = ["prometheus", "promtool", "curl"]
        .into_iter()
        .find(|it| !there(it))
    {
        // Past what catches a test's output: who looks at the run sees it.
        let told = format!("SKIPPED a_real_prometheus_has_every_metric: {missing} isn't there: apt-get install prometheus curl\n");
        std::io::stderr()
            .write_all(told.as_bytes())
            .expect("a line");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/prometheus/scrape.sh");
    let output = Command::new(script)
        .arg(env!("CARGO_BIN_EXE_pink-worker"))
        .output()
        .expect("a script");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("every rule is evaluated"), "{said}");
}

/// The first node isn't there, the second lies. Of the third one the test counts itself what it was asked.
#[test]
fn what_the_nodes_are_asked_is_counted_by_node() {
    let harness = Harness::begin(Genesis::development());
    let liar = Endpoint::start(harness.fake.clone());
    liar.lie(|method, _, answer| match (method, answer) {
        ("state_getReadProof", Ok(mut answer)) => {
            answer["proof"].as_array_mut().expect("a list").pop();
            Ok(answer)
        }
        (_, answer) => answer,
    });
    let base = TempDir::new().expect("a directory");
    let (lies, honest) = (liar.url(), harness.endpoint.url());
    let nodes = [
        "--chain",
        "ws://127.0.0.1:1",
        "--chain",
        &lies,
        "--chain",
        &honest,
    ];
    let mut running = Running::start(
        base.path(),
        &[&nodes[..], &["--prometheus-port", "0"]].concat(),
    );
    let line = running.until("metrics at http://");
    running.until(&format!("it is at block={}", harness.head()));
    let found = metrics(&line);
    let of = |node: u8, result: &str| {
        found[&format!("pink_source_requests_total{{endpoint=\"{node}\",result=\"{result}\"}}")]
    };
    assert!(of(0, "failed") > 0.0 && of(0, "answered") == 0.0);
    assert!(of(1, "answered") > 0.0);
    let disbelieved =
        |node: u8| found[&format!("pink_source_disbelieved_total{{endpoint=\"{node}\"}}")];
    assert_eq!([0, 1, 2].map(disbelieved), [0.0, 1.0, 0.0]);
    // It may be asked for news meanwhile, and for nothing else.
    let asked = harness.endpoint.asked().len() as f64;
    let counted = of(2, "answered") + of(2, "refused");
    assert!(counted > 10.0 && counted <= asked, "{counted} of {asked}");
    assert_eq!(running.stop("TERM").0, 0);
}

/// The image runs what the script does, as somebody without a name, and has no engines inside.
#[test]
fn the_image_is_made_by_the_script_and_holds_the_program_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = fs::read_to_string(root.join("ops/docker/Dockerfile")).expect("a file");
    let stages: Vec<_> = file.split("\nFROM ").skip(1).collect();
    assert_eq!(stages.len(), 2, "one builds, one runs");
    assert!(stages[0].contains("RUN ops/docker/build.sh /out"));
    let copied: Vec<_> = stages[1]
        .lines()
        .filter(|line| line.starts_with("COPY"))
        .collect();
    assert_eq!(
        copied,
        ["COPY --from=build /out/pink-worker /usr/bin/pink-worker"]
    );
    let user = stages[1]
        .lines()
        .find_map(|line| line.strip_prefix("USER "))
        .expect("a user");
    assert!(
        user.split(':')
            .all(|id| id.parse::<u32>().is_ok_and(|id| id >= 10_000)),
        "{user}"
    );
    // What it starts with is a command line that there is.
    let script = fs::read_to_string(root.join("ops/docker/build.sh")).expect("a script");
    let built = script
        .lines()
        .find(|line| line.starts_with("cargo build"))
        .expect("a line that builds");
    // Without it there is no `run`. `ops/docker/check.sh` starts what is built.
    assert!(built.contains("--features chain"), "{built}");
    let command = stages[1]
        .lines()
        .find_map(|line| line.strip_prefix("CMD "))
        .expect("a command");
    let words: Vec<String> = serde_json::from_str(command).expect("a list");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(words[0], "run");
    let folder = TempDir::new().expect("a directory");
    let config = folder.path().join("worker.conf");
    let example = fs::read(root.join("ops/systemd/worker.conf")).expect("an example");
    fs::write(&config, example).expect("a file");
    let base = text(folder.path());
    let real = words[1..].iter().map(|word| match *word {
        "/data" => base,
        "/etc/pink-worker/worker.conf" => text(&config),
        other => other,
    });
    let arguments: Vec<&str> = ["config", "check", "--json"]
        .into_iter()
        .chain(real)
        .collect();
    let (status, report) = said(&arguments);
    assert_eq!((status, &report["checked"]), (0, &true.into()), "{report}");
    // Every option of the example is one.
    let all = fs::read_to_string(&config).expect("a file");
    let uncommented: String = all
        .lines()
        .filter(|line| line.contains(" = "))
        .map(|line| format!("{}\n", line.trim_start_matches('#')))
        .collect();
    fs::write(&config, uncommented.replace("keystore", "#keystore")).expect("a file");
    let (status, report) = said(&arguments);
    assert_eq!(status, 0, "{report}");
}
