//! From a request to its answer.

use super::{
    body::Answer,
    offer::{Offer, OfferedFile},
    range::{parse_range, RangeRequest},
};
use crate::compare::{Contents, Digests, Summary, MAX_DIGEST_BLOCKS};
use fat_contracts_primitives::{BlockNumber, Seq};
use hyper::{
    body::Incoming,
    header::{
        HeaderName, HeaderValue, ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE,
        ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
    },
    Method, Request, Response, StatusCode,
};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    About,
    Snapshot,
    Block(BlockNumber),
    Contents(BlockNumber, Seq),
    Digest(BlockNumber, BlockNumber),
}

/// Answers a request.
pub(super) async fn answer(offer: Arc<Offer>, request: Request<Incoming>) -> Response<Answer> {
    let head_only = request.method() == Method::HEAD;
    if !head_only && request.method() != Method::GET {
        let mut answer = refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET and HEAD are known",
        );
        set(&mut answer, ALLOW, "GET, HEAD");
        return answer;
    }
    let path = path(
        request.uri().path(),
        request.uri().query().unwrap_or_default(),
    );
    let Some(path) = path else {
        return refusal(StatusCode::NOT_FOUND, "there is no such thing");
    };
    let mut answer = match path {
        Path::Snapshot => {
            let header = |name| {
                let value = request.headers().get(name)?;
                value.to_str().ok()
            };
            snapshot(
                &offer,
                header(RANGE),
                header(IF_RANGE),
                header(IF_NONE_MATCH),
                head_only,
            )
        }
        path => {
            let looked = tokio::task::spawn_blocking(move || look(&offer, path)).await;
            looked.unwrap_or_else(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "it failed"))
        }
    };
    set(&mut answer, CACHE_CONTROL, "no-cache");
    answer
}

fn path(path: &str, query: &str) -> Option<Path> {
    let asked = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|(found, _)| *found == name)?.1;
        value.parse::<u64>().ok()
    };
    let block = |name: &str| BlockNumber::try_from(asked(name)?).ok();
    let parts: Vec<_> = path.strip_prefix("/v1/")?.split('/').collect();
    Some(match *parts.as_slice() {
        ["about"] => Path::About,
        ["snapshot"] => Path::Snapshot,
        ["digest"] => Path::Digest(block("from")?, block("to")?),
        ["blocks", number] => Path::Block(number.parse().ok()?),
        ["blocks", number, "contents"] => {
            Path::Contents(number.parse().ok()?, asked("from").unwrap_or(0))
        }
        _ => return None,
    })
}

/// What is read of the store.
fn look(offer: &Offer, path: Path) -> Response<Answer> {
    let none = || refusal(StatusCode::NOT_FOUND, "that block isn't kept");
    if path == Path::About {
        return match offer.about() {
            Ok(about) => json_of(&about),
            Err(error) => failed(&error),
        };
    }
    let Some(reader) = &offer.reader else {
        return refusal(StatusCode::NOT_FOUND, "block records aren't offered here");
    };
    let found = match path {
        Path::Block(block) => Summary::of(reader, block).map(|it| it.map(|it| json_of(&it))),
        Path::Contents(block, from) => {
            Contents::of(reader, block, from).map(|it| it.map(|it| json_of(&it)))
        }
        Path::Digest(from, to) => {
            let few = to
                .checked_sub(from)
                .is_some_and(|more| more < MAX_DIGEST_BLOCKS);
            if !few {
                let text = format!("at most {MAX_DIGEST_BLOCKS} blocks, in order");
                return refusal(StatusCode::BAD_REQUEST, &text);
            }
            Digests::of(reader, from, to).map(|it| it.map(|it| json_of(&it)))
        }
        Path::About | Path::Snapshot => return none(),
    };
    match found {
        Ok(Some(answer)) => answer,
        Ok(None) => none(),
        Err(error) => failed(&error),
    }
}

fn snapshot(
    offer: &Offer,
    range: Option<&str>,
    if_range: Option<&str>,
    if_none_match: Option<&str>,
    head_only: bool,
) -> Response<Answer> {
    let Some(kept) = offer.file(if_range.filter(|_| range.is_some())) else {
        return refusal(StatusCode::NOT_FOUND, "there is no snapshot yet");
    };
    if if_none_match == Some(kept.etag.as_str()) {
        let mut answer = Response::new(Answer::Whole(None));
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        return tagged(answer, &kept);
    }
    // A part of another file than the one that was begun with is of no use: the whole of this one.
    let range = range.filter(|_| if_range.is_none_or(|etag| etag == kept.etag));
    let (status, start, length) = match range.map(|range| parse_range(range, kept.length)) {
        None | Some(RangeRequest::Whole) => (StatusCode::OK, 0, kept.length),
        Some(RangeRequest::Part { start, length }) => (StatusCode::PARTIAL_CONTENT, start, length),
        Some(RangeRequest::Nothing) => {
            let mut answer = refusal(StatusCode::RANGE_NOT_SATISFIABLE, "it isn't that long");
            set(
                &mut answer,
                CONTENT_RANGE,
                &format!("bytes */{}", kept.length),
            );
            return tagged(answer, &kept);
        }
    };
    let body = if head_only {
        // Its length is what a GET would have.
        Answer::Part {
            left: length,
            pieces: tokio::sync::mpsc::channel(1).1,
        }
    } else {
        Answer::part(kept.file.clone(), start, length)
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    set(&mut answer, CONTENT_TYPE, "application/octet-stream");
    if status == StatusCode::PARTIAL_CONTENT {
        let last = start.saturating_add(length).saturating_sub(1);
        set(
            &mut answer,
            CONTENT_RANGE,
            &format!("bytes {start}-{last}/{}", kept.length),
        );
    }
    tagged(answer, &kept)
}

fn tagged(mut answer: Response<Answer>, kept: &OfferedFile) -> Response<Answer> {
    set(&mut answer, ETAG, &kept.etag);
    set(&mut answer, ACCEPT_RANGES, "bytes");
    answer
}

fn json_of(value: &impl Serialize) -> Response<Answer> {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let mut answer = Response::new(Answer::whole(bytes));
            set(&mut answer, CONTENT_TYPE, "application/json");
            answer
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Response<Answer> {
    tracing::error!(%error, "a request can't be answered");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "the store can't be read")
}

fn refusal(status: StatusCode, why: &str) -> Response<Answer> {
    let mut answer = Response::new(Answer::whole(json!({ "error": why }).to_string()));
    *answer.status_mut() = status;
    set(&mut answer, CONTENT_TYPE, "application/json");
    answer
}

fn set(answer: &mut Response<Answer>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
