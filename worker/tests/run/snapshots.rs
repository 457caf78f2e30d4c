//! Workers that serve snapshots, and newcomers that begin with one.

use super::*;
use fat_contracts_primitives::{AccountId, Checkpoint, Hash};
use pink_snapshot::{
    serve::{Offer, ServeConfig, Server},
    SnapshotReader,
};
use runtime_mock::workers;
use std::{
    fs::{self, File},
    io::{BufReader, Cursor},
    net::SocketAddr,
};

/// Who confirms: one member, so its word is a quorum.
fn member() -> AccountId {
    AccountId::new([101; 32])
}

impl Harness {
    /// With one member, which joins behind the first messages. Interval checkpoints are each 100 blocks.
    fn with_member() -> Self {
        let mut harness = Self::begin(Genesis::development());
        let registry = EngineRegistry::new(engines());
        let engine = InstalledEngine::find(&registry, V1_0).expect("`cargo xtask engines`");
        let files = engine.record.artefacts.iter().map(|it| it.hash).collect();
        harness.block(workers::add_worker(member(), who("//Alice"), 1, files));
        harness.block(vec![deposit(2 * UNIT)]);
        harness.idle(3);
        harness
    }

    /// The member says what a worker in this process found, of all that the chain asks of it. Returns the last.
    fn confirm(&mut self) -> Checkpoint {
        let worker = self.worker(&self.made);
        let asked = self
            .fake
            .with(|state| state.mock.clone())
            .to_acknowledge(1, &member(), 64);
        let checkpoint = |block| {
            worker
                .checkpoint(block)
                .expect("a store")
                .expect("executed")
        };
        let told: Vec<_> = asked.iter().map(|it| checkpoint(it.cursor.block)).collect();
        let last = told.last().expect("something to say").clone();
        self.block(vec![workers::acknowledge(member(), 1, told)]);
        let confirmed = self.fake.with(|state| state.mock.clone()).query(|| {
            pallet_fat_contracts::Progress::<Runtime>::get(1)
                .confirmed
                .block
        });
        assert_eq!(confirmed, last.block);
        last
    }

    fn tell(&self) {
        let (justification, head) = self.fake.news(self.head());
        self.endpoint.tell(justification, head);
    }
}

fn address(line: &str) -> String {
    let at = line.find("http://").expect("an address");
    line[at..].trim().to_owned()
}

/// A worker serves what was confirmed, by itself; a newcomer begins with it, and comes to the same.
#[test]
fn a_newcomer_begins_with_what_another_worker_serves() {
    let mut harness = Harness::with_member();
    let base = TempDir::new().expect("a directory");
    let serve = ["--snapshots", "127.0.0.1:0", "--snapshot-each", "1"];
    let mut first = harness.start(base.path(), &serve);
    let url = address(&first.until("serves snapshots at"));
    first.until(&format!("followed block={}", harness.head()));
    // From now on the chain has its first blocks no more.
    let confirmed = harness.confirm();
    harness.tell();
    first.until(&format!("serves a snapshot of block {}", confirmed.block));
    let file = base
        .path()
        .join(format!("snapshots/{}.pinksnap", confirmed.block));
    // What a newcomer makes of it is what a reader that knows no worker finds.
    let file = BufReader::new(File::open(&file).expect("the file"));
    let header = SnapshotReader::new(file).expect("sound").header().clone();
    assert_eq!(header.checkpoint, confirmed);
    let genesis = harness.fake.with(|state| state.blocks[0].hash);
    assert_eq!(header.genesis.map(|it| it.0), Some(genesis.0));

    let newcomer = TempDir::new().expect("a directory");
    let mut second = harness.start(newcomer.path(), &["--sync-from", &url]);
    second.until(&format!(
        "begins with a snapshot of block {}",
        confirmed.block
    ));
    second.until(&format!("followed block={}", harness.head()));
    // It goes on with what comes, as the first does, which has the next one served.
    harness.block(vec![deposit(5 * UNIT)]);
    harness.idle(1);
    harness.tell();
    for running in [&mut first, &mut second] {
        running.until(&format!("followed block={}", harness.head()));
    }
    let next = harness.confirm();
    harness.tell();
    first.until(&format!("serves a snapshot of block {}", next.block));
    second.until(&format!("followed block={}", harness.head()));
    for running in [first, second] {
        let (status, report) = running.stop("TERM");
        assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
    }
    // It never had the blocks before. With the option given again, it just goes on.
    let store = Store::open(newcomer.path(), Default::default()).expect("a store");
    assert_eq!(
        store.snapshot_block().expect("a store"),
        Some(confirmed.block)
    );
    drop(store);
    let mut second = harness.start(newcomer.path(), &["--sync-from", &url]);
    second.until(&format!("it is at block={}", harness.head()));
    assert_eq!(second.stop("TERM").0, 0);
}

/// An offer of what a worker in this process has after some blocks.
fn offered(worker: &Worker, block: u32, folder: &Path) -> (Server, String) {
    let offer = Offer::new(None, None);
    offer.publish(worker, block, folder).expect("published");
    serve(offer)
}

fn serve(offer: Offer) -> (Server, String) {
    let listen: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let config = ServeConfig {
        listen,
        ..ServeConfig::default()
    };
    let server = Server::start(config, Arc::new(offer)).expect("a server");
    let url = format!("http://{}", server.address());
    (server, url)
}

/// Sound files that the chain didn't confirm: of a block that it confirmed otherwise, and of one that it didn't confirm.
/// Both are named, nothing of them is kept, and an honest one behind them is taken.
#[test]
fn a_snapshot_that_is_not_confirmed_is_refused_by_name() {
    let mut harness = Harness::with_member();
    let confirmed = harness.confirm();
    harness.block(vec![deposit(UNIT)]);
    let folder = TempDir::new().expect("a directory");
    // Another world has other deposits at the same heights.
    let mut other = Harness::begin(Genesis::development());
    other.block(vec![deposit(9 * UNIT)]);
    while other.head() < confirmed.block {
        other.idle(1);
    }
    let lied = other.worker(&other.made);
    let (_lying, lies) = offered(&lied, confirmed.block, &folder.path().join("lie"));
    let honest = harness.worker(&harness.made);
    let (_early, early) = offered(&honest, harness.head(), &folder.path().join("early"));
    let base = TempDir::new().expect("a directory");
    let sources = ["--sync-from", &lies, "--sync-from", &early];
    let mut running = harness.start(base.path(), &sources);
    let line = running.until("no source gives a snapshot");
    let (first, second) = line.split_once("; ").expect("two sources");
    assert!(
        first.contains(&lies) && first.contains("the snapshot's confirmed tuple's hash is"),
        "{line}"
    );
    let unsaid = format!("the chain says nothing of block {}", harness.head());
    assert!(
        second.contains(&early) && second.contains(&unsaid),
        "{line}"
    );
    // It is pruned: there is no other beginning.
    assert!(line.contains("and block 1 is needed next"), "{line}");
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["block"]), (0, &Value::Null));

    let (_right, right) = offered(&honest, confirmed.block, &folder.path().join("right"));
    // The same base path, whose store has no blocks.
    let sources = ["--sync-from", &lies, "--sync-from", &right];
    let mut running = harness.start(base.path(), &sources);
    running.until(&format!(
        "begins with a snapshot of block {}",
        confirmed.block
    ));
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(
        running.stop("TERM").1["state_root"],
        harness.root().as_str()
    );
}

/// An offer of a worker's state after a checkpoint's block, under what this checkpoint says.
fn told(worker: &Worker, checkpoint: &Checkpoint, folder: &Path) -> (Server, String) {
    let rows = |bytes: &[u8]| -> Vec<_> {
        let reader = SnapshotReader::new(bytes).expect("sound");
        reader.rows().map(|row| row.expect("sound")).collect()
    };
    let mut sound = Cursor::new(Vec::new());
    pink_snapshot::export(worker, None, Some(checkpoint.block), &mut sound).expect("a state");
    let rows = rows(sound.get_ref()).into_iter().map(Ok);
    fs::create_dir_all(folder).expect("a folder");
    let path = folder.join("told");
    let mut file = File::create(&path).expect("a file");
    pink_snapshot::write(None, 1, checkpoint.clone(), rows, &mut file).expect("written");
    let offer = Offer::new(None, None);
    offer.put(&path).expect("a snapshot");
    serve(offer)
}

/// Governance named a root, so the chain has no tuple of the block; what it ordered up to there it knows by itself. Who
/// lies about the last message or the running hash is named, and nothing of it is kept.
#[test]
fn beside_a_root_that_governance_named_the_queue_is_compared() {
    let mut harness = Harness::with_member();
    let honest = harness.worker(&harness.made);
    let asked = harness
        .fake
        .with(|state| state.mock.clone())
        .to_acknowledge(1, &member(), 64);
    let block = asked.last().expect("a checkpoint").cursor.block;
    let sound = honest.checkpoint(block).expect("a store");
    let sound = sound.expect("executed");
    let resolve = pallet_fat_contracts::Call::<Runtime>::resolve_divergence {
        cluster: 1,
        block,
        root: sound.root,
        as_of: harness.head(),
    };
    harness.block(vec![Extrinsic::governance(resolve)]);
    // What comes later isn't what was ordered up to there.
    harness.block(vec![deposit(UNIT)]);
    harness.idle(1);

    let (mut hash, mut seq) = (sound.clone(), sound.clone());
    hash.message_hash = Hash::repeat_byte(9);
    seq.last_seq += 1;
    let folder = TempDir::new().expect("a directory");
    let (_hash, hash) = told(&honest, &hash, &folder.path().join("hash"));
    let (_seq, seq) = told(&honest, &seq, &folder.path().join("seq"));
    let (_right, right) = told(&honest, &sound, &folder.path().join("right"));
    let base = TempDir::new().expect("a directory");
    let liars = ["--sync-from", &hash, "--sync-from", &seq];
    let mut running = harness.start(
        base.path(),
        &[&liars[..], &["--sync-from", &right]].concat(),
    );
    for (url, words) in [
        (&hash, "the snapshot's running hash is 0x0909"),
        (&seq, "the snapshot's last message is"),
    ] {
        let line = running.until(words);
        assert!(line.contains(url.as_str()), "{line}");
    }
    running.until(&format!("begins with a snapshot of block {block}"));
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
}

/// Where nothing is confirmed yet a snapshot is refused, and the first block is there still.
#[test]
fn without_a_snapshot_a_newcomer_begins_with_the_first_block() {
    let harness = Harness::begin(Genesis::development());
    let folder = TempDir::new().expect("a directory");
    let worker = harness.worker(&harness.made);
    let (_early, early) = offered(&worker, harness.head(), folder.path());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--sync-from", &early]);
    let line = running.until("begins with the chain's first block");
    assert!(
        line.contains(&early) && line.contains("it isn't confirmed in cluster 1"),
        "{line}"
    );
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
    let store = Store::open(base.path(), Default::default()).expect("a store");
    assert_eq!(store.snapshot_block().expect("a store"), None);
}

/// A snapshot says nothing of what is final. Who begins with one names a block, as no node has the genesis block's state
/// for ever; and may go on saying so.
#[test]
fn a_newcomer_begins_behind_a_block_that_somebody_names() {
    let mut harness = Harness::with_member();
    let confirmed = harness.confirm();
    harness.block(vec![deposit(UNIT)]);
    let folder = TempDir::new().expect("a directory");
    let honest = harness.worker(&harness.made);
    let (_server, url) = offered(&honest, confirmed.block, folder.path());
    harness.fake.with(|state| state.oldest_state = 10);
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &["--sync-from", &url]);
    running.until("has the state of block 0 no more");
    running.until("--from-block");
    assert_eq!(running.stop("TERM").0, 0);
    let from = format!("{:?}", harness.fake.with(|state| state.blocks[20].hash));
    let arguments = ["--sync-from", &url, "--from-block", &from];
    let mut running = harness.start(base.path(), &arguments);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    // Hours later.
    harness.idle(2);
    harness
        .fake
        .with(|state| state.oldest_state = harness.head());
    let mut running = harness.start(base.path(), &arguments);
    running.until(&format!("followed block={}", harness.head()));
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
}
