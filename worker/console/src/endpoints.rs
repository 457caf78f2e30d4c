//! Nodes that the page may reach.

use std::{fmt, str::FromStr};

/// A node's address that anybody may see: a scheme, a host, and a port, if one is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    /// Reads an address like `ws://127.0.0.1:9944`. One with a user, a path or a question is refused: there keys of
    /// providers stand, and everybody who opens the page is told the address.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let host = ["ws://", "wss://"]
            .iter()
            .find_map(|it| text.strip_prefix(it));
        let host = host.ok_or("it begins with ws:// or wss://")?;
        let host = host.strip_suffix('/').unwrap_or(host);
        // What could end a source of a page's policy, or hold a secret, isn't among these.
        let plain = |it: char| it.is_ascii_alphanumeric() || ".-:[]".contains(it);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(
                "it is a scheme, a host and a port, like wss://node.example:443, and nothing else",
            );
        }
        Ok(Self(text.strip_suffix('/').unwrap_or(text).into()))
    }
}

/// Those of a worker's own nodes that anybody may see.
pub fn public(urls: &[String]) -> Vec<Endpoint> {
    urls.iter().filter_map(|url| url.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_a_providers_is_told_and_no_policy_is_widened() {
        for good in [
            "ws://127.0.0.1:9944",
            "wss://node.example",
            "ws://[::1]:9944/",
            "wss://node.example:443",
        ] {
            let read = good.parse::<Endpoint>();
            assert_eq!(
                read.map(|it| it.0),
                Ok(good.trim_end_matches('/').to_string())
            );
        }
        for bad in [
            "http://node.example",
            "wss://",
            "wss://user:word@node.example",
            "wss://node.example/key",
            "wss://node.example?key=1",
            "wss://node.example#1",
            "wss://node.example; script-src *",
            "wss://*",
            "wss://node.example,wss://other.example",
            "wss://node.example 'unsafe-inline'",
        ] {
            assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
        }
        let mixed = ["ws://a:1".to_string(), "wss://b/secret".to_string()];
        assert_eq!(public(&mixed), ["ws://a:1".parse().unwrap()]);
    }
}
