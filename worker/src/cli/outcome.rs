//! From an engine's outcome to a status, an error and what to do about it.

use super::{
    hints::{of_engine, of_gas, Raised},
    invocation::Invocation,
    report::Status,
};
use pink_capi::types::Outcome;

/// What a contract of ink! 4 or later returns, reverted, if it can't read its input:
/// `Err(LangError::CouldNotReadInput)`, of every message and constructor.
const COULD_NOT_READ_INPUT: [u8; 2] = [1, 1];

/// The same for people.
const NOT_READ: &str = "Err(CouldNotReadInput)";

/// What a contract returned as it reverted, if nothing is known of its messages.
pub(super) fn language_error(outcome: &Outcome, output: &[u8]) -> Option<String> {
    let reverted = *outcome == Outcome::Reverted;
    (reverted && output == COULD_NOT_READ_INPUT).then(|| NOT_READ.into())
}

/// Status, error and hint; `decoded` is what the contract returned.
pub(super) fn outcome(
    outcome: &Outcome,
    decoded: Option<&str>,
    invocation: &Invocation,
) -> (Status, Option<String>, Option<String>) {
    match outcome {
        Outcome::Success => (Status::Success, None, None),
        Outcome::Reverted => {
            let (error, hint) = match decoded {
                Some(NOT_READ) => (
                    format!(
                        "the contract reverted: {NOT_READ}: it has no such selector, or the \
                         arguments don't fit"
                    ),
                    invocation
                        .options(&["metadata"])
                        .map(|it| format!("name the message, and give {it} FILE of this contract")),
                ),
                Some(decoded) => (format!("the contract reverted: {decoded}"), None),
                None => ("the contract reverted".into(), None),
            };
            (Status::Reverted, Some(error), hint)
        }
        Outcome::Trapped(why) => {
            let error = format!("the contract trapped: {why}");
            let hint = of_engine(why, Raised::InContract, invocation);
            (Status::Trapped, Some(error), hint)
        }
        Outcome::OutOfGas => (
            Status::OutOfGas,
            Some("the gas limit was used up".into()),
            of_gas(invocation),
        ),
        Outcome::Rejected(why) => {
            let error = format!("the cluster rejected it: {why}");
            let hint = of_engine(why, Raised::ByEngine, invocation);
            (Status::Error, Some(error), hint)
        }
    }
}
