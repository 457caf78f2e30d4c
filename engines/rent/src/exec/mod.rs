//! Execution: contracts that call, make and end contracts.

mod call;
mod ext;
mod instantiate;
mod rent_params;
mod restore;
mod run;
mod terminate;
mod transfer;
