//! From the table to functions that the interpreter can call.

use super::{Memory, Type};
use crate::ext::{Ext, TrapReason};
use wasmi::Caller;

/// What a store knows of the frame that runs, as far as host functions need it.
pub(crate) trait Sandbox: Sized + 'static {
    /// Does the work of a host function on the frame and its memory.
    ///
    /// # Errors
    /// The code doesn't go on; the sandbox remembers why.
    fn serve<T>(
        caller: &mut Caller<'_, Self>,
        work: impl FnOnce(&mut dyn Ext, &mut Memory<'_>) -> Result<T, TrapReason>,
    ) -> Result<T, wasmi::Error>;
}

/// The types of parameters.
pub(super) trait Param {
    /// As the table has it.
    const TYPE: Type;
}

impl Param for u32 {
    const TYPE: Type = Type::I32;
}

impl Param for u64 {
    const TYPE: Type = Type::I64;
}

/// The types of results.
pub(super) trait Ret {
    /// As the table has it.
    const TYPE: Option<Type>;
}

impl Ret for () {
    const TYPE: Option<Type> = None;
}

impl Ret for u32 {
    const TYPE: Option<Type> = Some(Type::I32);
}

impl Ret for u64 {
    const TYPE: Option<Type> = Some(Type::I64);
}

/// Makes the table of host functions out of one list: names and types, for checking and resolving
/// imports, and the functions that the interpreter calls.
macro_rules! host_fns {
    ($(
        $(#[$doc:meta])+
        $Variant:ident = $module:literal $name:literal $names:ident, $status:ident,
            since $since:ident $(, $mutates:ident)?
            ($($arg:ident: $Arg:ty),*) -> $Ret:ty { $handler:path }
    )+) => {
        /// A function that contracts can import. What differs in its module is another one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum HostFn {
            $($(#[$doc])+ $Variant,)+
        }

        impl HostFn {
            /// All of them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$Variant,)+];

            /// Its row.
            pub(crate) fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$Variant => &const {
                        Definition {
                            module: $module,
                            name: $name,
                            names: Names::$names,
                            params: &[$(<$Arg as Param>::TYPE),*],
                            result: <$Ret as Ret>::TYPE,
                            status: Status::$status,
                            since: $since,
                        }
                    },)+
                }
            }

            /// The function, for the stores of a module.
            pub(crate) fn link<S: Sandbox>(self, store: &mut Store<S>) -> Func {
                match self {
                    $(Self::$Variant => Func::wrap(
                        store,
                        |mut caller: Caller<'_, S> $(, $arg: $Arg)*| -> Result<$Ret, wasmi::Error> {
                            S::serve(&mut caller, |ext, memory| {
                                admit(ext, mutates!($($mutates)?))?;
                                $handler(ext, memory $(, $arg)*)
                            })
                        },
                    ),)+
                }
            }
        }
    };
}

macro_rules! mutates {
    () => {
        false
    };
    (mutates) => {
        true
    };
}

pub(super) use {host_fns, mutates};
