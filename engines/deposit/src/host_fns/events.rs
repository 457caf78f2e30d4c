//! Events and debug messages.

use super::{Code, HostFnResult, Memory};
use crate::{error::Error, ext::Ext};
use parity_scale_codec::{Compact, Decode};
use pink_engine_sdk::types::{Hash, Weight};

/// Emits an event: SCALE of the topics (none for a length of zero), and data. Topics keep their
/// order and may be equal.
pub(super) fn deposit_event(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    topics: u32,
    topics_len: u32,
    data: u32,
    data_len: u32,
) -> HostFnResult<()> {
    let rules = ext.rules();
    ext.pay(rules.host.deposit_event.of(data_len))?;
    let topic = rules.host.event_topic.base();
    let count = u64::from(topics_len / 32);
    let all = Weight::new(
        topic.ref_time.saturating_mul(count),
        topic.proof_size.saturating_mul(count),
    );
    ext.pay(all)?;
    if data_len > rules.limits.payload_len {
        return Err(Error::ValueTooLarge.into());
    }
    let most = rules.limits.event_topics as usize;
    let topics = match topics_len {
        0 => Vec::new(),
        len => read_topics(memory.read(topics, len)?, most)?,
    };
    let data = memory.read(data, data_len)?.to_vec();
    ext.count_event(data_len.saturating_add(topics_len))?;
    Ok(ext.deposit_event(topics, data)?)
}

/// Reads topics, all of the bytes, and refuses their number before anything of that size is
/// allocated.
fn read_topics(mut bytes: &[u8], most: usize) -> Result<Vec<Hash>, Error> {
    let Compact(count) = Compact::<u32>::decode(&mut bytes).map_err(|_| Error::DecodingFailed)?;
    let (topics, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || topics.len() != count as usize {
        return Err(Error::DecodingFailed);
    }
    if topics.len() > most {
        return Err(Error::TooManyTopics);
    }
    Ok(topics.to_vec())
}

/// Keeps a message for the operator's log, in every mode at the same price. What isn't UTF-8 is
/// dropped, and so is what doesn't fit any more.
pub(super) fn debug_message(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    text: u32,
    text_len: u32,
) -> HostFnResult<u32> {
    let rules = ext.rules();
    let len = text_len.min(rules.limits.debug_len);
    ext.pay(rules.host.debug_message.of(len))?;
    if let Ok(text) = std::str::from_utf8(memory.read(text, len)?) {
        ext.append_debug(text);
    }
    Ok(Code::Success.into())
}
