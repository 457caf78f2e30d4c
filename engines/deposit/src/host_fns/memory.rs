//! A contract's memory, as host functions may touch it.
//!
//! Every pointer and every length comes from the contract. Nothing is read or written before it
//! was found to lie inside, and nothing is allocated by a length that wasn't.

use crate::error::Error;
use pink_engine_sdk::types::Balance;

/// The pointer that stands for "none" where an output may be left out.
pub(crate) const SENTINEL: u32 = u32::MAX;

/// The memory of the frame that called.
#[derive(Debug)]
pub(crate) struct Memory<'a>(pub &'a mut [u8]);

impl Memory<'_> {
    /// `len` bytes at `ptr`.
    ///
    /// # Errors
    /// They don't lie inside.
    pub(crate) fn read(&self, ptr: u32, len: u32) -> Result<&[u8], Error> {
        let (start, len) = (ptr as usize, len as usize);
        start
            .checked_add(len)
            .and_then(|end| self.0.get(start..end))
            .ok_or(Error::OutOfBounds)
    }

    /// A value of fixed length, like an account.
    ///
    /// # Errors
    /// It begins outside, or ends there: then what is inside doesn't decode.
    pub(crate) fn read_fixed<const N: usize>(&self, ptr: u32) -> Result<[u8; N], Error> {
        self.0
            .get(ptr as usize..)
            .ok_or(Error::OutOfBounds)?
            .first_chunk()
            .copied()
            .ok_or(Error::DecodingFailed)
    }

    /// A balance, little-endian.
    ///
    /// # Errors
    /// As for any value of fixed length.
    pub(crate) fn read_balance(&self, ptr: u32) -> Result<Balance, Error> {
        self.read_fixed(ptr).map(Balance::from_le_bytes)
    }

    /// A length, little-endian.
    ///
    /// # Errors
    /// As for any value of fixed length.
    pub(crate) fn read_u32(&self, ptr: u32) -> Result<u32, Error> {
        self.read_fixed(ptr).map(u32::from_le_bytes)
    }

    /// Writes bytes at `ptr`.
    ///
    /// # Errors
    /// They wouldn't lie inside; nothing is written then.
    pub(crate) fn write(&mut self, ptr: u32, bytes: &[u8]) -> Result<(), Error> {
        let start = ptr as usize;
        let target = start
            .checked_add(bytes.len())
            .and_then(|end| self.0.get_mut(start..end))
            .ok_or(Error::OutOfBounds)?;
        target.copy_from_slice(bytes);
        Ok(())
    }

    /// Whether the buffer whose length is at `len_ptr` can take `bytes` bytes.
    ///
    /// # Errors
    /// It can't, or the length can't be read.
    pub(crate) fn check_output(&self, len_ptr: u32, bytes: usize) -> Result<(), Error> {
        if (self.read_u32(len_ptr)? as usize) < bytes {
            Err(Error::OutputBufferTooSmall)
        } else {
            Ok(())
        }
    }

    /// Writes an output: the bytes at `ptr`, and how many they are at `len_ptr`, where the size
    /// of the buffer was before.
    ///
    /// # Errors
    /// The buffer is too small, or something lies outside.
    pub(crate) fn write_output(
        &mut self,
        ptr: u32,
        len_ptr: u32,
        bytes: &[u8],
    ) -> Result<(), Error> {
        self.check_output(len_ptr, bytes.len())?;
        self.write(ptr, bytes)?;
        // No longer than the buffer, whose length fits.
        self.write(len_ptr, &(bytes.len() as u32).to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_touched() {
        let mut bytes = [7; 16];
        let mut memory = Memory(&mut bytes);
        assert_eq!(memory.read(16, 0), Ok(&[][..]));
        assert_eq!(memory.read(16, 1), Err(Error::OutOfBounds));
        assert_eq!(memory.read(u32::MAX, u32::MAX), Err(Error::OutOfBounds));
        assert_eq!(memory.write(15, &[1, 2]), Err(Error::OutOfBounds));
        assert_eq!(memory.read_fixed::<4>(17), Err(Error::OutOfBounds));
        assert_eq!(memory.read_fixed::<4>(13), Err(Error::DecodingFailed));
        assert_eq!(memory.0, [7; 16]);
    }

    #[test]
    fn an_output_fits_or_traps() {
        let mut bytes = [0; 16];
        let mut memory = Memory(&mut bytes);
        memory.write(0, &3u32.to_le_bytes()).unwrap();
        assert_eq!(
            memory.write_output(8, 0, &[1; 4]),
            Err(Error::OutputBufferTooSmall)
        );
        assert_eq!(memory.write_output(8, 0, &[1; 2]), Ok(()));
        assert_eq!(memory.read_u32(0), Ok(2));
        assert_eq!(memory.read(8, 3), Ok(&[1, 1, 0][..]));
    }
}
