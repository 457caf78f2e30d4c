//! What goes out, as a browser and as somebody who isn't one sees it.

use http::{header, HeaderMap, Method, Response};
use pink_console::{Console, ConsoleConfig, FILES};

fn console() -> Console {
    Console::new(&ConsoleConfig {
        chain: vec!["ws://127.0.0.1:9944".parse().unwrap()],
        cluster: 7,
        version: "pink-worker/0".into(),
    })
}

fn ask(path: &str, headers: &[(header::HeaderName, &str)]) -> Option<Response<Vec<u8>>> {
    let mut map = HeaderMap::new();
    map.insert(
        header::ACCEPT_ENCODING,
        "gzip, deflate, br".parse().unwrap(),
    );
    for (name, value) in headers {
        map.insert(name, value.parse().unwrap());
    }
    console().answer(&Method::GET, path, &map)
}

fn of<'r>(response: &'r Response<Vec<u8>>, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |it| it.to_str().unwrap())
}

#[test]
fn every_file_goes_out_compressed_and_once() {
    for file in FILES {
        let response = ask(&format!("/console/{}", file.name), &[]).unwrap();
        assert_eq!(response.status(), 200, "{}", file.name);
        assert_eq!(response.body(), file.gzip);
        assert_eq!(of(&response, "content-encoding"), "gzip");
        assert_eq!(of(&response, "content-type"), file.kind);
        assert_eq!(of(&response, "content-length"), file.gzip.len().to_string());
        let etag = of(&response, "etag").to_string();
        let again = ask(
            &format!("/console/{}", file.name),
            &[(header::IF_NONE_MATCH, &format!("\"0\", W/{etag}"))],
        );
        let again = again.unwrap();
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0));
        assert_eq!(of(&again, "etag"), etag);
        let other = ask(
            &format!("/console/{}", file.name),
            &[(header::IF_NONE_MATCH, "\"0\"")],
        );
        assert_eq!(other.unwrap().status(), 200);
    }
    let (index, root) = (ask("/console/index.html", &[]), ask("/console/", &[]));
    assert_eq!(index.unwrap().body(), root.unwrap().body());
}

/// What a strict policy is, by hand: nothing inline, nothing of another host, nobody's frame.
#[test]
fn every_answer_is_held_by_the_policy() {
    for path in [
        "/console/",
        "/console/app.js",
        "/console/config.json",
        "/console/none",
        "/",
        "/console",
    ] {
        let response = ask(path, &[]).unwrap();
        assert_eq!(
            of(&response, "content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self' ws://127.0.0.1:9944; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{path}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(of(&response, name), value, "{path} {name}");
        }
    }
}

#[test]
fn the_page_is_told_what_it_is_served_with() {
    let response = ask("/console/config.json", &[]).unwrap();
    let told: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    let expected = serde_json::json!({
        "chain": ["ws://127.0.0.1:9944"], "cluster": "7", "version": "pink-worker/0",
    });
    assert_eq!(told, expected);
}

#[test]
fn what_isnt_the_page_is_left_alone() {
    for path in ["/health", "/x", "/consol", "/consolex", "//console/"] {
        assert!(ask(path, &[]).is_none(), "{path}");
    }
    let post = console().answer(&Method::POST, "/", &HeaderMap::new());
    assert!(post.is_none(), "that is JSON-RPC's");
    let post = console().answer(&Method::POST, "/console/", &HeaderMap::new());
    assert_eq!(post.unwrap().status(), 405);
    assert_eq!(ask("/console/../Cargo.toml", &[]).unwrap().status(), 404);
    let to = ask("/", &[]).unwrap();
    assert_eq!(
        (to.status().as_u16(), of(&to, "location")),
        (307, "/console/")
    );
}

#[test]
fn who_takes_no_gzip_is_told_and_who_wants_the_head_gets_no_body() {
    for refused in ["identity", "", "gzip;q=0", "gzip; q=0.0", "xgzip"] {
        let answer = ask("/console/app.js", &[(header::ACCEPT_ENCODING, refused)]).unwrap();
        assert_eq!(answer.status(), 406, "{refused}");
        assert!(String::from_utf8_lossy(answer.body()).contains("gzip"));
    }
    for taken in ["GZIP", "br;q=1.0, gzip;q=0.8"] {
        let answer = ask("/console/app.js", &[(header::ACCEPT_ENCODING, taken)]).unwrap();
        assert_eq!(answer.status(), 200, "{taken}");
    }
    let mut map = HeaderMap::new();
    map.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let head = console()
        .answer(&Method::HEAD, "/console/app.js", &map)
        .unwrap();
    assert!(head.body().is_empty());
    assert_ne!(of(&head, "content-length"), "0");
}
