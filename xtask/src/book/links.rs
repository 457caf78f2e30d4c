//! Links of a Markdown page: `[text](target)` outside of code.

use std::ops::Range;

/// A link, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link<'t> {
    pub(super) range: Range<usize>,
    pub(super) text: &'t str,
    pub(super) target: &'t str,
}

/// A page's links, in their order. Those inside of another one's text aren't found.
pub(super) fn of(page: &str) -> Vec<Link<'_>> {
    let code = code(page);
    let bytes = page.as_bytes();
    let mut found: Vec<Link<'_>> = Vec::new();
    for (middle, _) in page.match_indices("](") {
        if code[middle] {
            continue;
        }
        let (mut at, mut depth) = (middle, 1);
        while depth > 0 && at > 0 {
            at -= 1;
            match bytes[at] {
                b']' if !code[at] => depth += 1,
                b'[' if !code[at] => depth -= 1,
                _ => {}
            }
        }
        let target = middle + 2;
        let after = found.last().is_none_or(|last| last.range.end <= at);
        let Some(len) = page[target..].find([')', '\n']) else {
            continue;
        };
        if depth > 0 || !after || bytes[target + len] == b'\n' {
            continue;
        }
        // An image's mark belongs to it.
        let start = at - usize::from(at > 0 && bytes[at - 1] == b'!');
        found.push(Link {
            range: start..target + len + 1,
            text: &page[at + 1..middle],
            target: &page[target..target + len],
        });
    }
    found
}

/// A relative link's path and the heading behind it; none for another one.
pub(super) fn split(target: &str) -> Option<(&str, Option<&str>)> {
    if target.contains("://") || target.starts_with('/') || target.starts_with("mailto:") {
        return None;
    }
    Some(match target.split_once('#') {
        Some((path, heading)) => (path, Some(heading)),
        None => (target, None),
    })
}

/// The identifiers of a page's headings, as mdbook gives them.
#[cfg(test)]
pub(super) fn headings(page: &str) -> Vec<String> {
    let code = code(page);
    let mut at = 0;
    let mut found = Vec::new();
    for line in page.split_inclusive('\n') {
        let title = line.trim_start_matches('#');
        if line.starts_with('#') && title.starts_with(' ') && !code[at] {
            found.push(identifier(title.trim()));
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
fn identifier(title: &str) -> String {
    let kept = title.chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c.to_lowercase().to_string()),
        c if c.is_whitespace() => Some("-".into()),
        _ => None,
    });
    kept.collect()
}

/// Which bytes of a page are code, marks included.
fn code(page: &str) -> Vec<bool> {
    let mut code = vec![false; page.len()];
    let mut fence = None;
    let mut at = 0;
    let mut prose = Vec::new();
    for line in page.split_inclusive('\n') {
        let mark = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|it| mark.starts_with(it));
        let whole = at..at + line.len();
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                code[whole.clone()].fill(true);
            }
            _ => {}
        }
        match fence {
            Some(_) => code[whole].fill(true),
            None if mark.is_none() => prose.push(whole),
            None => {}
        }
        at += line.len();
    }
    // Code between words may go over the end of a line, and not of a paragraph.
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    for line in prose {
        let empty = page[line.clone()].trim().is_empty();
        match paragraphs.last_mut() {
            Some(last) if last.end == line.start && !empty => last.end = line.end,
            _ => paragraphs.push(line),
        }
    }
    for paragraph in paragraphs {
        between_words(page, paragraph, &mut code);
    }
    code
}

/// Marks what stands between runs of as many backticks.
fn between_words(page: &str, paragraph: Range<usize>, code: &mut [bool]) {
    let bytes = page.as_bytes();
    let run = |from: usize| {
        let rest = &bytes[from..paragraph.end];
        rest.iter().take_while(|byte| **byte == b'`').count()
    };
    let mut at = paragraph.start;
    while at < paragraph.end {
        let len = run(at);
        if len == 0 {
            at += 1;
            continue;
        }
        let mut end = at + len;
        while end < paragraph.end && run(end) != len {
            end += run(end).max(1);
        }
        if end < paragraph.end {
            code[at..end + len].fill(true);
            at = end + len;
        } else {
            at += len;
        }
    }
}
