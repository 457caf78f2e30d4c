//! Who may ask from a browser, and by what name the server may be called.
//!
//! A browser lets any page open a WebSocket to this machine, and any page whose name leads here ask over HTTP. So a
//! request that says it is a page's is answered only if that page may; and one that calls the server by a name that
//! isn't its own isn't answered at all, which is what stops names that are made to lead here.

use crate::config::Cors;
use http::{header, HeaderMap, Uri};
use std::net::IpAddr;

/// Why a request isn't answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// It calls the server by another name than one of its own.
    Host,
    /// It is of a page that may not ask.
    Origin,
}

impl Refused {
    /// What the caller is told.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Host => "This server isn't called by that name: its operator allows names with --rpc-allow-host.\n",
            Self::Origin => "Pages of this origin may not ask: the operator allows them with --rpc-cors.\n",
        }
    }
}

/// Whether a request is answered.
///
/// # Errors
/// Why it isn't.
pub fn check(cors: &Cors, hosts: &[String], uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
    check_serving(cors, hosts, false, uri, headers)
}

/// The same of a server that may have handed out the page itself that asks.
pub(super) fn check_serving(
    cors: &Cors,
    hosts: &[String],
    serves_pages: bool,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), Refused> {
    let Cors::Origins(origins) = cors else {
        return Ok(());
    };
    let named = headers
        .get_all(header::HOST)
        .iter()
        .map(|it| it.to_str().unwrap_or_default());
    let called: Vec<&str> = named.chain(uri.authority().map(|it| it.as_str())).collect();
    if called.is_empty() || !called.iter().all(|host| is_here(host, hosts)) {
        return Err(Refused::Host);
    }
    let from = headers.get_all(header::ORIGIN).iter();
    for origin in from {
        let origin = origin.to_str().unwrap_or_default();
        // The page that the server handed out itself: its name was looked at above.
        if serves_pages && called.iter().all(|host| is_of(origin, host)) {
            continue;
        }
        if !origins.iter().any(|allowed| matches(allowed, origin)) {
            return Err(Refused::Origin);
        }
    }
    Ok(())
}

/// Whether a name, with or without a port, is one of the server's. A number is: no name was made to lead here.
fn is_here(host: &str, hosts: &[String]) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(name, _)| name),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok()
        || hosts.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// Whether an origin is a page's of the host that is called. Which scheme it has is a proxy's business.
fn is_of(origin: &str, host: &str) -> bool {
    let name = ["http://", "https://"]
        .iter()
        .find_map(|it| origin.strip_prefix(it));
    name.is_some_and(|name| name.eq_ignore_ascii_case(host))
}

/// Whether an origin is one that is allowed; `*` in that stands for any port.
fn matches(allowed: &str, origin: &str) -> bool {
    match allowed.strip_suffix(":*") {
        None => allowed.eq_ignore_ascii_case(origin),
        Some(base) => {
            let head = origin.get(..base.len());
            let port = origin.get(base.len()..).unwrap_or_default();
            let port = port.strip_prefix(':').map_or(port.is_empty(), |digits| {
                !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
            });
            head.is_some_and(|head| head.eq_ignore_ascii_case(base)) && port
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, origin: Option<&str>) -> Result<(), Refused> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        let hosts = ["worker.example".to_string()];
        check(&Cors::default(), &hosts, &Uri::from_static("/"), &headers)
    }

    #[test]
    fn its_own_page_may_ask_where_it_serves_one() {
        let hosts = ["worker.example".to_string()];
        let asked = |serves: bool, host: &str, origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            let cors = Cors::Origins(Vec::new());
            check_serving(&cors, &hosts, serves, &Uri::from_static("/"), &headers)
        };
        let here = "worker.example:9955";
        assert_eq!(asked(true, here, "http://worker.example:9955"), Ok(()));
        assert_eq!(asked(true, here, "https://worker.example:9955"), Ok(()));
        assert_eq!(
            asked(false, here, "http://worker.example:9955"),
            Err(Refused::Origin)
        );
        for other in [
            "http://worker.example",
            "http://worker.example:9955.evil.example",
            "http://evil.example",
            "null",
            "worker.example:9955",
        ] {
            assert_eq!(asked(true, here, other), Err(Refused::Origin), "{other}");
        }
        // A name that was made to lead here has pages of its own, and they are no pages of this server.
        assert_eq!(
            asked(true, "evil.example", "http://evil.example"),
            Err(Refused::Host)
        );
    }

    #[test]
    fn only_pages_that_may_and_names_that_are_ours() {
        for host in [
            "localhost:9955",
            "LOCALHOST",
            "127.0.0.1:9955",
            "[::1]:9955",
            "worker.example",
            "192.0.2.7:1",
        ] {
            assert_eq!(asked(host, None), Ok(()), "{host}");
        }
        for host in [
            "evil.example:9955",
            "localhost.evil.example",
            "",
            "127.0.0.1.evil.example",
            "[::1.evil]",
        ] {
            assert_eq!(asked(host, None), Err(Refused::Host), "{host}");
        }
        for origin in [
            "http://localhost:3000",
            "https://localhost",
            "http://127.0.0.1:1",
            "https://polkadot.js.org",
        ] {
            assert_eq!(asked("localhost", Some(origin)), Ok(()), "{origin}");
        }
        for origin in [
            "http://evil.example",
            "http://localhost.evil.example",
            "http://localhost:3000.evil.example",
            "http://localhost:",
            "null",
            "https://polkadot.js.org.evil.example",
            "http://polkadot.js.org",
            "http://localhost@evil.example:80",
        ] {
            assert_eq!(
                asked("localhost", Some(origin)),
                Err(Refused::Origin),
                "{origin}"
            );
        }
        let none = HeaderMap::new();
        let uri = Uri::from_static("/");
        assert_eq!(
            check(&Cors::default(), &[], &uri, &none),
            Err(Refused::Host)
        );
        assert_eq!(check(&Cors::All, &[], &uri, &none), Ok(()));
        let elsewhere = Uri::from_static("http://evil.example/");
        let mut here = HeaderMap::new();
        here.insert(header::HOST, "localhost".parse().unwrap());
        assert_eq!(
            check(&Cors::default(), &[], &elsewhere, &here),
            Err(Refused::Host)
        );
    }
}
