use crate::Fault;
use parity_scale_codec::{Decode, DecodeLimit, Encode};

/// How deep SCALE types may nest in arguments and replies. The types of the tables are at most
/// 6 deep; the bound keeps hostile bytes from using up the stack.
pub const MAX_DEPTH: u32 = 16;

/// One row of a call table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallInfo {
    /// The id, never reused.
    pub id: u32,
    /// The method's name.
    pub name: &'static str,
    /// The first engine version that has the call.
    pub since: &'static str,
    /// Its arguments and its reply, `(name: Type, …) -> Type`.
    pub signature: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Something that can carry a call to the other side.
pub trait CrossCall {
    /// Carries the arguments of call `id` and returns the reply's bytes.
    ///
    /// # Errors
    /// What kept the call from reaching the other side, or its reply from coming back.
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// Decodes the whole of `args`, or says why not.
pub(super) fn decode_args<T: Decode>(id: u32, name: &str, mut args: &[u8]) -> Result<T, Fault> {
    let len = args.len() as u64;
    T::decode_all_with_depth_limit(MAX_DEPTH, &mut args).map_err(|error| Fault::BadArguments {
        id,
        name: name.into(),
        len,
        reason: error.to_string(),
    })
}

/// Makes the call and decodes the whole of the reply.
pub(super) fn round_trip<T: Decode>(
    transport: &mut impl CrossCall,
    id: u32,
    args: &impl Encode,
) -> Result<T, Fault> {
    let reply = transport.cross_call(id, &args.encode())?;
    <Result<T, Fault>>::decode_all_with_depth_limit(MAX_DEPTH, &mut &reply[..]).unwrap_or_else(
        |error| {
            Err(Fault::BadReply {
                id,
                len: reply.len() as u64,
                reason: error.to_string(),
            })
        },
    )
}

/// Makes a call table out of one list: the trait that serves it, the client that calls it, the
/// dispatcher between them, and the rows for whoever wants to read them.
macro_rules! call_table {
    (
        $(#[$trait_doc:meta])*
        trait $Trait:ident, client $Client:ident, rows $ROWS:ident {
            $(
                $(#[doc = $doc:literal])+
                $id:literal since $since:literal
                fn $name:ident($($arg:ident: $Arg:ty),* $(,)?) -> $Ret:ty;
            )+
        }
    ) => {
        $(#[$trait_doc])*
        pub trait $Trait {
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                /// A fault of the callee or of its surroundings; never a contract's outcome.
                fn $name(&mut self, $($arg: $Arg),*) -> Result<$Ret, crate::Fault>;
            )+
        }

        #[doc = concat!("The rows of [`", stringify!($Trait), "`], by ascending id.")]
        pub const $ROWS: &[$crate::v1::CallInfo] = &[
            $(
                $crate::v1::CallInfo {
                    id: $id,
                    name: stringify!($name),
                    since: $since,
                    signature: concat!("(", stringify!($($arg: $Arg),*), ") -> ", stringify!($Ret)),
                    about: concat!($($doc),+),
                }
            ),+
        ];

        const _: () = {
            let mut row = 1;
            while row < $ROWS.len() {
                assert!($ROWS[row - 1].id < $ROWS[row].id, "ids ascend, none twice");
                row += 1;
            }
        };

        impl dyn $Trait + '_ {
            /// Serves one call: decodes the arguments, all of them and no byte more, and encodes
            /// the reply, `Result<_, Fault>`.
            pub fn dispatch(&mut self, id: u32, args: &[u8]) -> Vec<u8> {
                use parity_scale_codec::Encode as _;
                match id {
                    $(
                        $id => {
                            let reply: Result<$Ret, crate::Fault> =
                                super::calls::decode_args(id, stringify!($name), args)
                                    .and_then(|($($arg,)*): ($($Arg,)*)| self.$name($($arg),*));
                            reply.encode()
                        }
                    )+
                    _ => Err::<(), _>(crate::Fault::UnknownCall { id }).encode(),
                }
            }
        }

        #[doc = concat!("Calls the other side's [`", stringify!($Trait), "`] through a transport.")]
        #[derive(Debug)]
        pub struct $Client<C>(pub C);

        impl<C: $crate::v1::CrossCall> $Trait for $Client<C> {
            $(
                fn $name(&mut self, $($arg: $Arg),*) -> Result<$Ret, crate::Fault> {
                    super::calls::round_trip(&mut self.0, $id, &($($arg,)*))
                }
            )+
        }
    };
}
pub(super) use call_table;
