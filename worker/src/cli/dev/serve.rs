//! `serve`: the development chain, served.

use super::super::{amount::units, args::ServeChainArgs, failure::Failure, report::Report};
use pink_dev_serve::{Info, Serve, ServeConfig};
use std::{
    fmt::Write as _,
    fs,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// What every command of the development node takes, and is of use here.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) shadow: bool,
    pub(super) interpret: bool,
    pub(super) json: bool,
}

pub(super) fn serve(
    args: &ServeChainArgs,
    base_path: Option<PathBuf>,
    engines: PathBuf,
    how: How,
) -> Result<Report, Failure> {
    let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let config = ServeConfig {
        engines,
        engine: args.engine,
        chain: here(args.chain_port),
        rpc: here(args.rpc_port),
        mining: args.mining(),
        finality_delay: args.finality_delay,
        confirmation_delay: args.confirmation_delay,
        shadow: how.shadow,
        interpret: how.interpret,
        place: args.place(base_path),
    };
    let serve = Serve::start(&config)?;
    serve.stop_on_signals()?;
    if let Some(file) = &args.config_out {
        write(file, &format!("{:#}\n", serve.info().to_json()))?;
    }
    if !args.silent && !how.json {
        // Nobody may be reading.
        let _ = io::stdout().write_all(banner(serve.info(), &config).as_bytes());
        let _ = io::stdout().flush();
    }
    serve.run()?;
    Ok(Report::success())
}

/// Whole or not at all: who waits for the file finds all of it.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let beside = file.with_extension("new");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, file));
    written.map_err(|error| Failure::NotWritten {
        path: file.into(),
        error,
    })
}

fn banner(info: &Info, config: &ServeConfig) -> String {
    let mut text =
        String::from("Accounts, whose keys everybody knows: never use them elsewhere\n\n");
    // Writing into a text doesn't fail.
    for account in &info.accounts {
        let _ = writeln!(text, "  {:<10} {}", account.name, account.address);
        let _ = writeln!(text, "  {:<10} {}", "", account.secret_seed);
    }
    let _ = writeln!(
        text,
        "\n  Each began with {} on the chain, a tenth of it in the cluster; //Alice owns the cluster, and is sudo\n",
        units(info.endowment)
    );
    let kept = match &info.kept {
        Some(path) if info.resumed => {
            format!("{} (goes on with block {})", path.display(), info.block)
        }
        Some(path) => format!("{} (new)", path.display()),
        None => "nowhere: everything is gone at the end (--base-path DIR or --state FILE)".into(),
    };
    let blocks = match config.mining {
        pink_dev_serve::Mining::Instant => "one for each extrinsic, at once".to_owned(),
        pink_dev_serve::Mining::Interval(ms) => format!("one each {ms} ms"),
        pink_dev_serve::Mining::Manual => "when dev_mine says so".to_owned(),
    };
    for (name, value) in [
        ("Genesis", format!("{:?}", info.genesis)),
        ("Cluster", info.cluster.to_string()),
        ("Engine", info.engine.to_string()),
        ("Blocks", blocks),
        ("Final", format!("{} blocks later", config.finality_delay)),
        (
            "Confirmed",
            format!("{} blocks later", config.confirmation_delay),
        ),
        ("Kept", kept),
        ("Chain", format!("ws://{}", info.chain)),
        ("Worker", format!("http://{}", info.rpc)),
        ("Console", format!("http://{}/console/", info.rpc)),
    ] {
        let _ = writeln!(text, "{name:<10}{value}");
    }
    text
}
