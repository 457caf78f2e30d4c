//! Calls by name: the input of one, and what its output and its events say.

use crate::{
    decode::Decoder,
    encode::Encoder,
    text::{closest, list},
    types::display_name,
    Accounts, Argument, CallError, DecodeError, EntryPoint, Event, Literal, Metadata, TypeError,
    Value,
};

/// What a contract's input begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A constructor's selector.
    Constructor,
    /// A message's selector.
    Message,
}

impl Entry {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constructor => "constructor",
            Self::Message => "message",
        }
    }
}

impl Metadata {
    /// The constructors or messages.
    pub fn entry_points(&self, entry: Entry) -> &[EntryPoint] {
        match entry {
            Entry::Constructor => &self.spec().constructors,
            Entry::Message => &self.spec().messages,
        }
    }

    /// A constructor or message by name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn entry_point(&self, entry: Entry, name: &str) -> Result<&EntryPoint, CallError> {
        let known = self.entry_points(entry);
        let found = known.iter().find(|it| it.label == name);
        found.ok_or_else(|| {
            let names = || known.iter().map(|it| it.label.as_str());
            CallError::NoSuchName {
                kind: entry.name(),
                name: name.into(),
                closest: closest(name, names()),
                known: list(names()),
            }
        })
    }

    /// The constructor or message that an input calls.
    ///
    /// # Errors
    /// The metadata doesn't know it.
    pub fn called(&self, entry: Entry, input: &[u8]) -> Result<&EntryPoint, DecodeError> {
        let selector = input.get(..4).unwrap_or(input);
        let known = self.entry_points(entry).iter();
        let mut called = known.filter(|it| it.selector == selector);
        called.next().ok_or_else(|| DecodeError::UnknownSelector {
            kind: entry.name(),
            found: format!("0x{}", hex::encode(selector)),
        })
    }

    /// An argument and its type, for people: `to: AccountId`.
    pub fn describe(&self, argument: &Argument) -> String {
        let Argument { label, ty } = argument;
        let ty = display_name(self.types(), ty.id, ty.display_name.last());
        list([format!("{label}: {ty}").as_str()].into_iter())
    }

    /// Encodes a call by name: the selector, and the arguments as people write them (see
    /// [`Literal`]).
    ///
    /// # Errors
    /// There is no such name, or the arguments aren't what it takes.
    pub fn encode_call(
        &self,
        entry: Entry,
        name: &str,
        args: &[impl AsRef<str>],
        accounts: &dyn Accounts,
    ) -> Result<Vec<u8>, CallError> {
        let point = self.entry_point(entry, name)?;
        if point.args.len() != args.len() {
            return Err(CallError::Count {
                name: name.into(),
                expected: self.takes(&point.args),
                found: args.len(),
            });
        }
        let mut encoded = point.selector.to_vec();
        for (argument, text) in point.args.iter().zip(args) {
            let value = Literal::parse(text.as_ref()).map_err(|error| CallError::Syntax {
                message: name.into(),
                param: self.describe(argument),
                error,
            })?;
            let bytes = self.encode_value(argument.ty.id, &value, accounts);
            encoded.extend(bytes.map_err(|error| CallError::Argument {
                message: name.into(),
                param: self.describe(argument),
                error,
            })?);
        }
        Ok(encoded)
    }

    /// The bytes of a value of a type.
    ///
    /// # Errors
    /// It isn't of the type.
    pub fn encode_value(
        &self,
        type_id: u32,
        value: &Literal,
        accounts: &dyn Accounts,
    ) -> Result<Vec<u8>, TypeError> {
        let types = self.types();
        let mut bytes = Vec::new();
        Encoder { types, accounts }.encode(type_id, value, &mut bytes, 0)?;
        Ok(bytes)
    }

    /// The value of a type that bytes are, all of them.
    ///
    /// # Errors
    /// They aren't of the type, or can't be shown.
    pub fn decode_value(
        &self,
        type_id: u32,
        bytes: &[u8],
        accounts: &dyn Accounts,
    ) -> Result<Value, DecodeError> {
        let mut decoder = Decoder::new(self.types(), accounts, bytes);
        let value = decoder.value(type_id, 0)?;
        decoder.end()?;
        Ok(value)
    }

    /// What a call returned, an error of the contract's or ink!'s own included; `input` says which
    /// message it was.
    ///
    /// # Errors
    /// The metadata doesn't know the message, or the output isn't what it returns.
    pub fn decode_output(
        &self,
        entry: Entry,
        input: &[u8],
        output: &[u8],
        accounts: &dyn Accounts,
    ) -> Result<Value, DecodeError> {
        let point = self.called(entry, input)?;
        let mut decoder = Decoder::new(self.types(), accounts, output);
        let value = match &point.return_type {
            Some(ty) => decoder.value(ty.id, 0)?,
            None => Value::Tuple(None, vec![]),
        };
        // A constructor returns more than its metadata says: ink! wraps twice.
        if entry == Entry::Message {
            decoder.end()?;
        }
        Ok(value)
    }

    /// An event of the contract. Before ink! 5 its number stands in front of its data, from then on
    /// the hash of its signature is its first topic.
    ///
    /// # Errors
    /// The metadata doesn't know it, as is the case for anonymous ones, or its data aren't those of
    /// the event.
    pub fn decode_event(
        &self,
        topics: &[[u8; 32]],
        data: &[u8],
        accounts: &dyn Accounts,
    ) -> Result<Value, DecodeError> {
        let (event, data) = if self.version().numbers_events() {
            self.numbered_event(data)?
        } else {
            (self.signed_event(topics)?, data)
        };
        let mut decoder = Decoder::new(self.types(), accounts, data);
        let fields = (event.args.iter())
            .map(|field| Ok((field.label.clone(), decoder.value(field.ty.id, 0)?)))
            .collect::<Result<_, _>>()?;
        decoder.end()?;
        Ok(Value::Fields(Some(event.label.clone()), fields))
    }

    /// An event by its number, and the data behind it.
    fn numbered_event<'d>(&self, data: &'d [u8]) -> Result<(&Event, &'d [u8]), DecodeError> {
        let Some((number, rest)) = data.split_first() else {
            return Err(DecodeError::Short {
                ty: "an event's number".into(),
            });
        };
        let event = self.spec().events.get(usize::from(*number));
        let event = event.ok_or_else(|| DecodeError::UnknownEvent {
            found: number.to_string(),
        })?;
        Ok((event, rest))
    }

    /// An event by the topic of its signature.
    fn signed_event(&self, topics: &[[u8; 32]]) -> Result<&Event, DecodeError> {
        let topic = topics.first();
        let mut events = self.spec().events.iter();
        let event = topic.and_then(|_| events.find(|it| it.signature_topic.as_ref() == topic));
        event.ok_or_else(|| DecodeError::UnknownEvent {
            found: topic.map_or("without a topic".into(), |topic| {
                format!("of the signature 0x{}", hex::encode(topic))
            }),
        })
    }

    /// What an entry point takes, for people.
    fn takes(&self, args: &[Argument]) -> String {
        // Far more than `list` shows, and few enough to be named in no time.
        let params: Vec<_> = (args.iter().take(1_000))
            .map(|argument| self.describe(argument))
            .collect();
        let listed = list(params.iter().map(String::as_str));
        match args.len() {
            0 => "no arguments".into(),
            1 => format!("1 argument ({listed})"),
            n => format!("{n} arguments ({listed})"),
        }
    }
}
