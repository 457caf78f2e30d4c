//! What comes out: descriptions, receipts, and that they come out the same again.

use crate::{
    check::{ensure, failed, Abi, Stop, Verdict},
    engine::{name, Engine, Work},
    file::File,
    host::Settings,
    scenario::{self, Scenario},
};
use parity_scale_codec::Encode;
use pink_capi::{
    calls::view,
    types::{Balance, ClusterView, Outcome, Receipt, Weight, VERSION_KEY},
    v2::ffi,
};

pub(super) fn describe(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let instance = engine.instance()?;
    let work = Work::View(view::Describe {}.into());
    let done = instance.run(Default::default(), Settings::of(work.kind()), &work);
    let info = engine.describe()?;
    ensure!(
        done.session.calls() == 0,
        "the host was called {} times",
        done.session.calls()
    );
    ensure!(
        info.version == engine.version(),
        "describes itself as {}, the entry says {}",
        info.version,
        engine.version()
    );
    ensure!(
        !info.upgrades_from.contains(&info.version),
        "takes over the state of itself"
    );
    if let Engine::V2(engine) = engine {
        ensure!(
            info.cost_table_hash == engine.entry.cost_table_hash,
            "describes another cost table than the entry"
        );
        ensure!(
            info.min_stack_bytes == engine.entry.min_stack_bytes,
            "asks for {} bytes of stack, the entry says {}",
            info.min_stack_bytes,
            engine.entry.min_stack_bytes
        );
    }
    Ok(())
}

pub(super) fn executes(file: &File, abi: Abi) -> Verdict {
    Scenario::play(&Engine::open(file, abi)?).map(|_| ())
}

pub(super) fn serves(file: &File, abi: Abi) -> Verdict {
    for step in Scenario::play(&Engine::open(file, abi)?)?.steps {
        let (name, done) = (step.name, &step.done);
        ensure!(done.status == ffi::OK, "{name}: {}", done.describe());
    }
    Ok(())
}

pub(super) fn outputs_decode(file: &File, abi: Abi) -> Verdict {
    let scenario = Scenario::play(&Engine::open(file, abi)?)?;
    scenario.steps.iter().try_for_each(|step| step.decodes())
}

pub(super) fn receipts_add_up(file: &File, abi: Abi) -> Verdict {
    let within = |used: Weight, limit: Weight| {
        used.ref_time <= limit.ref_time && used.proof_size <= limit.proof_size
    };
    for step in &Scenario::play(&Engine::open(file, abi)?)?.steps {
        let Some(receipt) = step.receipt()? else {
            continue;
        };
        let (limit, used) = (receipt.gas_limit, receipt.gas_consumed);
        let name = step.name;
        ensure!(within(used, limit), "{name}: used {used:?} of {limit:?}");
        if matches!(receipt.outcome, Outcome::Rejected(_)) {
            let Receipt { fee, refund, .. } = receipt;
            let nothing = fee == 0 && refund == 0 && used == Weight::default();
            ensure!(
                nothing,
                "{name}: rejected, and yet fee {fee}, refund {refund}, gas {used:?}"
            );
            let changes = step.done.session.staged().unwrap_or_default();
            let changed =
                *scenario::applied(&step.before, changes).encode() != *step.before.encode();
            ensure!(!changed, "{name}: rejected, and yet the state changed");
            continue;
        }
        let paid = receipt.fee.checked_add(receipt.refund);
        let price = Balance::from(limit.ref_time).checked_mul(receipt.gas_price);
        ensure!(
            paid.is_some() && paid == price,
            "{name}: fee {} and refund {} aren't {} gas at {}",
            receipt.fee,
            receipt.refund,
            limit.ref_time,
            receipt.gas_price
        );
    }
    Ok(())
}

pub(super) fn setup(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    for name in ["setup", "deposit"] {
        let outcome = scenario.step(name)?.output::<Receipt>()?.outcome;
        ensure!(
            outcome == Outcome::Success,
            "the {name} ends as {outcome:?}"
        );
    }
    let version = engine.version();
    ensure!(
        scenario.end.get(VERSION_KEY) == Some(&version.encode()),
        "the key \":version\" of the state doesn't hold {version}"
    );
    let cluster: Option<ClusterView> = scenario.step("cluster")?.output()?;
    let cluster = cluster.ok_or_else(|| failed!("there is no cluster after the setup"))?;
    ensure!(
        cluster.version == version && cluster.owner == scenario::OWNER,
        "the cluster isn't the one that was set up"
    );
    Ok(())
}

/// Whether the engine's rules have no such message.
fn is_unsupported(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Rejected(failure) if failure.error == "Unsupported")
}

/// The scenario, if the engine has contracts at all.
fn with_contracts(file: &File, abi: Abi) -> Result<Scenario, Stop> {
    let scenario = Scenario::play(&Engine::open(file, abi)?)?;
    let made: Receipt = scenario.step("instantiate")?.output()?;
    if is_unsupported(&made.outcome) {
        Err(Stop::NotApplicable(
            "the engine has no contracts: an instantiation is Unsupported".into(),
        ))
    } else {
        Ok(scenario)
    }
}

pub(super) fn contracts(file: &File, abi: Abi) -> Verdict {
    let scenario = with_contracts(file, abi)?;
    for name in ["upload", "instantiate", "estimate", "call", "query"] {
        let outcome = scenario.step(name)?.output::<Receipt>()?.outcome;
        // Code of era 1 comes with an instantiation, and alone in no message.
        let alone = name == "upload" && is_unsupported(&outcome);
        ensure!(
            alone || outcome == Outcome::Success,
            "the {name} ends as {outcome:?}"
        );
    }
    ensure!(scenario.contract.is_some(), "no address of a contract");
    let seen = scenario.step("query")?.output::<Receipt>()?.output;
    // ink! wraps what a message returns; one byte of it is the value.
    ensure!(!seen.is_empty(), "the query gives no output");
    Ok(())
}

pub(super) fn estimate_exact(file: &File, abi: Abi) -> Verdict {
    let scenario = with_contracts(file, abi)?;
    let tried: Receipt = scenario.step("estimate")?.output()?;
    let done: Receipt = scenario.step("call")?.output()?;
    ensure!(
        (tried.gas_consumed, tried.gas_required) == (done.gas_consumed, done.gas_required),
        "the estimate uses {:?} and needs {:?}, the transaction {:?} and {:?}",
        tried.gas_consumed,
        tried.gas_required,
        done.gas_consumed,
        done.gas_required
    );
    Ok(())
}

pub(super) fn same_result(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let scenario = Scenario::play(&engine)?;
    let (warm, cold) = (engine.instance()?, engine.instance()?);
    for turn in 1..=3 {
        for step in &scenario.steps {
            for instance in [&warm, &cold] {
                let again = step.again(instance);
                let first = &step.done;
                let what = format!("{}, time {turn}", step.name);
                ensure!(
                    again.status == first.status,
                    "{what}: {}, at first {}",
                    name(again.status),
                    name(first.status)
                );
                ensure!(
                    again.output == first.output,
                    "{what}: another output than at first"
                );
                ensure!(
                    again.session.staged() == first.session.staged(),
                    "{what}: other changes than at first"
                );
            }
        }
    }
    Ok(())
}

pub(super) fn cache_only(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let one = Scenario::play(&engine)?;
    // As if the worker had restarted before every step.
    let many = Scenario::play_with(engine.version(), |state, work| {
        Ok(engine
            .instance()?
            .run(state, Settings::of(work.kind()), work))
    })?;
    for (one, many) in one.steps.iter().zip(&many.steps) {
        let name = one.name;
        ensure!(
            one.done.output == many.done.output,
            "{name}: a new instance gives another output"
        );
    }
    ensure!(one.end == many.end, "new instances leave another state");
    Ok(())
}
