use crate::{
    header::{cut, read_up_to, reading, Header, CHUNK_BYTES, MAX_CHUNK_BYTES, PAIR_HEAD_BYTES},
    pairs::{check_lengths, go_on_to},
    write::{checksum, CHUNK_HEAD_BYTES},
    zstd::{self, MAX_FRAME_BYTES},
    SnapshotError,
};
use pink_worker_core::store::Row;
use std::io::Read;

/// Reads a snapshot, chunk by chunk. Nothing in it is believed: lengths are looked at before memory is
/// taken, and what a chunk holds is checked before it is given on. What isn't checked here is the root.
#[derive(Debug)]
pub struct SnapshotReader<R> {
    from: R,
    header: Header,
    /// The chunks that were read.
    chunks: u32,
    pairs: u64,
    bytes: u64,
    last_key: Option<Vec<u8>>,
    offset: u64,
}

impl<R: Read> SnapshotReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// It is none, of another format, damaged or cut short; or it can't be read.
    pub fn new(mut from: R) -> Result<Self, SnapshotError> {
        let (header, offset) = Header::read(&mut from)?;
        Ok(Self {
            from,
            header,
            chunks: 0,
            pairs: 0,
            bytes: 0,
            last_key: None,
            offset,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many chunks were read.
    pub fn chunks(&self) -> u32 {
        self.chunks
    }

    /// How many bytes of the file were read and found right: the end of the last good chunk.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on with another source, which gives the bytes from [`offset`](Self::offset) on.
    pub fn go_on<Other: Read>(self, from: Other) -> SnapshotReader<Other> {
        let Self {
            from: _,
            header,
            chunks,
            pairs,
            bytes,
            last_key,
            offset,
        } = self;
        SnapshotReader {
            from,
            header,
            chunks,
            pairs,
            bytes,
            last_key,
            offset,
        }
    }

    /// The pairs of the next chunk; none behind the last one, when the file is at its end and everything
    /// was as the header says.
    ///
    /// # Errors
    /// It is damaged, cut short, out of order or too large; or it can't be read.
    pub fn chunk(&mut self) -> Result<Option<Vec<Row>>, SnapshotError> {
        if self.chunks == self.header.chunks {
            return self.end().map(|()| None);
        }
        let place = format!("chunk {}", self.chunks);
        let damaged = |found: String| SnapshotError::damaged(place.clone(), found);
        let mut head = [0; CHUNK_HEAD_BYTES];
        if read_up_to(&mut self.from, &mut head)? < head.len() {
            return Err(cut(place));
        }
        let (numbers, check) = head.split_at(12);
        let number = |at: usize| {
            let bytes = numbers.get(at..).and_then(<[u8]>::first_chunk::<4>);
            bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let (packed_len, plain_len, pairs) = (number(0), number(4), number(8));
        for (what, found, max) in [
            ("compressed chunk", packed_len, MAX_FRAME_BYTES as u64),
            ("chunk", plain_len, MAX_CHUNK_BYTES as u64),
        ] {
            let found = u64::from(found);
            if found > max {
                return Err(SnapshotError::TooLarge { what, found, max });
            }
        }
        let last = self.chunks.saturating_add(1) == self.header.chunks;
        if !last && (plain_len as usize) < CHUNK_BYTES {
            return Err(damaged(format!(
                "it has {plain_len} bytes, and isn't the last one"
            )));
        }
        // Grows with what really comes.
        let mut packed = Vec::new();
        let mut rest = (&mut self.from).take(packed_len.into());
        rest.read_to_end(&mut packed).map_err(reading)?;
        if packed.len() < packed_len as usize {
            return Err(cut(place));
        }
        let numbers = numbers.first_chunk().unwrap_or(&[0; 12]);
        if checksum(self.chunks, numbers, &packed).to_le_bytes() != *check {
            return Err(damaged("it doesn't have its checksum".into()));
        }
        let plain = zstd::unpack(&packed, plain_len as usize).map_err(damaged)?;
        let rows = self.rows_of(&plain)?;
        if rows.len() as u64 != u64::from(pairs) {
            return Err(damaged(format!("it has {} pairs, not {pairs}", rows.len())));
        }
        if self.pairs > self.header.pairs || self.bytes > self.header.bytes {
            return Err(damaged("with it there is more than the header says".into()));
        }
        self.chunks = self.chunks.saturating_add(1);
        let read = (CHUNK_HEAD_BYTES as u64).saturating_add(packed_len.into());
        self.offset = self.offset.saturating_add(read);
        Ok(Some(rows))
    }

    fn rows_of(&mut self, plain: &[u8]) -> Result<Vec<Row>, SnapshotError> {
        let place = format!("chunk {}", self.chunks);
        let damaged = |found: &str| SnapshotError::damaged(place.clone(), found);
        let broken = || damaged("its pairs have other lengths than it has");
        let mut rows = Vec::new();
        let mut rest = plain;
        while !rest.is_empty() {
            if plain.len() - rest.len() >= CHUNK_BYTES {
                return Err(damaged("it goes on behind its end"));
            }
            let (key_len, tail) = rest.split_first_chunk::<2>().ok_or_else(broken)?;
            let (value_len, tail) = tail.split_first_chunk::<4>().ok_or_else(broken)?;
            let key_len = usize::from(u16::from_le_bytes(*key_len));
            let value_len = u32::from_le_bytes(*value_len) as usize;
            check_lengths(key_len, value_len)?;
            let (key, tail) = tail.split_at_checked(key_len).ok_or_else(broken)?;
            let (value, tail) = tail.split_at_checked(value_len).ok_or_else(broken)?;
            go_on_to(&mut self.last_key, key)?;
            self.pairs = self.pairs.saturating_add(1);
            let bytes = (plain_len(key, value)).saturating_sub(PAIR_HEAD_BYTES as u64);
            self.bytes = self.bytes.saturating_add(bytes);
            rows.push((key.to_vec(), value.to_vec()));
            rest = tail;
        }
        Ok(rows)
    }

    /// Nothing comes behind the last chunk, and all that the header says was there.
    fn end(&mut self) -> Result<(), SnapshotError> {
        let damaged = |found: String| SnapshotError::damaged("its end", found);
        let Header { pairs, bytes, .. } = self.header;
        if (self.pairs, self.bytes) != (pairs, bytes) {
            let (found, found_bytes) = (self.pairs, self.bytes);
            return Err(damaged(format!(
                "{found} pairs of {found_bytes} bytes were there, the header says {pairs} of {bytes}"
            )));
        }
        match read_up_to(&mut self.from, &mut [0])? {
            0 => Ok(()),
            _ => Err(damaged("there is something behind it".into())),
        }
    }

    /// All pairs, in order.
    pub fn rows(self) -> Rows<R> {
        Rows {
            reader: self,
            chunk: Vec::new().into_iter(),
            over: false,
        }
    }
}

fn plain_len(key: &[u8], value: &[u8]) -> u64 {
    (PAIR_HEAD_BYTES + key.len() + value.len()) as u64
}

/// The pairs of a snapshot; made by [`SnapshotReader::rows`]. An error is the last item.
#[derive(Debug)]
pub struct Rows<R> {
    reader: SnapshotReader<R>,
    chunk: std::vec::IntoIter<Row>,
    over: bool,
}

impl<R> Rows<R> {
    /// How many chunks were read, of how many.
    pub fn progress(&self) -> (u32, u32) {
        (self.reader.chunks, self.reader.header.chunks)
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Some(Ok(row));
            }
            if self.over {
                return None;
            }
            match self.reader.chunk() {
                Ok(Some(rows)) => self.chunk = rows.into_iter(),
                Ok(None) => self.over = true,
                Err(error) => {
                    self.over = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
