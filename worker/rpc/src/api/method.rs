//! What a method is, and how its parameters are read.

use crate::{
    context::{Caller, Context},
    error::{Code, RpcError},
};
use jsonrpsee::types::{ErrorObjectOwned, Params};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{de::DeserializeOwned, Serialize};
use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// A call's answer, on its way.
pub(crate) type Answering =
    Pin<Box<dyn Future<Output = Result<serde_json::Value, ErrorObjectOwned>> + Send>>;

/// What does the work.
pub(crate) type Handler = fn(Arc<Context>, Caller, Params<'static>) -> Answering;

/// A parameter or a result, for the document.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What a method is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A call with an answer.
    Call(Handler),
    /// Answered by the module itself, which knows all names.
    Names,
    /// Answered by the document.
    Document,
    /// A subscription: the name of its notifications, and what ends it.
    Subscription {
        notification: &'static str,
        unsubscribe: &'static str,
    },
}

/// A method.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// Not for everybody.
    pub(crate) is_unsafe: bool,
    /// The names of its parameters in the order in which they may stand without.
    pub(crate) params: &'static [&'static str],
    pub(crate) params_schema: SchemaOf,
    /// What it gives; of a subscription, what each notification has.
    pub(crate) result_schema: SchemaOf,
    pub(crate) kind: Kind,
    /// Example parameters by position, as JSON.
    pub(crate) example: &'static str,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// No parameters.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// The parameters of a call, by position or by name.
///
/// # Errors
/// −32602: what is wrong with them.
pub(crate) fn parse<P: DeserializeOwned>(params: &Params<'_>) -> Result<P, ErrorObjectOwned> {
    let text = params
        .as_str()
        .map(str::trim)
        .filter(|text| *text != "null");
    serde_json::from_str(text.unwrap_or("[]")).map_err(|error| {
        let text = format!("the parameters can't be read: {error}");
        ErrorObjectOwned::owned(
            jsonrpsee::types::error::INVALID_PARAMS_CODE,
            text,
            None::<()>,
        )
    })
}

/// A handler of a method whose work is a function of its parameters.
pub(crate) fn answer<P, T, F>(
    context: Arc<Context>,
    params: Params<'static>,
    work: impl FnOnce(Arc<Context>, P) -> F + Send + 'static,
) -> Answering
where
    P: DeserializeOwned + Send + 'static,
    T: Serialize + Send + 'static,
    F: Future<Output = Result<T, RpcError>> + Send + 'static,
{
    Box::pin(async move {
        let parsed = parse(&params)?;
        drop(params);
        let done = work(context, parsed).await?;
        serde_json::to_value(done)
            .map_err(|error| RpcError::new(Code::Internal, error.to_string()).into())
    })
}
