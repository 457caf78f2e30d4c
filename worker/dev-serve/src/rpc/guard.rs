//! Before JSON-RPC: whose page asks, and by what name the server is called. As with a worker's RPC.

use http::{header, HeaderValue, Method, Request, StatusCode};
use jsonrpsee::server::{HttpBody, HttpRequest, HttpResponse};
use pink_worker_rpc::{check_origin, Cors};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tower::Service;

/// Lets through what may be answered.
#[derive(Clone, Debug)]
pub(super) struct Guard<S> {
    service: S,
    cors: Cors,
}

impl<S> Guard<S> {
    /// Pages of this machine, whichever their port.
    pub(super) fn new(service: S) -> Self {
        Self {
            service,
            cors: Cors::default(),
        }
    }
}

impl<S> Service<HttpRequest<HttpBody>> for Guard<S>
where
    S: Service<HttpRequest<HttpBody>, Response = HttpResponse>,
    S::Future: Send + 'static,
{
    type Response = HttpResponse;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<HttpBody>) -> Self::Future {
        if let Err(refused) = check_origin(&self.cors, &[], request.uri(), request.headers()) {
            let response = text(StatusCode::FORBIDDEN, refused.text());
            return Box::pin(async move { Ok(response) });
        }
        let page = request.headers().get(header::ORIGIN).cloned();
        if request.method() == Method::OPTIONS {
            let mut response = text(StatusCode::NO_CONTENT, "");
            let headers = response.headers_mut();
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, POST"),
            );
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static("content-type"),
            );
            allow(&mut response, page);
            return Box::pin(async move { Ok(response) });
        }
        let answer = self.service.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            allow(&mut response, page);
            Ok(response)
        })
    }
}

fn allow(response: &mut HttpResponse, page: Option<HeaderValue>) {
    if let Some(page) = page {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }
}

fn text(status: StatusCode, text: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(text));
    *response.status_mut() = status;
    response
}
