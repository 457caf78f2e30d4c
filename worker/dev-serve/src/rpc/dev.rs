//! `dev_…`: what only a development chain does.

use super::{
    args::{invalid, Args},
    error, Answer,
};
use crate::{
    order::{Mining, Order, What},
    shared::Shared,
};
use jsonrpsee::{core::RegisterMethodError, types::ErrorObjectOwned, RpcModule};
use serde_json::Value;
use tokio::sync::oneshot;

/// The code of what isn't done, with the reason in the message.
const NOT_DONE: i32 = -32_050;

/// How far the clock may be moved at once: a hundred years.
const MOST_SECONDS: u64 = 100 * 366 * 24 * 3_600;

/// What a call asks for.
type Parse = fn(Args) -> Result<What, ErrorObjectOwned>;

const METHODS: &[(&str, Parse)] = &[
    ("dev_behind", |mut args| {
        let blocks = args.number("blocks")?.unwrap_or(32);
        Ok(What::Behind(small(blocks, "blocks")?))
    }),
    ("dev_diverge", |mut args| match args.next() {
        Value::Null => Ok(What::Diverge { found_out: false }),
        Value::Bool(found_out) => Ok(What::Diverge { found_out }),
        _ => Err(invalid("whether the liar is found out is true or false")),
    }),
    ("dev_fund", |mut args| {
        let who = args.account()?;
        let amount = match args.next() {
            Value::String(text) => text.parse().ok(),
            value => super::args::number(&value).map(u128::from),
        };
        let amount = amount.ok_or_else(|| invalid("an amount is a number of the smallest unit"))?;
        Ok(What::Fund { who, amount })
    }),
    ("dev_heal", |_| Ok(What::Heal)),
    ("dev_increaseTime", |mut args| {
        let seconds = args
            .number("seconds")?
            .ok_or_else(|| invalid("seconds are left out"))?;
        if seconds > MOST_SECONDS {
            return Err(invalid(format!(
                "{seconds} seconds are more than {MOST_SECONDS}"
            )));
        }
        Ok(What::IncreaseTime(seconds.saturating_mul(1_000)))
    }),
    ("dev_mine", |mut args| {
        let blocks = small(args.number("blocks")?.unwrap_or(1), "blocks")?;
        let step_ms = args.number("milliseconds")?;
        if step_ms.is_some_and(|step| step > MOST_SECONDS) {
            return Err(invalid("the step is too long"));
        }
        Ok(What::Mine { blocks, step_ms })
    }),
    ("dev_park", |mut args| {
        let reason = match args.next() {
            Value::Null => None,
            Value::String(reason) => Some(reason),
            _ => return Err(invalid("a reason is a text")),
        };
        Ok(What::Park(reason))
    }),
    ("dev_revert", |mut args| {
        let id = args.number("a snapshot")?;
        Ok(What::Revert(
            id.ok_or_else(|| invalid("the snapshot is left out"))?,
        ))
    }),
    ("dev_setBlockTime", |mut args| {
        Ok(What::SetMining(match args.next() {
            Value::String(text) if text == "instant" => Mining::Instant,
            Value::String(text) if text == "manual" => Mining::Manual,
            Value::Number(ms) if ms.as_u64().is_some_and(|ms| ms > 0) => {
                Mining::Interval(ms.as_u64().unwrap_or(1).min(MOST_SECONDS))
            }
            _ => {
                return Err(invalid(
                    "blocks are made \"instant\", \"manual\", or each so many milliseconds",
                ))
            }
        }))
    }),
    ("dev_setDelays", |mut args| {
        let mut delay = |what| args.number(what)?.map(|it| small(it, what)).transpose();
        Ok(What::SetDelays {
            finality: delay("the delay of finality")?,
            confirmation: delay("the delay of confirmation")?,
        })
    }),
    ("dev_snapshot", |_| Ok(What::Snapshot)),
    ("dev_status", |_| Ok(What::Status)),
];

fn small(number: u64, what: &str) -> Result<u32, ErrorObjectOwned> {
    u32::try_from(number).map_err(|_| invalid(format!("{number} is too much for {what}")))
}

pub(super) fn register(module: &mut RpcModule<Shared>) -> Result<(), RegisterMethodError> {
    for (name, parse) in METHODS {
        let parse = *parse;
        module.register_async_method(name, move |params, shared, _| {
            let what = Args::of(&params).and_then(parse);
            async move { done(&shared, what?).await }
        })?;
    }
    Ok(())
}

async fn done(shared: &Shared, what: What) -> Answer {
    let ended = || error(-32603, "the program ends");
    let (reply, answer) = oneshot::channel();
    if !shared.order(Order::Do(what, reply)) {
        return Err(ended());
    }
    let answer = answer.await.map_err(|_| ended())?;
    answer.map_err(|why| error(NOT_DONE, why.to_string()))
}
