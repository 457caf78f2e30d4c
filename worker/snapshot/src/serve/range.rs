//! Which part of a file is asked for (RFC 9110, 14).

/// What a `Range` asks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeRequest {
    /// All of it: there is no `Range`, or one that needn't be understood.
    Whole,
    /// `length` bytes from `start` on.
    Part { start: u64, length: u64 },
    /// Nothing that is there.
    Nothing,
}

/// Reads a `Range` for a file of `length` bytes. Of units and lists that nobody needs the whole is given.
pub(super) fn parse_range(range: &str, length: u64) -> RangeRequest {
    let Some((first, last)) = range
        .strip_prefix("bytes=")
        .and_then(|it| it.split_once('-'))
    else {
        return RangeRequest::Whole;
    };
    let number = |text: &str| -> Option<Option<u64>> {
        match text {
            "" => Some(None),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                // Of 2^64 bytes and more there is none.
                Some(Some(digits.parse().unwrap_or(u64::MAX)))
            }
            _ => None,
        }
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else {
        return RangeRequest::Whole;
    };
    match (first, last) {
        (None, None) => RangeRequest::Whole,
        (None, Some(0)) => RangeRequest::Nothing,
        (None, Some(count)) => part(length.saturating_sub(count), length),
        (Some(first), Some(last)) if last < first => RangeRequest::Whole,
        (Some(first), last) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            part(first, end)
        }
    }
}

fn part(start: u64, end: u64) -> RangeRequest {
    match end.checked_sub(start).filter(|length| *length > 0) {
        Some(length) => RangeRequest::Part { start, length },
        None => RangeRequest::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 9110, 14.1.2, of a file of 10,000 bytes, and what no range is.
    #[test]
    fn ranges_are_read_as_the_rfc_has_them() {
        let part = |start, length| RangeRequest::Part { start, length };
        for (range, expected) in [
            ("bytes=0-499", part(0, 500)),
            ("bytes=500-999", part(500, 500)),
            ("bytes=-500", part(9_500, 500)),
            ("bytes=9500-", part(9_500, 500)),
            ("bytes=-20000", part(0, 10_000)),
            ("bytes=9999-99999", part(9_999, 1)),
            ("bytes=10000-", RangeRequest::Nothing),
            ("bytes=99999999999999999999-", RangeRequest::Nothing),
            ("bytes=-0", RangeRequest::Nothing),
            ("bytes=5-4", RangeRequest::Whole),
            ("bytes=0-0,-1", RangeRequest::Whole),
            ("bytes=+1-2", RangeRequest::Whole),
            ("bytes=-", RangeRequest::Whole),
            ("items=0-1", RangeRequest::Whole),
        ] {
            assert_eq!(parse_range(range, 10_000), expected, "{range}");
        }
        assert_eq!(parse_range("bytes=0-", 0), RangeRequest::Nothing);
    }
}
