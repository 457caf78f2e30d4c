//! The methods, each with its parameters and results.

mod ask;
mod contract;
mod info;
mod listing;
mod message;
pub(crate) mod method;
mod operator;
mod params;
pub(crate) mod receipt;
mod rehearse;
mod rehearse_message;
mod session;
pub(crate) mod table;
pub(crate) mod traffic;
mod witness;

pub use table::method_names;
pub(crate) use table::METHODS;

/// The names of all methods, those that end subscriptions among them, sorted.
pub(crate) fn names() -> info::Names {
    let mut methods = Vec::new();
    for method in METHODS {
        methods.push(method.name.into());
        if let method::Kind::Subscription { unsubscribe, .. } = method.kind {
            methods.push(unsubscribe.into());
        }
    }
    methods.sort();
    info::Names { methods }
}
