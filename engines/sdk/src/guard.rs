use crate::Fault;
use std::{
    any::Any,
    panic::{catch_unwind, AssertUnwindSafe},
};

/// Runs `work` and turns a panic into a fault.
///
/// What `work` was given by reference may be left half changed: the caller throws it away.
///
/// # Errors
/// `work`'s own fault, or [`Fault::Panicked`].
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = message_of(&*panic);
        // A payload may panic when it is dropped; leaking it is the safe choice.
        std::mem::forget(panic);
        Err(Fault::Panicked { message })
    })
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_with_its_message() {
        let number = 7;
        let fault = guarded::<()>(|| panic!("at {number}"));
        assert_eq!(
            fault,
            Err(Fault::Panicked {
                message: "at 7".into()
            })
        );
        let fault = guarded::<()>(|| panic!("plain"));
        assert_eq!(
            fault,
            Err(Fault::Panicked {
                message: "plain".into()
            })
        );
        let fault = guarded::<()>(|| std::panic::panic_any(7u8));
        assert_eq!(
            fault,
            Err(Fault::Panicked {
                message: "a panic without a message".into()
            })
        );
        assert_eq!(guarded(|| Ok(7)), Ok(7));
    }
}
