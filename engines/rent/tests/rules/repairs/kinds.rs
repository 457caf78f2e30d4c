//! Contracts, and what each gives a newer instrumentation to price.

use crate::{
    fixtures,
    wasm::{contract, wat},
};
use pink_engine_sdk::types::AccountId;

/// What a contract is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Idle,
    Tenant,
    Puppet,
    Proxy,
    Terminator,
    /// Emits an event with the topics that it is called with.
    Speaker,
    /// Prints this many bytes.
    Printer(u8),
    /// Calls through its table, with this many parameters.
    Indirect(u8),
    /// Calls a function with this many locals.
    Locals(u8),
    /// Its constructor calls itself so often.
    Deep(u8),
    /// Asks for what it is told of rent.
    Asker,
    Restorer,
}

/// Receives what [`Kind::Terminator`] has.
pub(super) const HEIR: AccountId = [0x77; 32];

/// What running a contract once gives the instrumentation of 1.1 to price in addition.
#[derive(Debug, Default)]
pub(super) struct Priced {
    /// Locals of the functions that are entered.
    pub(super) locals: u64,
    /// Parameters of each `call_indirect`.
    pub(super) indirect: Option<u64>,
}

impl Kind {
    pub(super) fn code(self) -> Vec<u8> {
        match self {
            Self::Idle => fixtures::idle(),
            Self::Tenant => fixtures::tenant(),
            Self::Puppet => fixtures::puppet(),
            Self::Proxy => fixtures::proxy(),
            Self::Terminator => fixtures::terminator(&HEIR),
            Self::Restorer => fixtures::restorer(),
            Self::Speaker => contract(
                &["seal_input", "seal_deposit_event"],
                r#"(func (export "deploy"))
                (func (export "call")
                    (i32.store (i32.const 0) (i32.const 256))
                    (call $seal_input (i32.const 16) (i32.const 0))
                    (call $seal_deposit_event
                        (i32.const 16) (i32.load (i32.const 0)) (i32.const 16) (i32.const 3)))"#,
            ),
            Self::Printer(len) => fixtures::custom(
                &["seal_println"],
                "",
                "",
                &format!("(call $seal_println (i32.const 0) (i32.const {len}))"),
            ),
            Self::Indirect(params) => {
                let (types, values) = (
                    "i32 ".repeat(params.into()),
                    "(i32.const 7)".repeat(params.into()),
                );
                wat(&format!(
                    r#"(module (type $t (func (param {types})))
                    (table 1 funcref) (elem (i32.const 0) $f)
                    (func $f (type $t))
                    (func $act (call_indirect (type $t) {values} (i32.const 0)))
                    (func (export "deploy") (call $act))
                    (func (export "call") (call $act)))"#
                ))
            }
            Self::Locals(count) => {
                let locals = "i64 ".repeat(count.into());
                wat(&format!(
                    r#"(module (func $f (local {locals}) (drop (i32.const 1)))
                    (func (export "deploy") (call $f))
                    (func (export "call") (call $f)))"#
                ))
            }
            Self::Deep(times) => wat(&format!(
                r#"(module
                (func $f (param $n i32)
                    (if (local.get $n)
                        (then (call $f (i32.sub (local.get $n) (i32.const 1))))))
                (func (export "deploy") (call $f (i32.const {times})))
                (func (export "call")))"#
            )),
            Self::Asker => contract(
                &["seal_rent_params"],
                r#"(data (i32.const 0) "\ff") (func (export "deploy"))
                (func (export "call") (call $seal_rent_params (i32.const 16) (i32.const 0)))"#,
            ),
        }
    }

    pub(super) fn priced(self, constructor: bool) -> Priced {
        let locals = match self {
            Self::Locals(count) => count.into(),
            Self::Puppet => 1,
            Self::Tenant => u64::from(!constructor),
            _ => 0,
        };
        let indirect = match self {
            Self::Indirect(params) => Some(params.into()),
            _ => None,
        };
        Priced { locals, indirect }
    }

    /// Bytes that a call prints.
    pub(super) fn prints(self) -> Option<u64> {
        match self {
            Self::Printer(len) => Some(len.into()),
            _ => None,
        }
    }
}
