//! `docs/abi.md` defines what crosses the border to the byte. The definitions there are those of
//! the sources; the worked examples were made by another encoder, and are made anew here.
//!
//! `UPDATE_DOCS=1 cargo test -p pink-capi --test definitions` writes the definitions.

mod common;

use common::{between, page, replace, write_or_compare};
use parity_scale_codec::Encode;
use pink_capi::{
    calls::{view, Message, View},
    types::*,
    Fault,
};
use std::{fs, path::Path};

/// Where the types are, in the order of the page.
const SOURCES: [&str; 7] = [
    "types/block.rs",
    "types/message.rs",
    "types/receipt.rs",
    "types/event.rs",
    "types/view.rs",
    "types/offchain.rs",
    "fault.rs",
];

fn source(file: &str) -> String {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    fs::read_to_string(place).expect("there is the file")
}

/// The types of a source file as Markdown: a table of fields or of variants each.
fn definitions(file: &str) -> String {
    let text = source(file);
    let mut made = String::new();
    let mut lines = text.lines();
    let mut about = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(doc) = line.strip_prefix("///") {
            about.push(doc.trim());
            continue;
        }
        let head = line.strip_prefix("pub struct ");
        let head = head.or_else(|| line.strip_prefix("pub enum "));
        if let Some(head) = head {
            let name: String = head.chars().take_while(|c| c.is_alphanumeric()).collect();
            made += &format!("\n**`{name}`**: {}\n", sentence(&about));
            if head.ends_with(" {") {
                let body: Vec<_> = lines.by_ref().take_while(|line| *line != "}").collect();
                made += &if line.contains(" enum ") {
                    variants(&body)
                } else {
                    fields(&body)
                };
            } else {
                made += "No bytes.\n";
            }
        }
        if !line.starts_with("#[") {
            about.clear();
        }
    }
    made
}

/// A doc comment's first paragraph.
fn sentence(about: &[&str]) -> String {
    let first: Vec<_> = about
        .iter()
        .take_while(|line| !line.is_empty())
        .copied()
        .collect();
    first.join(" ")
}

fn fields(body: &[&str]) -> String {
    let mut made = "\n| field | type | |\n|---|---|---|\n".to_owned();
    let mut about = Vec::new();
    for line in body {
        let line = line.trim();
        if let Some(doc) = line.strip_prefix("///") {
            about.push(doc.trim());
        } else if let Some(field) = line.strip_prefix("pub ") {
            let (name, ty) = field
                .trim_end_matches(',')
                .split_once(": ")
                .expect("a type");
            made += &format!("| `{name}` | `{ty}` | {} |\n", sentence(&about));
            about.clear();
        }
    }
    made
}

fn variants(body: &[&str]) -> String {
    let mut made = "\n| index | variant | |\n|---|---|---|\n".to_owned();
    let (mut about, mut index, mut inner) = (Vec::new(), None, None::<String>);
    for line in body {
        let text = line.trim();
        let top = line.starts_with("    ") && !line.starts_with("     ");
        if let Some(number) = text.strip_prefix("#[codec(index = ") {
            index = Some(number.trim_end_matches(")]").to_owned());
        } else if top && text.starts_with("///") {
            about.push(text.trim_start_matches('/').trim());
        } else if index.is_some() && !text.starts_with(['#', '/', '@']) && !text.is_empty() {
            // A variant's fields may be on lines of their own.
            let fields = inner.get_or_insert_with(String::new);
            *fields += text;
            fields.push(' ');
            if top && !text.ends_with('{') {
                let variant = inner.take().unwrap_or_default();
                let variant = variant.trim().trim_end_matches(',').replace(", }", " }");
                let index = index.take().unwrap_or_default();
                made += &format!("| {index} | `{variant}` | {} |\n", sentence(&about));
                about.clear();
            }
        }
    }
    made
}

#[test]
fn the_page_defines_every_type() {
    let made: String = SOURCES.iter().map(|it| definitions(it)).collect();
    for name in [
        "Env",
        "Block",
        "Setup",
        "RemoveCode",
        "Receipt",
        "Outcome",
        "Event",
        "Fault",
    ] {
        assert!(
            made.contains(&format!("**`{name}`**")),
            "{name} isn't found"
        );
    }
    // What reads the sources can't pass over anything.
    let declared = |text: &str| {
        let types = |line: &&str| line.starts_with("pub struct ") || line.starts_with("pub enum ");
        text.lines().filter(types).count()
    };
    let declared: usize = SOURCES.iter().map(|it| declared(&source(it))).sum();
    assert_eq!(made.matches("\n**`").count(), declared, "{made}");
    let page = page();
    write_or_compare("definitions", &page, &replace(&page, "types", &made));
}

/// The bytes of an example of the page: `hh hh …`, or `hh × n`.
fn example(page: &str, name: &str) -> Vec<u8> {
    let rows = between(
        page,
        &format!("example: {name}"),
        &format!("end of example: {name}"),
    );
    let mut bytes = Vec::new();
    for row in rows.lines().filter(|row| row.starts_with("| `")) {
        let hex = row.split('`').nth(1).expect("bytes");
        let byte = |text: &str| u8::from_str_radix(text, 16).expect("two digits");
        match hex.split_once(" × ") {
            Some((one, times)) => {
                let times = times.parse().expect("a number");
                bytes.extend(std::iter::repeat_n(byte(one), times));
            }
            None => bytes.extend(hex.split(' ').filter(|it| !it.is_empty()).map(byte)),
        }
    }
    bytes
}

fn block() -> Block {
    Block {
        number: 7,
        now_ms: 1_700_000_000_000,
        entropy: [0xEE; 32],
        upgrade_targets: vec![Version::new(2, 1)],
        system_code: Some([0x5C; 32]),
    }
}

fn receipt() -> Receipt {
    Receipt {
        outcome: Outcome::Success,
        gas_limit: Weight::new(1_500_000_000, 65_536),
        gas_consumed: Weight::new(1_200_000_000, 4_096),
        gas_required: Weight::new(1_300_000_000, 4_096),
        gas_price: 2,
        fee: 2_400_000_000,
        refund: 600_000_000,
        storage_deposit: StorageDeposit::Charge(18),
        output: vec![0, 1],
        address: None,
        code_hash: Some([0xC0; 32]),
        events: vec![Event::Called {
            caller: [7; 32],
            contract: [8; 32],
        }],
        effects: vec![
            Effect::Withdrawn { debited: true },
            Effect::UpgradeRequested {
                to: Version::new(2, 1),
            },
        ],
    }
}

#[test]
fn the_page_s_examples_are_the_bytes() {
    let env = Env {
        mode: Mode::Transaction,
        block: block(),
        seq: 9,
    };
    let call = Message::Call(Call {
        origin: [7; 32],
        contract: [8; 32],
        input: vec![0x63, 0x3A, 0xA5, 0x51],
        value: 15,
        gas_limit: Weight::new(1_000_000_000, 65_536),
        storage_deposit_limit: Some(18),
        max_gas_price: 2,
        query_deposit: 0,
    });
    let ended = BlockReceipt {
        weight: Weight::new(30_000, 0),
        events: vec![Event::KilledAccount { account: [3; 32] }],
    };
    let look: View = view::ContractStorage {
        address: [8; 32],
        key: b"key".to_vec(),
    }
    .into();
    let fault = Fault::BadArguments {
        id: 20,
        name: "account".into(),
        len: 31,
        reason: "short".into(),
    };
    let reply: Result<AccountView, Fault> = Ok(AccountView { free: 100, held: 7 });
    let page = page();
    for (name, bytes) in [
        ("Block", block().encode()),
        ("Env", env.encode()),
        ("Message", call.encode()),
        ("Receipt", receipt().encode()),
        ("BlockReceipt", ended.encode()),
        ("View", look.encode()),
        ("Fault", fault.encode()),
        ("reply", reply.encode()),
    ] {
        assert_eq!(example(&page, name), bytes, "{name}");
    }
    assert_eq!(page.matches("<!-- example: ").count(), 8);
}
