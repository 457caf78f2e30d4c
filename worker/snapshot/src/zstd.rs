//! Zstandard frames of one chunk, written and read in bounded memory.

use crate::header::MAX_CHUNK_BYTES;
use ruzstd::{
    decoding::FrameDecoder,
    encoding::{compress_to_vec, CompressionLevel},
};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// What a frame begins with.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The longest frame of a chunk: what can't be made shorter stands there as it is, in blocks of at most
/// 128 KiB with three bytes each, behind a header of at most 18.
pub(crate) const MAX_FRAME_BYTES: usize =
    MAX_CHUNK_BYTES + (MAX_CHUNK_BYTES / (128 << 10) + 1) * 3 + 18;

/// Compresses a chunk. What isn't read back as it was isn't compressed at all.
pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    let fast = catch_unwind(|| compress_to_vec(plain, CompressionLevel::Fastest));
    let fast = fast.ok().filter(|frame| frame.len() <= plain.len());
    let sound = fast.filter(|frame| unpack(frame, plain.len()).is_ok_and(|again| again == plain));
    sound.unwrap_or_else(|| compress_to_vec(plain, CompressionLevel::Uncompressed))
}

/// Takes a chunk apart that has exactly `length` bytes.
pub(crate) fn unpack(frame: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let window = window(frame).ok_or("it is no Zstandard frame")?;
    if window > MAX_CHUNK_BYTES as u64 + (128 << 10) {
        return Err(format!("it asks for a window of {window} bytes"));
    }
    let mut plain = vec![0; length];
    let decode = || FrameDecoder::new().decode_all(frame, &mut plain);
    // Whatever hostile bytes do to the decoder, they end here.
    let got = catch_unwind(AssertUnwindSafe(decode))
        .map_err(|_| "it makes the decoder fail".to_owned())?
        .map_err(|error| format!("it can't be decompressed to {length} bytes: {error}"))?;
    if got == length {
        Ok(plain)
    } else {
        Err(format!("it decompresses to {got} bytes, not {length}"))
    }
}

/// How much of what was decompressed a frame asks to be kept: the decoder believes it. By RFC 8878, 3.1.1.1.
fn window(frame: &[u8]) -> Option<u64> {
    let rest = frame.strip_prefix(&MAGIC)?;
    let (descriptor, rest) = rest.split_first()?;
    if descriptor & 0x20 == 0 {
        let window = u64::from(*rest.first()?);
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * (window & 7));
    }
    // One segment: the window is the content, whose length stands behind the dictionary's number.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = rest.get(dictionary..)?;
    Some(match descriptor >> 6 {
        0 => u64::from(*size.first()?),
        1 => u64::from(u16::from_le_bytes(*size.first_chunk()?)) + 256,
        2 => u32::from_le_bytes(*size.first_chunk()?).into(),
        _ => u64::from_le_bytes(*size.first_chunk()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let mixed: Vec<u8> = (0..300_000u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let repeated: Vec<u8> = (0..300_000u32).map(|i| (i % 7) as u8).collect();
        for plain in [&[][..], &[7], &mixed, &repeated, &[0; 70_000]] {
            let frame = pack(plain);
            assert_eq!(unpack(&frame, plain.len()).unwrap(), plain);
            assert!(unpack(&frame, plain.len() + 1).is_err());
            if let Some(less) = plain.len().checked_sub(1) {
                assert!(unpack(&frame, less).is_err());
            }
        }
        assert!(pack(&repeated).len() < repeated.len() / 20);
    }

    /// A frame that says that a tebibyte is to be kept is refused before anything is.
    #[test]
    fn a_window_is_looked_at_first() {
        // No content size, a window of 2^(10 + 30).
        let frame = [&MAGIC[..], &[0, 30 << 3, 1, 0, 0]].concat();
        let error = unpack(&frame, 100).unwrap_err();
        assert!(error.contains("a window of 1099511627776 bytes"), "{error}");
        // One segment of eight bytes' length.
        let frame = [&MAGIC[..], &[0xe0], &u64::MAX.to_le_bytes(), &[1, 0, 0]].concat();
        assert!(unpack(&frame, 100)
            .unwrap_err()
            .contains("a window of 1844"));
    }
}
