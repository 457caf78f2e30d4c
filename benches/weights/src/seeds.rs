//! What is there before a probe runs.

use crate::{
    extension,
    fixture::{Fixture, Subject},
    probe::Seeds,
};

/// Makes the clusters that probes run on, and what they ask about.
pub(crate) fn fixtures(subject: Subject) -> anyhow::Result<(Fixture, Fixture, Seeds)> {
    let mut seeds = Seeds::default();
    let mut fixture = Fixture::new(subject)?;
    let mut unstable = Fixture::new(Subject::with_unstable())?;
    let code = |text: &str| wat::parse_str(text);
    let idle = code(IDLE)?;
    unstable.make(idle.clone(), Vec::new())?;
    seeds.idle = fixture.make(idle, Vec::new())?;
    seeds.returns = fixture.make(code(RETURNS)?, Vec::new())?.0;
    seeds.ends = fixture.make(code(ENDS)?, Vec::new())?.1;
    extension::sign_for(&mut fixture, &mut seeds)?;
    Ok((fixture, unstable, seeds))
}

const IDLE: &str = r#"(module (import "env" "memory" (memory 1 1))
    (func (export "deploy")) (func (export "call")))"#;
const RETURNS: &str = r#"(module (import "env" "memory" (memory 2 2))
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 100))
        (call $input (i32.const 4) (i32.const 0))
        (call $return (i32.const 0) (i32.const 1000) (i32.load (i32.const 4)))))"#;
const ENDS: &str = r#"(module (import "env" "memory" (memory 1 1))
    (import "seal1" "terminate" (func $terminate (param i32)))
    (func (export "deploy"))
    (func (export "call") (call $terminate (i32.const 100))))"#;
