//! Closing what a command had open.

use super::{
    failure::Failure,
    report::{Report, Status},
};
use pink_worker_core::store::Reader;

/// Closes a store, and says so if that is when damage was found: what the command did is done, but
/// it isn't well.
pub(super) fn close(store: &Reader, report: Result<Report, Failure>) -> Result<Report, Failure> {
    let closed = store.close();
    let report = report?;
    let Err(error) = closed else {
        return Ok(report);
    };
    Ok(Report {
        status: Status::Error,
        error: Some(error.to_string()),
        hint: Some(error.hint().into()),
        ..report
    })
}
