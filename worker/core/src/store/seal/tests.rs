//! The sealed file against a plain array of bytes.

use std::sync::{Arc, Mutex};

use super::*;

/// Bytes that several may look at.
#[derive(Clone, Debug, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Bytes {
    fn get(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    fn of(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(bytes)))
    }
}

impl StorageBackend for Bytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.0.lock().unwrap();
        let from = offset as usize;
        let found = bytes.get(from..from + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap();
        let from = offset as usize;
        bytes[from..from + data.len()].copy_from_slice(data);
        Ok(())
    }
}

/// More than two groups.
const MOST: u64 = 1_300;

/// Grows, shrinks, writes runs over the borders of groups, and opens again; what is read is what
/// an array holds.
fn like_an_array(seed: u64, reopen: impl Fn(&mut Sealed)) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sealed = Sealed::new(Bytes::default());
    assert_eq!(sealed.len().unwrap(), 0);
    let mut array: Vec<u8> = Vec::new();
    let block = BLOCK as usize;
    for _ in 0..150 {
        let blocks = array.len() / block;
        match random.u8(..10) {
            0..2 => {
                let blocks = random.u64(2..MOST);
                sealed.set_len(blocks * BLOCK).unwrap();
                array.resize(blocks as usize * block, 0);
            }
            2..7 if blocks > 1 => {
                let from = random.usize(1..blocks);
                let run = random.usize(1..=(blocks - from).min(600));
                let bytes: Vec<u8> = (0..run * block).map(|_| random.u8(..)).collect();
                sealed.write((from * block) as u64, &bytes).unwrap();
                array[from * block..][..bytes.len()].copy_from_slice(&bytes);
            }
            7 => {
                let header: Vec<u8> = (0..320).map(|_| random.u8(..)).collect();
                array.resize(array.len().max(2 * block), 0);
                sealed.set_len(array.len() as u64).unwrap();
                sealed.write(0, &header).unwrap();
                array[..320].copy_from_slice(&header);
            }
            8 => {
                sealed.sync_data().unwrap();
                if !array.is_empty() {
                    reopen(&mut sealed);
                    sealed.len().unwrap();
                    sealed.recovered();
                }
            }
            _ if blocks > 1 => {
                let from = random.usize(1..blocks);
                let run = random.usize(1..=blocks - from);
                let mut found = vec![1; run * block];
                sealed.read((from * block) as u64, &mut found).unwrap();
                assert!(found == array[from * block..][..found.len()]);
            }
            _ => {}
        }
        assert_eq!(sealed.len().unwrap(), array.len() as u64);
    }
    let mut found = vec![0; array.len() - block];
    sealed.read(BLOCK, &mut found).unwrap();
    assert!(found == array[block..]);
    assert_eq!(sealed.damage(), None);
}

#[test]
fn it_reads_what_was_written() {
    for seed in 0..4 {
        // Nothing but what is on the disk is left.
        like_an_array(seed, |sealed| {
            let mut bytes = vec![0; sealed.0.disk.len().unwrap() as usize];
            sealed.0.disk.read(0, &mut bytes).unwrap();
            // A disk that was never given a header has none to be read.
            if bytes.get(..4) == Some(b"pink") {
                *sealed = Sealed::new(Bytes::of(bytes));
            }
        });
    }
}

/// The same over a file that stays as it is.
#[test]
fn what_is_written_over_a_file_that_is_only_read_stays_in_memory() {
    let made = Bytes::default();
    let sealed = Sealed::new(made.clone());
    sealed.set_len(700 * BLOCK).unwrap();
    sealed.write(0, &[3; 320]).unwrap();
    sealed.write(BLOCK, &[5; 699 * BLOCK as usize]).unwrap();
    sealed.sync_data().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, made.get()).unwrap();

    let file = std::fs::File::open(&path).unwrap();
    let over = Sealed::new(ReadOnlyFile::new(file).unwrap());
    let read = |block: u64, blocks: usize| {
        let mut out = vec![0; blocks * BLOCK as usize];
        over.read(block * BLOCK, &mut out).map(|()| out)
    };
    assert!(read(1, 699).unwrap().iter().all(|byte| *byte == 5));
    over.write(510 * BLOCK, &[6; 4 * BLOCK as usize]).unwrap();
    let found = read(509, 6).unwrap();
    let (before, rest) = found.split_at(BLOCK as usize);
    let (written, behind) = rest.split_at(4 * BLOCK as usize);
    assert!(before.iter().chain(behind).all(|byte| *byte == 5));
    assert!(written.iter().all(|byte| *byte == 6));
    // Shorter, and longer again: what was there isn't any more.
    over.set_len(600 * BLOCK).unwrap();
    assert!(read(600, 1).is_err());
    over.set_len(800 * BLOCK).unwrap();
    assert!(read(600, 200).unwrap().iter().all(|byte| *byte == 0));
    assert!(read(599, 1).unwrap().iter().all(|byte| *byte == 5));
    over.write(0, &[9; 10]).unwrap();
    let mut header = [0; 12];
    over.read(0, &mut header).unwrap();
    assert_eq!(header, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3]);
    over.sync_data().unwrap();
    assert!(std::fs::read(&path).unwrap() == made.get());
}

/// A block in another's place has a right checksum of its own, and is refused all the same.
#[test]
fn a_block_in_another_s_place_is_not_taken_for_it() {
    let made = Bytes::default();
    let sealed = Sealed::new(made.clone());
    sealed.set_len(4 * BLOCK).unwrap();
    // Closed in two phases, so that nothing is believed.
    let mut header = [0; 320];
    header[9] = 4;
    sealed.write(0, &header).unwrap();
    sealed.write(BLOCK, &[1; BLOCK as usize]).unwrap();
    sealed.write(2 * BLOCK, &[2; BLOCK as usize]).unwrap();
    sealed.sync_data().unwrap();
    // Behind the head and the table: block n at (2 + n) · 4096, its checksum at 4096 + 8 n.
    let mut bytes = made.get();
    let (first, second) = (3 * 4096, 4 * 4096);
    bytes.copy_within(first..first + 4096, second);
    bytes.copy_within(4096 + 8..4096 + 16, 4096 + 16);
    let swapped = Sealed::new(Bytes::of(bytes));
    let mut out = [0; BLOCK as usize];
    swapped.len().unwrap();
    swapped.read(BLOCK, &mut out).unwrap();
    assert_eq!(out, [1; BLOCK as usize]);
    let error = swapped.read(2 * BLOCK, &mut out).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let found = swapped.damage().unwrap();
    assert!(found.contains("16384..20480"), "{found}");
}

#[test]
fn only_whole_blocks_and_the_header_are_touched() {
    let sealed = Sealed::new(Bytes::default());
    sealed.set_len(4 * BLOCK).unwrap();
    for (offset, len) in [
        (BLOCK, 10),
        (BLOCK + 1, BLOCK as usize),
        (0, 449),
        (300, 200),
    ] {
        let error = sealed.write(offset, &vec![1; len]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{offset}, {len}");
        let error = sealed.read(offset, &mut vec![1; len]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{offset}, {len}");
    }
    sealed.write(0, &[1; 448]).unwrap();
}
