//! `worker`: what admits a worker, until it is a member.

use super::{
    super::{
        args::{OnChainArgs, WorkerArgs, WorkerCommand},
        failure::Failure,
        report::Report,
    },
    Chain,
};
use pink_sender::Call;

pub(in super::super) fn run(args: OnChainArgs<WorkerArgs>) -> Result<Report, Failure> {
    let (chain, args) = Chain::of(args)?;
    match args.command {
        WorkerCommand::Admit { who, sudo } => {
            let register = Call::contracts("register_worker").with("worker", &who);
            let register = match sudo {
                true => Call::new("Sudo", "sudo").with_value("call", register.into_value()),
                false => register,
            };
            let done = chain.sender.submit(register)?;
            let registered = done.event(super::PALLET, "WorkerRegistered").is_some();
            match registered {
                true => Ok(chain.report(&done, "WorkerRegistered")),
                // What is done in somebody else's name doesn't fail with it.
                false => Err(Failure::NotAdmitted),
            }
        }
        WorkerCommand::Serve { owner } => {
            let call = Call::contracts("serve_owner").with("owner", &Some(owner));
            chain.order(call, "ServedOwnerSet")
        }
        WorkerCommand::Add { who } => {
            let call = chain
                .about_cluster("add_worker_to_cluster")
                .with("worker", &who);
            chain.order(call, "WorkerAdded")
        }
    }
}
