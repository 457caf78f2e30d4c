use super::ffi::CrossCallFn;
use crate::Fault;
use std::{ffi::c_void, ptr};

/// Makes one call through the other side's function and returns its reply, of which there has to
/// be exactly one.
///
/// # Errors
/// [`Fault::BadReply`] if there was none, or more than one.
///
/// # Safety
/// The function keeps the promises of `PinkCrossCallV1` in the header.
pub unsafe fn raw_call(function: CrossCallFn, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut replies = Replies::default();
    let ctx = ptr::from_mut(&mut replies).cast();
    // SAFETY: the arguments are borrowed for the call, and `take_reply` gets the context that it
    // expects, which outlives the call.
    unsafe { function(id, args.as_ptr(), args.len() as u64, ctx, take_reply) };
    match replies.count {
        1 => Ok(replies.bytes),
        count => Err(Fault::BadReply {
            id,
            len: replies.bytes.len() as u64,
            reason: format!("{count} replies, 1 expected"),
        }),
    }
}

#[derive(Default)]
struct Replies {
    bytes: Vec<u8>,
    count: u32,
}

unsafe extern "C" fn take_reply(ctx: *mut c_void, data: *const u8, len: u64) {
    // SAFETY: `ctx` is the `Replies` of the `raw_call` that is running on this thread.
    let replies = unsafe { &mut *ctx.cast::<Replies>() };
    replies.count = replies.count.saturating_add(1);
    if len > 0 && !data.is_null() {
        // SAFETY: the other side promises `len` bytes, valid for the call.
        let bytes = unsafe { std::slice::from_raw_parts(data, len as usize) };
        replies.bytes.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::ffi::OutputFn;

    /// Answers as often as its id says, each time with what it was given.
    unsafe extern "C" fn echo(
        id: u32,
        data: *const u8,
        len: u64,
        ctx: *mut c_void,
        output: OutputFn,
    ) {
        for _ in 0..id {
            // SAFETY: the context and the borrowed bytes are the caller's own.
            unsafe { output(ctx, data, len) };
        }
    }

    #[test]
    fn one_reply_is_taken_and_any_other_number_is_a_fault() {
        // SAFETY: `echo` keeps the header's promises but for the number of replies.
        let call = |id| unsafe { raw_call(echo, id, b"bytes") };
        assert_eq!(call(1), Ok(b"bytes".to_vec()));
        for wrong in [0, 2] {
            assert!(matches!(call(wrong), Err(Fault::BadReply { id, .. }) if id == wrong));
        }
    }
}
