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

/// The most parameters that a function has.
#[cfg(feature = "metered")]
pub(crate) const MAX_PARAMS: usize = 16;

/// The types of parameters.
pub(super) trait Param {
    /// As the table has it.
    const TYPE: Type;
    /// From a number that is as wide, or wider and filled up.
    #[cfg(feature = "metered")]
    fn of(number: u64) -> Self;
}

impl Param for u32 {
    const TYPE: Type = Type::I32;
    #[cfg(feature = "metered")]
    fn of(number: u64) -> Self {
        number as Self
    }
}

impl Param for u64 {
    const TYPE: Type = Type::I64;
    #[cfg(feature = "metered")]
    fn of(number: u64) -> Self {
        number
    }
}

/// The types of results.
pub(super) trait Ret {
    /// As the table has it.
    const TYPE: Option<Type>;
    /// As a number, filled up.
    #[cfg(feature = "metered")]
    fn number(self) -> Option<u64>;
}

impl Ret for () {
    const TYPE: Option<Type> = None;
    #[cfg(feature = "metered")]
    fn number(self) -> Option<u64> {
        None
    }
}

impl Ret for u32 {
    const TYPE: Option<Type> = Some(Type::I32);
    #[cfg(feature = "metered")]
    fn number(self) -> Option<u64> {
        Some(self.into())
    }
}

impl Ret for u64 {
    const TYPE: Option<Type> = Some(Type::I64);
    #[cfg(feature = "metered")]
    fn number(self) -> Option<u64> {
        Some(self)
    }
}

/// Makes the table of host functions out of one list: names and types, for checking and resolving
/// imports, the functions that the interpreter calls, and what serves the code of any executor.
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

            /// Serves a call, whoever executes the code: arguments and result as numbers, filled up.
            ///
            /// # Errors
            /// The code doesn't go on.
            #[cfg(feature = "metered")]
            #[allow(unused_mut, unused_variables)] // not all have parameters
            pub(crate) fn serve(
                self,
                ext: &mut dyn Ext,
                memory: &mut Memory<'_>,
                args: &[u64; MAX_PARAMS],
            ) -> HostFnResult<Option<u64>> {
                match self {
                    $(Self::$Variant => {
                        admit(ext, mutates!($($mutates)?))?;
                        const { assert!(<[&str]>::len(&[$(stringify!($arg)),*]) <= MAX_PARAMS) };
                        let mut args = args.iter().copied();
                        $(let $arg = <$Arg as Param>::of(args.next().unwrap_or_default());)*
                        $handler(ext, memory $(, $arg)*).map(Ret::number)
                    })+
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
