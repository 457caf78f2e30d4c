//! The page with every command's help is the program's.

use crate::write_or_compare;
use clap::{Command, CommandFactory};
use pink_worker::cli::args::Cli;
use std::fmt::Write;

#[test]
fn the_page_of_commands_is_current() {
    let mut cli = Cli::command();
    cli.build();
    let mut text = format!(
        "# Command line\n\nWritten by a test from the definitions of `pink-worker` {}. What amounts, accounts and arguments \
         look like: [Amounts, arguments, accounts](../docs/operating-a-worker.md#amounts-arguments-accounts). With `--json` each \
         command prints one JSON object on standard output, whatever happens. `RUST_LOG` chooses what is logged to standard \
         error.\n",
        cli.get_version().expect("a version")
    );
    add(&cli, "pink-worker", &mut text);
    assert!(text.contains("\n## `pink-worker dev call`\n"), "{text}");
    write_or_compare("reference/cli.md", &text);
}

fn add(command: &Command, name: &str, text: &mut String) {
    let help = command
        .clone()
        .term_width(100)
        .render_long_help()
        .to_string();
    let lines: Vec<_> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        text,
        "\n## `{name}`\n\n```text\n{}\n```\n",
        lines.join("\n").trim_end()
    );
    for below in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        add(below, &format!("{name} {}", below.get_name()), text);
    }
}
