//! One file from one source, over as many connections as it takes.

use super::{
    client::{pause, Client},
    note_of, FetchConfig, SourceFailure,
};
use crate::{Header, SnapshotError, SnapshotReader};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    thread,
};
use ureq::{
    http::{
        header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE},
        Response,
    },
    Body,
};

/// How often a source may have written a new file meanwhile.
const MOST_CHANGES: u32 = 3;

/// Which file a part is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    url: String,
    etag: String,
    /// How long the whole file is.
    total: u64,
}

/// Fetches a file into `part`, or what is missing of it, and checks it chunk by chunk as it comes.
/// `expect` is asked when the header is there.
pub(super) fn download(
    url: &str,
    part: &Path,
    config: &FetchConfig,
    expect: &mut dyn FnMut(&Header) -> Result<(), SnapshotError>,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<File, SourceFailure> {
    let mut download = Download::new(url, part, config)?;
    let mut failures = 0;
    loop {
        download.received = 0;
        let ended = download.go_on(expect, progress)?;
        let Some(last) = ended else {
            return File::open(part).map_err(|error| local(part)(error).into());
        };
        if download.received >= config.min_progress {
            failures = 0;
            continue;
        }
        failures += 1;
        if failures >= config.attempts {
            return Err(SourceFailure::Stalled {
                attempts: failures,
                bytes: config.min_progress,
                last,
            });
        }
        thread::sleep(pause(config, failures));
    }
}

fn local(part: &Path) -> impl FnOnce(io::Error) -> SnapshotError {
    SnapshotError::io(format!("write {}", part.display()))
}

struct Download<'d> {
    url: &'d str,
    part: &'d Path,
    config: &'d FetchConfig,
    client: Client,
    /// Which file it is; none before the first answer.
    note: Option<Note>,
    /// What was checked of it.
    checked: Option<SnapshotReader<io::Empty>>,
    changes: u32,
    damaged: u32,
    /// What the last request brought, in bytes.
    received: u64,
}

impl<'d> Download<'d> {
    /// Begins anew, or goes on with what is there of the same source's file.
    fn new(url: &'d str, part: &'d Path, config: &'d FetchConfig) -> Result<Self, SnapshotError> {
        let note = fs::read(note_of(part)).ok();
        let note = note.and_then(|note| serde_json::from_slice::<Note>(&note).ok());
        let note = note.filter(|note| note.url == url && part.is_file());
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(part);
        let file = file.map_err(local(part))?;
        if note.is_none() {
            file.set_len(0).map_err(local(part))?;
        }
        Ok(Self {
            url,
            part,
            config,
            client: Client::new(url, config),
            note,
            checked: None,
            changes: 0,
            damaged: 0,
            received: 0,
        })
    }

    fn length(&self) -> Result<u64, SnapshotError> {
        let about = fs::metadata(self.part).map_err(local(self.part))?;
        Ok(about.len())
    }

    /// Keeps so much of what is there.
    fn cut_to(&mut self, length: u64) -> Result<(), SnapshotError> {
        let file = OpenOptions::new().write(true).open(self.part);
        file.and_then(|file| file.set_len(length))
            .map_err(local(self.part))?;
        if length == 0 {
            self.checked = None;
        }
        Ok(())
    }

    /// Makes one request for what is missing. Returns why it ended too early; none if the file is whole.
    fn go_on(
        &mut self,
        expect: &mut dyn FnMut(&Header) -> Result<(), SnapshotError>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Option<String>, SourceFailure> {
        let have = self.length()?;
        let whole = self.note.as_ref().is_some_and(|note| note.total == have);
        let body: Box<dyn Read> = if whole {
            // All of it came with an earlier request, and is to be looked at.
            Box::new(io::empty())
        } else {
            match self.ask(have) {
                Ok(body) => body,
                Err(SourceFailure::Connection(why)) => return Ok(Some(why)),
                Err(failure) => return Err(failure),
            }
        };
        match self.check(body, expect, progress) {
            Ok(()) => Ok(None),
            Err(RequestEnd::Broken(why)) => Ok(Some(why)),
            Err(RequestEnd::Failed(failure)) => Err(failure),
        }
    }

    /// Asks for what comes behind the first `have` bytes, and looks at what is said of it.
    fn ask(&mut self, have: u64) -> Result<Box<dyn Read>, SourceFailure> {
        let mut headers = Vec::new();
        if let Some(note) = self.note.as_ref().filter(|_| have > 0) {
            headers.push((RANGE, format!("bytes={have}-")));
            headers.push((IF_RANGE, note.etag.clone()));
        }
        let response = self.client.get(self.client.snapshot_path(), &headers)?;
        let lied = |why: String| SourceFailure::Lied(why);
        let etag = text(&response, ETAG.as_str()).filter(|etag| etag.starts_with('"'));
        let length = match response.status().as_u16() {
            200 => {
                let total = response.body().content_length();
                let total = total.ok_or_else(|| lied("a file without a length".into()))?;
                self.begin(etag.unwrap_or_default(), total)?;
                total
            }
            206 => {
                let range = text(&response, CONTENT_RANGE.as_str()).unwrap_or_default();
                let note = self.note.as_ref().filter(|_| have > 0);
                let note = note.ok_or_else(|| lied("a part of a file, unasked".into()))?;
                let (start, end, total) = content_range(&range)
                    .ok_or_else(|| lied(format!("Content-Range {range:?}")))?;
                if etag.as_ref() != Some(&note.etag) {
                    return Err(lied("a part of another file".into()));
                }
                if (start, total) != (have, note.total) || end >= total {
                    let wanted = note.total;
                    return Err(lied(format!(
                        "{range:?} where {have} of {wanted} bytes are there"
                    )));
                }
                let length = end.saturating_sub(start).saturating_add(1);
                let said = response.body().content_length();
                if said.is_some_and(|said| said != length) {
                    return Err(lied(format!("{said:?} bytes of {range:?}")));
                }
                length
            }
            // The file is another one, and shorter.
            412 | 416 if have > 0 => {
                self.changed()?;
                return Ok(Box::new(io::empty()));
            }
            status => return Err(SourceFailure::Status(status)),
        };
        let body = response.into_body().into_with_config();
        Ok(Box::new(
            body.limit(length.saturating_add(1)).reader().take(length),
        ))
    }

    /// The source begins with a file's first byte.
    fn begin(&mut self, etag: String, total: u64) -> Result<(), SourceFailure> {
        let max = self.config.max_bytes;
        if total > max {
            return Err(SourceFailure::TooLarge { found: total, max });
        }
        // Without a tag nobody could go on, but it may be short enough for one go.
        let note = Note {
            url: self.url.into(),
            etag,
            total,
        };
        if self.note.as_ref().is_some_and(|known| *known != note) {
            self.changed()?;
        }
        self.cut_to(0)?;
        let json = serde_json::to_vec(&note).unwrap_or_default();
        fs::write(note_of(self.part), json).map_err(local(self.part))?;
        self.note = Some(note);
        Ok(())
    }

    fn changed(&mut self) -> Result<(), SourceFailure> {
        self.changes += 1;
        self.note = None;
        self.cut_to(0)?;
        if self.changes > MOST_CHANGES {
            Err(SourceFailure::Changing)
        } else {
            Ok(())
        }
    }

    /// Writes down what comes, and checks it.
    fn check(
        &mut self,
        body: Box<dyn Read>,
        expect: &mut dyn FnMut(&Header) -> Result<(), SnapshotError>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<(), RequestEnd> {
        let sound = self.checked.as_ref().map_or(0, SnapshotReader::offset);
        let failed = |error: io::Error| RequestEnd::Failed(local(self.part)(error).into());
        let open = || -> io::Result<(File, File, u64)> {
            let mut there = File::open(self.part)?;
            let mut more = OpenOptions::new().write(true).open(self.part)?;
            there.seek(SeekFrom::Start(sound))?;
            let end = more.seek(SeekFrom::End(0))?;
            Ok((there, more, end))
        };
        let (there, more, end) = open().map_err(failed)?;
        let there = BufReader::new(there).take(end.saturating_sub(sound));
        let tee = Tee {
            body,
            to: more,
            received: 0,
            unwritten: None,
        };
        let mut from = there.chain(tee);
        let result = self.read(&mut from, expect, progress);
        let (_, tee) = from.into_inner();
        self.received = tee.received;
        if let Some(error) = tee.unwritten {
            return Err(failed(error));
        }
        let error = match result {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let whole = self.note.as_ref().map(|note| note.total);
        let length = self
            .length()
            .map_err(|error| RequestEnd::Failed(error.into()))?;
        match error {
            SnapshotError::Io { source, .. } => Err(RequestEnd::Broken(source.to_string())),
            SnapshotError::CutShort { .. } if whole.is_none_or(|whole| length < whole) => {
                Err(RequestEnd::Broken("the connection ended early".into()))
            }
            // Perhaps on the way: once, it is asked for again.
            SnapshotError::Damaged { .. } if self.damaged == 0 => {
                self.damaged += 1;
                let sound = self.checked.as_ref().map_or(0, SnapshotReader::offset);
                // What was looked at of the chunk may have been counted.
                self.checked = None;
                let cut = self.cut_to(sound);
                cut.map_err(|error| RequestEnd::Failed(error.into()))?;
                Err(RequestEnd::Broken(error.to_string()))
            }
            error => Err(RequestEnd::Failed(error.into())),
        }
    }

    fn read(
        &mut self,
        from: &mut dyn Read,
        expect: &mut dyn FnMut(&Header) -> Result<(), SnapshotError>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<(), SnapshotError> {
        let mut reader = match self.checked.take() {
            Some(checked) => checked.go_on(from),
            None => {
                let reader = SnapshotReader::new(from)?;
                let found = reader.header().bytes;
                let max = self.config.max_bytes;
                if found > max {
                    let what = "state";
                    return Err(SnapshotError::TooLarge { what, found, max });
                }
                expect(reader.header())?;
                reader
            }
        };
        let all = reader.header().chunks;
        let result = loop {
            match reader.chunk() {
                Ok(Some(_)) => progress(reader.chunks(), all),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.checked = Some(reader.go_on(io::empty()));
        result
    }
}

/// How a request ended.
enum RequestEnd {
    /// It may be gone on with.
    Broken(String),
    /// Not with this source.
    Failed(SourceFailure),
}

/// What comes is written down as it is read.
struct Tee {
    body: Box<dyn Read>,
    to: File,
    received: u64,
    /// Why it can't be.
    unwritten: Option<io::Error>,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.body.read(buffer)?;
        self.received = self.received.saturating_add(got as u64);
        let written = self.to.write_all(buffer.get(..got).unwrap_or_default());
        if let Err(error) = written {
            let kind = error.kind();
            self.unwritten = Some(error);
            return Err(kind.into());
        }
        Ok(got)
    }
}

fn text(response: &Response<Body>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    value.to_str().ok().map(Into::into)
}

/// `bytes FIRST-LAST/TOTAL`.
fn content_range(text: &str) -> Option<(u64, u64, u64)> {
    let (part, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last, total.parse().ok()?))
}
