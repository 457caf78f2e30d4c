/// Bytes that are looked at before they are written, or left alone.
const PART: usize = 2048;

/// Makes all of a memory zero again, most of which is zero: what a contract's memory is after a
/// call. Looking is cheaper than writing, and is done with the widest registers that there are.
pub fn wipe(memory: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { wipe_wide(memory) };
    }
    wipe_parts(memory);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wipe_wide(memory: &mut [u8]) {
    wipe_parts(memory);
}

#[inline(always)]
fn wipe_parts(memory: &mut [u8]) {
    for part in memory.chunks_mut(PART) {
        // No way out in between: only so does the compiler take many bytes at a time.
        if part.iter().fold(0, |any, byte| any | byte) != 0 {
            part.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        for at in [0, 1, 31, 32, 2047, 2048, 4095, 4096, 4100] {
            for way in [wipe, wipe_parts as fn(&mut [u8])] {
                let mut memory = vec![0; 4101];
                memory[at] = 1;
                way(&mut memory);
                assert!(memory.iter().all(|byte| *byte == 0), "{at}");
            }
        }
    }
}
