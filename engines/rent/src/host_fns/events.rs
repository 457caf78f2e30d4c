//! `seal_deposit_event`.

use super::{
    sandbox::{priced, Sandbox},
    TrapReason,
};
use crate::error::Error;
use pink_engine_sdk::types::{Event, Hash};

/// The contract says something.
pub(super) fn deposit_event(
    sandbox: &mut Sandbox<'_, '_>,
    topics: u32,
    topics_len: u32,
    data: u32,
    data_len: u32,
) -> Result<(), TrapReason> {
    let count = topics_len / 32;
    let _ = sandbox.charge(|w| {
        priced(w.deposit_event, w.deposit_event_per_topic, count).saturating_add(priced(
            0,
            w.deposit_event_per_byte,
            data_len,
        ))
    })?;
    if data_len > sandbox.ext().config().max_value_size {
        return Err(Error::ValueTooLarge.into());
    }
    let mut topics: Vec<Hash> = match topics_len {
        0 => Vec::new(),
        _ => sandbox.read_as(topics, topics_len)?,
    };
    if topics.len() > sandbox.schedule().limits.event_topics as usize {
        return Err(Error::TooManyTopics.into());
    }
    let mut sorted = topics.clone();
    sorted.sort_unstable();
    if sorted
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
    {
        return Err(Error::DuplicateTopics.into());
    }
    if !sandbox.ext().rules().topics_keep_their_order {
        topics = sorted;
    }
    let data = sandbox.read(data, data_len)?;
    sandbox
        .ext()
        .count_event(data_len.saturating_add(topics_len))?;
    let contract = sandbox.frame().account;
    sandbox.ext().deposit_event(Event::ContractEmitted {
        contract,
        topics,
        data,
    });
    Ok(())
}
