//! The methods of the table, registered.

use crate::{
    api::{
        method::{Kind, Method},
        METHODS,
    },
    context::{Caller, Context},
    openrpc, subscribe,
};
use jsonrpsee::{core::RegisterMethodError, types::ErrorObjectOwned, RpcModule};
use std::sync::Arc;

/// The module of a server.
///
/// # Errors
/// Two methods have one name.
pub(crate) fn module(context: Arc<Context>) -> Result<RpcModule<Context>, RegisterMethodError> {
    let mut module = RpcModule::from_arc(context);
    subscribe::register(&mut module)?;
    for method in METHODS {
        let Method { name, kind, .. } = *method;
        match kind {
            Kind::Call(handler) => {
                module.register_async_method(name, move |params, context, ext| {
                    let caller = ext.get::<Caller>().copied();
                    let caller = caller.unwrap_or(Caller {
                        trusted: false,
                        listens: false,
                    });
                    handler(context, caller, params)
                })?;
            }
            Kind::Names => {
                module.register_method(name, |params, _, _| {
                    let _: crate::api::method::Nothing = crate::api::method::parse(&params)?;
                    Ok::<_, ErrorObjectOwned>(crate::api::names())
                })?;
            }
            Kind::Document => {
                let document = openrpc::document();
                module.register_method(name, move |params, _, _| {
                    let _: crate::api::method::Nothing = crate::api::method::parse(&params)?;
                    Ok::<_, ErrorObjectOwned>(document.clone())
                })?;
            }
            Kind::Subscription { .. } => {}
        }
    }
    Ok(module)
}
