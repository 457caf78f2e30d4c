//! Events and debug messages.

use super::{pay, Args, Code};
use crate::{
    error::Error,
    exec::{Machine, Trap},
    extension,
    wasm::Memory,
};
use parity_scale_codec::{Compact, Decode};
use pink_engine_sdk::types::{Event, Hash};

/// Emits an event: SCALE of the topics (none for a length of zero), and data. Topics keep their
/// order and may be equal.
pub(super) fn deposit_event(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Result<u64, Trap> {
    let rules = machine.rules();
    let (topics_ptr, topics_len) = (args.u32(0), args.u32(1));
    let (data_ptr, data_len) = (args.u32(2), args.u32(3));
    pay(machine, rules.host.deposit_event.of(data_len))?;
    let topic = rules.host.event_topic.base();
    let count = u64::from(topics_len / 32);
    pay(
        machine,
        pink_engine_sdk::types::Weight::new(
            topic.ref_time.saturating_mul(count),
            topic.proof_size.saturating_mul(count),
        ),
    )?;
    if data_len > rules.limits.payload_len {
        return Err(Error::ValueTooLarge.into());
    }
    let topics = match topics_len {
        0 => Vec::new(),
        len => read_topics(
            memory.read(topics_ptr, len)?,
            rules.limits.event_topics as usize,
        )?,
    };
    let data = memory.read(data_ptr, data_len)?.to_vec();
    machine.count_event(data_len.saturating_add(topics_len))?;
    extension::note_event(machine, &topics, &data)?;
    let contract = machine.top()?.account;
    machine.events.push(Event::ContractEmitted {
        contract,
        topics,
        data,
    });
    Ok(0)
}

/// Reads topics, all of the bytes, and refuses their number before anything of that size is
/// allocated.
fn read_topics(mut bytes: &[u8], most: usize) -> Result<Vec<Hash>, Error> {
    let Compact(count) = Compact::<u32>::decode(&mut bytes).map_err(|_| Error::DecodingFailed)?;
    let (topics, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || topics.len() != count as usize {
        return Err(Error::DecodingFailed);
    }
    match topics.len() > most {
        true => Err(Error::TooManyTopics),
        false => Ok(topics.to_vec()),
    }
}

/// Keeps a message for the operator's log, in every mode at the same price. What isn't UTF-8 is
/// dropped, and so is what doesn't fit any more.
pub(super) fn debug_message(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Result<u64, Trap> {
    let rules = machine.rules();
    let len = args.u32(1).min(rules.limits.debug_len);
    pay(machine, rules.host.debug_message.of(len))?;
    let text = memory.read(args.u32(0), len)?;
    if let Ok(text) = std::str::from_utf8(text) {
        let room = (rules.limits.debug_len as usize).saturating_sub(machine.debug.len());
        if text.len() <= room {
            machine.debug.extend_from_slice(text.as_bytes());
        }
    }
    Ok(Code::Success.into())
}
