//! Every call, every error, every bound.

mod clusters;
mod contracts;
mod engines;
mod mock;
mod money;
mod queue;
