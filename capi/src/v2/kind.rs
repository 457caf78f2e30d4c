use crate::{
    calls::{decode_args, Ecall, Message, View},
    types::{Env, Mode},
    Fault,
};
use parity_scale_codec::Encode;
use std::borrow::Cow;

/// What an `execute` does. The numbers are the header's `PINK_EXEC_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// Takes over an older version's state: `(Env, Message)`.
    Upgrade = 1,
    /// The first work of a block: `Block`.
    Begin = 2,
    /// A message in order: `(Env, Message)`.
    Tx = 3,
    /// The last work of a block: `Block`.
    Idle = 4,
    /// A call off the chain: `(Env, Message)`.
    Query = 5,
    /// A message that is tried out: `(Env, Message)`.
    Estimate = 6,
    /// A look at the state: [`View`].
    View = 7,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Upgrade,
        Self::Begin,
        Self::Tx,
        Self::Idle,
        Self::Query,
        Self::Estimate,
        Self::View,
    ];

    /// The kind of this number; `None` if there is no such kind.
    pub fn from_u32(kind: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|known| *known as u32 == kind)
    }

    /// Its name, as faults name the call.
    const fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "Upgrade",
            Self::Begin => "Begin",
            Self::Tx => "Tx",
            Self::Idle => "Idle",
            Self::Query => "Query",
            Self::Estimate => "Estimate",
            Self::View => "View",
        }
    }

    fn of_message(mode: Mode, message: &Message) -> Self {
        match (mode, message) {
            (Mode::Query, _) => Self::Query,
            (Mode::Estimating, _) => Self::Estimate,
            (Mode::Transaction, Message::Upgrade(_)) => Self::Upgrade,
            (Mode::Transaction, _) => Self::Tx,
        }
    }

    /// Whether it may commit.
    pub const fn changes_state(self) -> bool {
        matches!(self, Self::Upgrade | Self::Begin | Self::Tx | Self::Idle)
    }
}

/// A call as this ABI has it.
impl Ecall<'_> {
    /// The kind under which it is executed.
    pub fn kind(&self) -> Kind {
        match self {
            Self::BeginBlock(_) => Kind::Begin,
            Self::EndBlock(_) => Kind::Idle,
            Self::View(_) => Kind::View,
            Self::Message(env, message) => Kind::of_message(env.mode, message),
        }
    }

    /// The input of `execute`, SCALE.
    pub fn input(&self) -> Vec<u8> {
        match self {
            Self::BeginBlock(block) | Self::EndBlock(block) => block.encode(),
            Self::Message(env, message) => (env, message).encode(),
            Self::View(view) => view.encode(),
        }
    }

    /// The call that `execute` is asked for.
    ///
    /// # Errors
    /// [`Fault::UnknownCall`] for a view that there isn't; [`Fault::BadArguments`] if the input
    /// doesn't decode wholly, or if kind, mode and message don't belong together.
    pub fn from_input(kind: Kind, input: &[u8]) -> Result<Ecall<'static>, Fault> {
        let (id, name) = (kind as u32, kind.name());
        Ok(match kind {
            Kind::Begin => Ecall::BeginBlock(Cow::Owned(decode_args(id, name, input)?)),
            Kind::Idle => Ecall::EndBlock(Cow::Owned(decode_args(id, name, input)?)),
            Kind::View => match input.first() {
                Some(index) if !View::is_known(*index) => {
                    let id = u32::from(*index);
                    return Err(Fault::UnknownCall { id });
                }
                _ => Ecall::View(decode_args(id, name, input)?),
            },
            Kind::Upgrade | Kind::Tx | Kind::Query | Kind::Estimate => {
                let (env, message): (Env, Message) = decode_args(id, name, input)?;
                let upgrades = matches!(message, Message::Upgrade(_));
                let right = Kind::of_message(env.mode, &message) == kind;
                // An upgrade is neither asked nor tried out.
                if !right || upgrades != (kind == Kind::Upgrade) {
                    return Err(Fault::BadArguments {
                        id,
                        name: name.into(),
                        len: input.len() as u64,
                        reason: "the kind, the mode and the message don't belong together".into(),
                    });
                }
                Ecall::Message(Cow::Owned(env), Cow::Owned(message))
            }
        })
    }
}
