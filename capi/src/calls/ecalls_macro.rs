/// Makes all that there is of the calls into an engine out of one table: the types [`Message`]
/// and [`View`], the bytes of each call, and the rows for whoever wants to read them.
///
/// [`Message`]: super::Message
/// [`View`]: super::View
macro_rules! ecalls {
    (
        blocks -> $BlockReply:ident {
            $($(#[doc = $block_doc:literal])+
            $block_id:literal since $block_since:literal fn $block_name:ident => $Block:ident;)+
        }
        messages -> $MessageReply:ident {
            $($(#[doc = $message_doc:literal])+
            $message_id:literal since $message_since:literal
                fn $message_name:ident => $index:literal $Message:ident;)+
        }
        views {
            $($(#[doc = $view_doc:literal])+
            $view_id:literal since $view_since:literal
                fn $view_name:ident($($arg:ident: $Arg:ty),* $(,)?) -> $Reply:ty => $View:ident;)+
        }
    ) => {
        /// The calls into an engine, by ascending id.
        pub const ECALLS: &[EcallInfo] = &{
            let mut rows = [
                $(EcallInfo {
                    id: $block_id,
                    name: stringify!($block_name),
                    since: Version::of($block_since),
                    signature: concat!("(block: Block) -> ", stringify!($BlockReply)),
                    about: concat!($($block_doc),+),
                },)+
                $(EcallInfo {
                    id: $message_id,
                    name: stringify!($message_name),
                    since: Version::of($message_since),
                    signature: concat!(
                        "(env: Env, message: ", stringify!($Message), ") -> ",
                        stringify!($MessageReply)
                    ),
                    about: concat!($($message_doc),+),
                },)+
                $(EcallInfo {
                    id: $view_id,
                    name: stringify!($view_name),
                    since: Version::of($view_since),
                    signature: concat!(
                        "(", stringify!($($arg: $Arg),*), ") -> ", stringify!($Reply)
                    ),
                    about: concat!($($view_doc),+),
                },)+
            ];
            // The groups stand beside each other above; sorted, a call is found by its id.
            let mut end = rows.len();
            while end > 1 {
                let mut at = 1;
                while at < end {
                    assert!(rows[at - 1].id != rows[at].id, "an id is given once");
                    if rows[at - 1].id > rows[at].id {
                        let row = rows[at];
                        rows[at] = rows[at - 1];
                        rows[at - 1] = row;
                    }
                    at += 1;
                }
                end -= 1;
            }
            rows
        };

        /// Any message, under the index that it has in the chain's queue.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        pub enum Message {
            $(
                $(#[doc = $message_doc])+
                #[codec(index = $index)]
                $Message(types::$Message),
            )+
        }

        impl Message {
            /// Id of the call that carries it.
            const fn ecall_id(&self) -> u32 {
                match self {
                    $(Self::$Message(_) => $message_id,)+
                }
            }

            /// Appends the message's own bytes, without the index.
            fn encode_bare_to(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$Message(message) => message.encode_to(out),)+
                }
            }
        }

        /// The arguments of each view, under the view's name.
        pub mod view {
            use super::*;

            $(
                $(#[doc = $view_doc])+
                #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
                #[allow(missing_docs)] // the view says what its arguments are
                pub struct $View {
                    $(pub $arg: $Arg,)*
                }

                impl From<$View> for View {
                    fn from(view: $View) -> Self {
                        Self::$View(view)
                    }
                }

                impl ViewCall for $View {
                    type Reply = $Reply;
                }
            )+
        }

        /// A look at the state, under the id of the call that carries it in the first ABI. Each
        /// variant's [`ViewCall::Reply`] is what it shows.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        pub enum View {
            $(
                $(#[doc = $view_doc])+
                #[codec(index = $view_id)]
                $View(view::$View),
            )+
        }

        impl View {
            /// Its id, which is its index as well.
            pub const fn id(&self) -> u32 {
                match self {
                    $(Self::$View(_) => $view_id,)+
                }
            }

            /// Whether there is a view of this index.
            pub(crate) const fn is_known(index: u8) -> bool {
                matches!(index, $($view_id)|+)
            }

            /// Appends the view's own bytes, without the index.
            fn encode_bare_to(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$View(view) => view.encode_to(out),)+
                }
            }

            fn check_reply(&self, reply: &[u8]) -> Result<(), Fault> {
                match self {
                    $(Self::$View(_) => decode_reply::<$Reply>($view_id, reply).map(drop),)+
                }
            }
        }

        /// A call into an engine, with its arguments.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant)] // there is one for a call, and none is kept
        pub enum Ecall<'c> {
            $(
                $(#[doc = $block_doc])+
                $Block(Cow<'c, Block>),
            )+
            /// Executes a message, in any mode.
            Message(Cow<'c, Env>, Cow<'c, Message>),
            /// Looks at the state.
            View(View),
        }

        impl Ecall<'_> {
            /// Its id.
            pub fn id(&self) -> u32 {
                match self {
                    $(Self::$Block(_) => $block_id,)+
                    Self::Message(_, message) => message.ecall_id(),
                    Self::View(view) => view.id(),
                }
            }

            /// The SCALE tuple of its arguments.
            pub fn args(&self) -> Vec<u8> {
                match self {
                    $(Self::$Block(block) => block.encode(),)+
                    Self::Message(env, message) => {
                        let mut args = Vec::with_capacity(env.size_hint() + message.size_hint());
                        env.encode_to(&mut args);
                        message.encode_bare_to(&mut args);
                        args
                    }
                    Self::View(view) => {
                        let mut args = Vec::new();
                        view.encode_bare_to(&mut args);
                        args
                    }
                }
            }

            /// Decodes a call's arguments, all of them and no byte more.
            ///
            /// # Errors
            /// [`Fault::UnknownCall`], [`Fault::BadArguments`].
            pub fn from_args(id: u32, args: &[u8]) -> Result<Ecall<'static>, Fault> {
                Ok(match id {
                    $($block_id => Ecall::$Block(Cow::Owned(
                        decode_args(id, stringify!($block_name), args)?
                    )),)+
                    $($message_id => {
                        let (env, message) = decode_args(id, stringify!($message_name), args)?;
                        Ecall::Message(Cow::Owned(env), Cow::Owned(Message::$Message(message)))
                    })+
                    $($view_id => {
                        Ecall::View(View::$View(decode_args(id, stringify!($view_name), args)?))
                    })+
                    id => return Err(Fault::UnknownCall { id }),
                })
            }

            /// Decodes a reply as what the call returns, and drops it.
            ///
            /// # Errors
            /// [`Fault::BadReply`].
            pub fn check_reply(&self, reply: &[u8]) -> Result<(), Fault> {
                match self {
                    $(Self::$Block(_) => decode_reply::<$BlockReply>(self.id(), reply).map(drop),)+
                    Self::Message(..) => decode_reply::<$MessageReply>(self.id(), reply).map(drop),
                    Self::View(view) => view.check_reply(reply),
                }
            }
        }
    };
}
pub(super) use ecalls;
