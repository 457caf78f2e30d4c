/// Makes all that there is of the calls back into the worker out of one table: the trait that
/// serves them, the client that makes them, the dispatcher between the two, and the rows for
/// whoever wants to read them.
macro_rules! ocalls {
    ($(
        $(#[doc = $doc:literal])+
        $id:literal since $since:literal
        $(minor $minor:literal)? $(as $function:literal)? $(in $scope:ident)?
        fn $name:ident($($arg:ident: $Arg:ty),* $(,)?) -> $Ret:ty;
    )+) => {
        /// Calls from an engine back into the worker, during an ecall and on its thread.
        ///
        /// Reads see the state at the start of the ecall, with the block's earlier messages in it
        /// and without what this ecall stages. Every method fails with a fault of the callee or
        /// of its surroundings, which is never a contract's outcome.
        #[allow(clippy::missing_errors_doc)] // the trait says it
        pub trait OCalls {
            $(
                $(#[doc = $doc])+
                fn $name(&mut self, $($arg: $Arg),*) -> Result<$Ret, Fault>;
            )+
        }

        /// The calls back into the worker, by ascending id.
        pub const OCALLS: &[OcallInfo] = &[
            $(
                OcallInfo {
                    id: $id,
                    name: stringify!($name),
                    since: Version::of($since),
                    v1_minor: 0 $(+ $minor)?,
                    v2_function: optional!($($function)?),
                    scope: scope!($($scope)?),
                    signature: concat!("(", stringify!($($arg: $Arg),*), ") -> ", stringify!($Ret)),
                    about: concat!($($doc),+),
                }
            ),+
        ];

        const _: () = {
            let mut row = 1;
            while row < OCALLS.len() {
                assert!(OCALLS[row - 1].id < OCALLS[row].id, "ids ascend, none twice");
                row += 1;
            }
        };

        impl dyn OCalls + '_ {
            /// Serves one call of an engine of the version `caller`: decodes the arguments, all
            /// of them and no byte more, and encodes the reply, `Result<_, Fault>`. A call that
            /// such an engine hasn't got is unknown.
            pub fn dispatch(&mut self, caller: Version, id: u32, args: &[u8]) -> Vec<u8> {
                if !ocall(id).is_some_and(|row| row.is_in(caller)) {
                    return Err::<(), _>(Fault::UnknownCall { id }).encode();
                }
                match id {
                    $(
                        $id => {
                            let reply: Result<$Ret, Fault> =
                                decode_args(id, stringify!($name), args)
                                    .and_then(|($($arg,)*): ($($Arg,)*)| self.$name($($arg),*));
                            reply.encode()
                        }
                    )+
                    _ => Err::<(), _>(Fault::UnknownCall { id }).encode(),
                }
            }
        }

        /// Makes the other side's [`OCalls`] through a transport.
        #[derive(Debug)]
        pub struct OCallsClient<C>(pub C);

        impl<C: CrossCall> OCalls for OCallsClient<C> {
            $(
                fn $name(&mut self, $($arg: $Arg),*) -> Result<$Ret, Fault> {
                    let reply = self.0.cross_call($id, &($($arg,)*).encode())?;
                    decode_reply::<Result<$Ret, Fault>>($id, &reply)?
                }
            )+
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

macro_rules! scope {
    () => {
        Scope::All
    };
    ($scope:ident) => {
        Scope::$scope
    };
}

pub(super) use {ocalls, optional, scope};
