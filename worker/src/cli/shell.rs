//! What shells and the manual know of the program, from its definition.

use super::{
    args::Cli,
    failure::Failure,
    report::{Report, Status},
};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use pink_worker_core::draft::Draft;
use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The arguments of `completions`.
#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// Of which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The arguments of `man`.
#[derive(Clone, Debug, Args)]
pub struct ManArgs {
    /// Where; made if it isn't there.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

/// Writes a completion to stdout.
pub(super) fn completions(args: &CompletionsArgs) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "pink-worker", &mut text);
    match io::stdout().lock().write_all(&text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            super::complain(&format!("can't write the completion: {error}"), None);
            Status::Error.exit_code()
        }
        Ok(()) | Err(_) => ExitCode::SUCCESS,
    }
}

/// Writes the manual's pages: one for the program, one for each command.
pub(super) fn man(args: &ManArgs) -> Result<Report, Failure> {
    let folder = &args.directory;
    fs::create_dir_all(folder).map_err(|error| Failure::NotWritten {
        path: folder.clone(),
        error,
    })?;
    let mut command = Cli::command();
    command.build();
    let mut written = Vec::new();
    pages(&command, folder, &mut written)?;
    Ok(Report::success().with("pages", written))
}

fn pages(command: &clap::Command, folder: &Path, written: &mut Vec<String>) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let file = format!("{name}.1");
    let path = folder.join(&file);
    let write = || {
        let mut text = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut text)?;
        let draft = Draft::new(folder, &file, 0o666)?;
        draft.file()?.write_all(&text)?;
        draft.replace(&path)
    };
    write().map_err(|error| Failure::NotWritten {
        path: path.clone(),
        error,
    })?;
    written.push(file);
    let below = command.get_subcommands();
    for below in below.filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        pages(below, folder, written)?;
    }
    Ok(())
}
