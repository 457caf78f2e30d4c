//! Loops that every ink! contract has, done natively.
//!
//! ink! up to version 5 links `rlibc`, whose `memcpy`, `memset` and `memcmp` go byte by byte: more
//! than half of what a token transfer has the interpreter do. Which functions of a module these are,
//! and that they are called instead, is found and done before ([`crate::code`]).
//!
//! Gas hardly knows the difference: a native loop costs what the interpreter would have charged
//! for each turn and, once, the way out of the interpreter and back, which takes longer than a
//! short loop pays for. It traps where the loop would have trapped, and with that price added runs
//! out of gas where it would have; the tests compare the two. What also differs is a rule of the
//! version: an intrinsic takes no frame of the recursion depth.

use super::linker::{Handles, RUNTIME};
use crate::versions::OperatorCosts;
use wasmi::{AsContextMut, Caller, Error, Func, Store, TrapCode};
use wasmparser::{FuncType, ValType};

/// The module that intrinsics are imported from. Contracts can't import from it.
pub(crate) const MODULE: &str = "intrinsic";

/// A loop that is done natively. What returns something returns, after a copy or a fill, where it
/// began, as in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intrinsic {
    /// `memcpy(to, from, length)`, forwards.
    Copy,
    /// The same without a result.
    CopyOnly,
    /// `memset(to, byte, length)`.
    Fill,
    /// The same without a result.
    FillOnly,
    /// `memcmp(left, right, length)`.
    Compare,
}

/// What a loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Copy,
    Fill,
    Compare,
}

impl Intrinsic {
    /// All of them.
    const ALL: [Self; 5] = [
        Self::Copy,
        Self::CopyOnly,
        Self::Fill,
        Self::FillOnly,
        Self::Compare,
    ];

    /// The name that it is imported by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::CopyOnly => "copy_only",
            Self::Fill => "fill",
            Self::FillOnly => "fill_only",
            Self::Compare => "compare",
        }
    }

    fn work(self) -> Work {
        match self {
            Self::Copy | Self::CopyOnly => Work::Copy,
            Self::Fill | Self::FillOnly => Work::Fill,
            Self::Compare => Work::Compare,
        }
    }

    /// Whether there is a result.
    pub(crate) fn has_result(self) -> bool {
        !matches!(self, Self::CopyOnly | Self::FillOnly)
    }

    /// Whether this is its type.
    pub(crate) fn has_type(self, ty: &FuncType) -> bool {
        let results: &[ValType] = if self.has_result() {
            &[ValType::I32]
        } else {
            &[]
        };
        ty.params() == [ValType::I32; 3] && ty.results() == results
    }
}

/// The function for an import.
pub(crate) fn host_function(
    store: &mut Store<Handles>,
    name: &str,
    costs: &OperatorCosts,
) -> Option<Func> {
    let intrinsic = Intrinsic::ALL
        .into_iter()
        .find(|intrinsic| intrinsic.name() == name)?;
    let work = intrinsic.work();
    let price = Price::of(work, costs);
    Some(if intrinsic.has_result() {
        Func::wrap(store, move |mut caller: Caller<'_, Handles>, a, b, len| {
            serve(&mut caller, work, price, a, b, len)
        })
    } else {
        Func::wrap(store, move |mut caller: Caller<'_, Handles>, a, b, len| {
            serve(&mut caller, work, price, a, b, len).map(drop)
        })
    })
}

/// Fuel that the interpreter charges for entering a block, besides its operators. A function and
/// each arm of a condition are blocks too.
const BLOCK: u64 = 1;

/// What a loop costs in fuel: the interpreter charges a block's operators when it enters it.
#[derive(Clone, Copy, Debug)]
struct Price {
    /// The function's own operators, and the way out.
    entry: u64,
    /// A turn, wholly or up to where it ends the loop.
    turn: u64,
    /// The turn that finds that there is nothing left.
    last: u64,
}

impl Price {
    fn of(work: Work, costs: &OperatorCosts) -> Self {
        let sum = |parts: &[u8]| parts.iter().map(|cost| u64::from(*cost)).sum::<u64>();
        let block = |parts: &[u8]| BLOCK.saturating_add(sum(parts));
        let c = costs;
        let (get, set, add) = (c.local_get, c.local_set, c.i32_add);
        let head = block(&[get, get, c.i32_eq, c.if_]);
        let step = block(&[
            get,
            get,
            add,
            c.i32_store8,
            get,
            c.i32_const,
            add,
            set,
            c.br,
        ]);
        let counted = |value: &[u8]| Self {
            entry: block(&[c.loop_]).saturating_add(c.native_loop.into()),
            turn: head.saturating_add(step).saturating_add(sum(value)),
            last: head.saturating_add(block(&[get])),
        };
        match work {
            Work::Copy => counted(&[get, get, add, c.i32_load8_u]),
            Work::Fill => counted(&[get]),
            Work::Compare => {
                let left = [get, c.i32_eqz, c.if_, get, c.i32_const, c.i32_sub, set];
                let byte = [get, c.i32_load8_u, set, get, c.i32_const, add, set];
                let turn = block(&left)
                    .saturating_add(sum(&byte).saturating_mul(2))
                    .saturating_add(sum(&[get, get, c.i32_eq, c.br_if]));
                Self {
                    entry: block(&[c.loop_, get, get, c.i32_sub])
                        .saturating_add(c.native_loop.into()),
                    turn,
                    last: turn.saturating_add(block(&[c.i32_const, c.return_])),
                }
            }
        }
    }

    /// Of `turns` turns, and of the last one if there was nothing left.
    fn all(&self, turns: u64, exhausted: bool) -> u64 {
        let last = if exhausted { self.last } else { 0 };
        self.turn
            .saturating_mul(turns)
            .saturating_add(self.entry)
            .saturating_add(last)
    }
}

/// How a loop would go.
struct Course {
    /// Turns that begin, without the one that finds that there is nothing left.
    turns: usize,
    /// How it ends.
    end: End,
}

enum End {
    /// Nothing is left.
    Exhausted,
    /// Two bytes differ by so much.
    Different(i32),
    /// A byte lies outside of the memory.
    Outside,
    /// Not known: it takes more turns than were looked at.
    Later,
}

impl Course {
    /// Of a loop of `wanted` turns; looks at `most` bytes.
    fn of(work: Work, bytes: &[u8], a: usize, b: usize, wanted: usize, most: usize) -> Self {
        // Copies and comparisons touch both sides in each turn.
        let first = match work {
            Work::Fill => a,
            Work::Copy | Work::Compare => a.max(b),
        };
        let inside = wanted.min(bytes.len().saturating_sub(first));
        if work == Work::Compare {
            let seen = inside.min(most);
            if let Some((turn, difference)) = difference(bytes, a, b, seen) {
                return Self {
                    turns: turn.saturating_add(1),
                    end: End::Different(difference),
                };
            }
            if seen < inside {
                return Self {
                    turns: seen,
                    end: End::Later,
                };
            }
        }
        if inside < wanted {
            Self {
                turns: inside.saturating_add(1),
                end: End::Outside,
            }
        } else {
            Self {
                turns: inside,
                end: End::Exhausted,
            }
        }
    }
}

fn serve(
    caller: &mut Caller<'_, Handles>,
    work: Work,
    price: Price,
    a: u32,
    b: u32,
    len: u32,
) -> Result<u32, Error> {
    let memory = caller.data().memory.ok_or(TrapCode::MemoryOutOfBounds)?;
    let (to, from, len) = (a as usize, b as usize, len as usize);
    let mut fuel = caller.get_fuel()?;
    let end = loop {
        // No more bytes are looked at than can be paid for.
        let most = usize::try_from(fuel / price.turn.max(1)).unwrap_or(usize::MAX);
        let course = Course::of(work, memory.data(&*caller), to, from, len, most);
        let needed = match course.end {
            End::Later => None,
            End::Exhausted => Some(price.all(course.turns as u64, true)),
            End::Different(_) | End::Outside => Some(price.all(course.turns as u64, false)),
        };
        if let Some(left) = needed.and_then(|needed| fuel.checked_sub(needed)) {
            caller.set_fuel(left)?;
            break course.end;
        }
        // A query has its fuel in slices; where there are none, there is no more.
        let more = RUNTIME.with(|mut runtime| runtime.more_fuel(fuel));
        fuel = more.ok_or(TrapCode::OutOfFuel)?;
        caller.set_fuel(fuel)?;
    };
    match end {
        End::Different(difference) => return Ok(difference as u32),
        End::Outside | End::Later => return Err(TrapCode::MemoryOutOfBounds.into()),
        End::Exhausted => {}
    }
    let bytes = memory.data_mut(caller.as_context_mut());
    match work {
        Work::Copy => copy(bytes, to, from, len),
        Work::Fill => {
            if let Some(target) = bytes.get_mut(to..to.saturating_add(len)) {
                // The loop stores the lowest byte.
                target.fill(b as u8);
            }
        }
        Work::Compare => return Ok(0),
    }
    Ok(a)
}

/// The first turn in which two bytes differ, and the left one less the right one.
fn difference(bytes: &[u8], left: usize, right: usize, len: usize) -> Option<(usize, i32)> {
    let left = bytes.get(left..left.saturating_add(len))?;
    let right = bytes.get(right..right.saturating_add(len))?;
    let both = left.iter().zip(right).enumerate();
    both.filter(|(_, (left, right))| left != right)
        .map(|(turn, (left, right))| (turn, i32::from(*left) - i32::from(*right)))
        .next()
}

/// Byte by byte and forwards: what is copied into its own source is copied again. Both sides lie
/// inside, unless nothing is copied: then they may be anywhere.
fn copy(bytes: &mut [u8], to: usize, from: usize, len: usize) {
    let inside = |at: usize| at.saturating_add(len) <= bytes.len();
    if len == 0 || !inside(to) || !inside(from) {
        return;
    }
    // Large if it goes to a lower address.
    let distance = to.wrapping_sub(from);
    if distance >= len {
        return bytes.copy_within(from..from.saturating_add(len), to);
    }
    for at in 0..len {
        let byte = bytes.get(from.saturating_add(at)).copied();
        let target = bytes.get_mut(to.saturating_add(at));
        if let (Some(byte), Some(target)) = (byte, target) {
            *target = byte;
        }
    }
}
