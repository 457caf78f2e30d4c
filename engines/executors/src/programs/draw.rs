//! Numbers that look random and are the same everywhere (SplitMix64).

use wasm_encoder::ValType;

#[derive(Debug)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Less than `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    pub(super) fn one_in(&mut self, count: u32) -> bool {
        self.below(count) == 0
    }

    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }

    pub(super) fn ty(&mut self) -> ValType {
        match self.below(5) {
            0 | 1 => ValType::I64,
            _ => ValType::I32,
        }
    }

    /// A number, most often one where something begins or ends.
    pub(super) fn constant(&mut self, ty: ValType) -> i64 {
        let narrow = ty != ValType::I64;
        match self.below(10) {
            0..=2 => 0,
            3 => 1,
            4 => -1,
            5 if narrow => self.of(&[i64::from(i32::MIN), i64::from(i32::MAX), 31, 32]),
            5 => self.of(&[i64::MIN, i64::MAX, 63, 64, 1 << 32]),
            6..=8 => i64::from(self.below(12)),
            _ => self.next() as i64,
        }
    }
}
