//! From what a contract asks for to a request, before anything is sent.

use super::config::HttpConfig;
use pink_capi::types::{HttpRequest, HttpRequestError};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;

/// Headers that say how a message is cut out of the connection, or whom it is for: the worker's
/// to set.
const RESERVED: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers that are meant for one host.
const FOR_ONE_HOST: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// A request within the limits.
#[derive(Clone, Debug)]
pub(super) struct CheckedRequest {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl CheckedRequest {
    /// Holds a request to the limits.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn new(config: &HttpConfig, request: HttpRequest) -> Result<Self, HttpRequestError> {
        let HttpRequest {
            url,
            method,
            headers,
            body,
        } = request;
        if !config.enabled || body.len() > config.max_request_bytes {
            return Err(HttpRequestError::NotAllowed);
        }
        if headers.len() > config.max_headers {
            return Err(HttpRequestError::TooManyHeaders);
        }
        if url.len() > config.max_url_bytes {
            return Err(HttpRequestError::InvalidUrl);
        }
        let bytes = headers
            .iter()
            .map(|(name, value)| name.len().saturating_add(value.len()))
            .fold(0, usize::saturating_add);
        if bytes > config.max_header_bytes {
            return Err(HttpRequestError::TooManyHeaders);
        }
        let url = Url::parse(&url).map_err(|_| HttpRequestError::InvalidUrl)?;
        let method = match Method::from_bytes(method.to_ascii_uppercase().as_bytes()) {
            // Both are for whoever stands in between.
            Ok(Method::CONNECT | Method::TRACE) | Err(_) => {
                return Err(HttpRequestError::InvalidMethod)
            }
            Ok(method) => method,
        };
        let mut checked = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .filter(|name| !RESERVED.contains(&name.as_str()))
                .ok_or(HttpRequestError::InvalidHeaderName)?;
            let value =
                HeaderValue::from_str(&value).map_err(|_| HttpRequestError::InvalidHeaderValue)?;
            checked.append(name, value);
        }
        let checked = Self {
            url,
            method,
            headers: checked,
            body,
        };
        checked.checked_url(config)
    }

    fn checked_url(self, config: &HttpConfig) -> Result<Self, HttpRequestError> {
        let url = &self.url;
        let right = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= config.max_url_bytes;
        if right {
            Ok(self)
        } else {
            Err(HttpRequestError::InvalidUrl)
        }
    }

    /// The request that a redirect asks for; none if the answer is no redirect.
    ///
    /// # Errors
    /// It leads to something that may not be asked for.
    pub(super) fn redirected(
        &self,
        config: &HttpConfig,
        status: StatusCode,
        location: Option<&HeaderValue>,
    ) -> Result<Option<Self>, HttpRequestError> {
        let keeps_body = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            _ => return Ok(None),
        };
        let Some(location) = location else {
            return Ok(None);
        };
        let url = location
            .to_str()
            .ok()
            .and_then(|location| self.url.join(location).ok())
            .ok_or(HttpRequestError::InvalidUrl)?;
        let in_the_open = self.url.scheme() == "https" && url.scheme() == "http";
        let mut next = self.clone();
        if url.origin() != self.url.origin() {
            for name in FOR_ONE_HOST {
                next.headers.remove(name);
            }
        }
        if !keeps_body && next.method != Method::HEAD {
            next.method = Method::GET;
            next.body.clear();
            next.headers.remove("content-type");
        }
        next.url = url;
        match in_the_open {
            // What was asked for in secret isn't said aloud.
            true => Err(HttpRequestError::NotAllowed),
            false => next.checked_url(config).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> HttpRequest {
        HttpRequest {
            url: url.into(),
            method: "post".into(),
            headers: vec![("Authorization".into(), "me".into())],
            body: vec![1],
        }
    }

    fn check(request: HttpRequest) -> Result<CheckedRequest, HttpRequestError> {
        CheckedRequest::new(&HttpConfig::default(), request)
    }

    #[test]
    fn what_is_wrong_is_named() {
        use HttpRequestError::*;
        for url in [
            "",
            "no url",
            "ftp://a",
            "file:///etc/passwd",
            "sidevm://a",
            "http://",
            "http://user@a/",
            "http://user:word@a/",
        ] {
            assert_eq!(check(request(url)).unwrap_err(), InvalidUrl, "{url}");
        }
        let long = format!("http://a/{}", "x".repeat(9_000));
        assert_eq!(check(request(&long)).unwrap_err(), InvalidUrl);
        let with = |change: fn(&mut HttpRequest)| {
            let mut request = request("http://a/");
            change(&mut request);
            check(request).unwrap_err()
        };
        for method in ["", "a b", "CONNECT", "trace"] {
            let mut request = request("http://a/");
            request.method = method.into();
            assert_eq!(check(request).unwrap_err(), InvalidMethod, "{method}");
        }
        assert_eq!(with(|it| it.headers[0].0 = "a b".into()), InvalidHeaderName);
        assert_eq!(
            with(|it| it.headers[0].0 = "Host".into()),
            InvalidHeaderName
        );
        assert_eq!(
            with(|it| it.headers[0].1 = "a\r\nb: c".into()),
            InvalidHeaderValue
        );
        assert_eq!(
            with(|it| it.headers = vec![("a".into(), String::new()); 129]),
            TooManyHeaders
        );
        assert_eq!(
            with(|it| it.headers[0].1 = "x".repeat(65_536)),
            TooManyHeaders
        );
        assert_eq!(with(|it| it.body = vec![0; (2 << 20) + 1]), NotAllowed);
    }

    #[test]
    fn redirects_change_what_they_may() {
        let config = HttpConfig::default();
        let first = check(request("https://a/x/y?z")).unwrap();
        let to = |status: u16, location: &str| {
            let location = HeaderValue::from_str(location).unwrap();
            let status = StatusCode::from_u16(status).unwrap();
            first.redirected(&config, status, Some(&location))
        };
        let next = to(302, "../w").unwrap().unwrap();
        assert_eq!(next.url.as_str(), "https://a/w");
        assert_eq!((next.method, next.body.len()), (Method::GET, 0));
        assert!(next.headers.contains_key("authorization"));
        let next = to(307, "https://b/").unwrap().unwrap();
        assert_eq!((next.method, next.body.len()), (Method::POST, 1));
        assert!(!next.headers.contains_key("authorization"));
        assert_eq!(
            to(301, "http://a/").unwrap_err(),
            HttpRequestError::NotAllowed
        );
        for wrong in ["file:///etc/passwd", "https://u@a/", "https://"] {
            assert_eq!(to(301, wrong).unwrap_err(), HttpRequestError::InvalidUrl);
        }
        assert!(to(200, "https://b/").unwrap().is_none());
        assert!(to(304, "https://b/").unwrap().is_none());
    }
}
