//! Spans, to an OpenTelemetry collector: OTLP over HTTP, in protobuf.

use super::{Filtered, FormatLayer};
use opentelemetry::{trace::TracerProvider, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{trace::SdkTracerProvider, Resource};
use std::{future::Future, pin::Pin, time::Duration};
use tracing_subscriber::Layer;
use ureq::Agent;

/// How long a collector may take for a request, and the end of the program for what is left.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer, in bytes: it says which spans weren't taken.
const MOST_ANSWERED: u64 = 64 << 10;

/// Exports spans as long as it is there. They are sent by a thread of their own; what a collector doesn't take in time is lost.
#[derive(Debug)]
pub struct Exporting(SdkTracerProvider);

impl Exporting {
    /// To a collector at this address, like http://127.0.0.1:4318.
    ///
    /// # Errors
    /// It is no address.
    pub(super) fn to(endpoint: &str) -> Result<Self, ExporterBuildError> {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            // To where the operator said, and nowhere else.
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client(agent))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(PATIENCE)
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder()
            .with_service_name("pink-worker")
            .with_attribute(version);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter);
        Ok(Self(provider.build()))
    }

    /// What is logged by a layer, and exported as well.
    pub(super) fn beside(&self, layer: FormatLayer) -> FormatLayer {
        let tracer = self.0.tracer("pink-worker");
        let spans = tracing_opentelemetry::layer::<Filtered>().with_tracer(tracer);
        Box::new(layer.and_then(spans))
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last spans weren't exported");
        }
    }
}

/// Sends requests on the exporter's own thread, which does nothing else meanwhile.
#[derive(Debug)]
struct Client(Agent);

impl Client {
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.0.run(request.map(|body| body.to_vec()))?;
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(MOST_ANSWERED).read_to_vec()?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

impl HttpClient for Client {
    fn send_bytes<'a, 's>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 's>>
    where
        'a: 's,
        Self: 's,
    {
        Box::pin(std::future::ready(self.send(request)))
    }
}
