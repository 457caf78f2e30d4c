//! Gas in two versions: a test names what 2.0 counts, and what 2.1 counts instead is in a table.

use super::NEXT;

/// Each line: ref time and proof size of 2.0 as a test names them, and those of 2.1. Written by
/// `PINK_FIGURES=print cargo test -p pink-engine-deposit --test v2_1 -- --nocapture`, which prints the
/// lines and compares nothing; whoever writes them here looks at what changed, and why.
const TABLE: &str = include_str!("../v2_1/figures.txt");

/// Gas that a test expects.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    of_2_0: (u64, u64),
    expected: (u64, u64),
}

/// Whether figures are printed instead of compared.
fn printing() -> bool {
    std::env::var_os("PINK_FIGURES").is_some()
}

/// What 2.0 counts, and in 2.1 what the table has for it.
///
/// # Panics
/// If it isn't in the table.
#[track_caller]
pub fn figure(ref_time: u64, proof_size: u64) -> Figure {
    let of_2_0 = (ref_time, proof_size);
    let mut lines = TABLE.lines().map(|line| {
        let mut numbers = line.split(' ').map(|number| number.parse().unwrap());
        let mut next = || numbers.next().unwrap();
        ((next(), next()), (next(), next()))
    });
    let expected = match lines.find(|(key, _)| NEXT && *key == of_2_0) {
        Some((_, of_2_1)) => of_2_1,
        None => {
            assert!(!NEXT || printing(), "{of_2_0:?} isn't in the table");
            of_2_0
        }
    };
    Figure { of_2_0, expected }
}

impl PartialEq<Figure> for (u64, u64) {
    fn eq(&self, figure: &Figure) -> bool {
        if NEXT && printing() {
            let (ref_time, proof_size) = figure.of_2_0;
            println!("FIGURE {ref_time} {proof_size} {} {}", self.0, self.1);
            return true;
        }
        *self == figure.expected
    }
}

/// The ref time alone.
impl PartialEq<Figure> for u64 {
    fn eq(&self, figure: &Figure) -> bool {
        (*self, 0) == *figure
    }
}
