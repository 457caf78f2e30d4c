//! `worker`: what admits a worker, until it is a member.

use super::{
    super::{
        args::{WorkerArgs, WorkerCommand},
        failure::Failure,
        report::Report,
    },
    Chain, PALLET,
};
use pink_sender::Call;

pub(in super::super) fn run(args: WorkerArgs) -> Result<Report, Failure> {
    match args.command {
        WorkerCommand::Admit(args) => {
            let (chain, args) = Chain::of(args)?;
            let register = Call::contracts("register_worker").with("worker", &args.who);
            let register = if args.sudo {
                Call::new("Sudo", "sudo").with_value("call", register.into_value())
            } else {
                register
            };
            let done = chain.sender.submit(register)?;
            match done.event(PALLET, "WorkerRegistered") {
                Some(_) => Ok(chain.report(&done, "WorkerRegistered")),
                // What is done in root's name doesn't fail with it.
                None => Err(Failure::NotAdmitted),
            }
        }
        WorkerCommand::Serve(args) => {
            let (chain, args) = Chain::of(args)?;
            let call = Call::contracts("serve_owner").with("owner", &Some(args.owner));
            chain.order(call, "ServedOwnerSet")
        }
        WorkerCommand::Add(args) => {
            let (chain, args) = Chain::of(args)?;
            let call = chain.about_cluster("add_worker_to_cluster");
            chain.order(call.with("worker", &args.who), "WorkerAdded")
        }
    }
}
