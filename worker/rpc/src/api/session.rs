//! The end of sessions.

use crate::{auth::Signed, context::Context, error::RpcError};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// What `cluster_v1_revokeSession` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RevokeParams {
    /// The sessions' name.
    pub name: String,
    /// The account that began them.
    pub auth: Signed,
}

pub(super) async fn revoke(context: Arc<Context>, params: RevokeParams) -> Result<bool, RpcError> {
    context
        .read(move |context, _| {
            let RevokeParams { name, auth } = params;
            context.auth.revoke(&context.daemon, &name, &auth)?;
            Ok(true)
        })
        .await
}
