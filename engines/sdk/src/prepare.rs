use crate::{types::Hash, Fault};
use pink_capi::v2::prepare::MAGIC;
use std::{borrow::Cow, fmt};

pub use pink_capi::v2::prepare::ExecutionMode;

/// What an engine that compiles code ahead of its calls offers besides; `export_v2!` takes it.
///
/// It belongs to the library, not to an engine that is made anew after a panic: so there is no
/// `self`. All of it may be called on any thread, also while the engine executes; a panic becomes a
/// fault, and after a fault everything is as it was before. Nothing of it may ever be part of a
/// result.
pub trait Prepare {
    /// Names compiler, settings, and the processor's features: an artefact is for these alone.
    ///
    /// # Errors
    /// The compiler doesn't know this processor.
    fn compiler() -> Result<Hash, Fault>;

    /// Compiles code as it lies in the state. `None`: code of this shape is only ever interpreted.
    ///
    /// # Errors
    /// [`Fault::BadArguments`]: it isn't code that the rules accept. Any other: the compiler failed.
    fn compile(code: &[u8]) -> Result<Option<Artefact<'static>>, Fault>;

    /// From now on this code runs by that artefact, which is of this compiler.
    ///
    /// # Errors
    /// [`Fault::BadArguments`]: it isn't that code's. Any other: it can't be loaded.
    fn install(code_hash: &Hash, artefact: Artefact<'_>) -> Result<(), Fault>;

    /// What was interpreted though it could have been compiled, since this was asked last, most
    /// often run first; at most `limit`.
    fn wanted(limit: u32) -> Vec<(Hash, u64)>;

    /// Everything is interpreted from now on, or no longer. Calls that run go on as they began.
    fn set_mode(mode: ExecutionMode);
}

/// What a compiler made of code, and what its engine wants to know of that code besides.
///
/// To load a module is to run it, outside of any sandbox, and nothing in it shows whether it was
/// changed. So only somebody who answers for the bytes can make one of these: the worker, who keeps
/// artefacts authenticated, or who has just compiled. The rest of an engine hands it on.
#[derive(Clone, Debug)]
pub struct Artefact<'a> {
    module: Cow<'a, [u8]>,
    label: Cow<'a, [u8]>,
}

/// Bytes before the label: magic, compiler, the label's length.
const HEAD: usize = 48;

impl<'a> Artefact<'a> {
    /// Answers for a module.
    ///
    /// # Safety
    /// It is exactly what this library's compiler returned, in this process or in another.
    pub unsafe fn answered_for(module: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            module: module.into(),
            label: Cow::Borrowed(&[]),
        }
    }

    /// One that holds nothing, for compilers that only seem to be: there is nothing to load.
    pub fn empty() -> Self {
        Self {
            module: Cow::Borrowed(&[]),
            label: Cow::Borrowed(&[]),
        }
    }

    /// With what the engine wants to know of the code when it is installed.
    pub fn labelled(self, label: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    /// The module.
    pub fn module(&self) -> &[u8] {
        &self.module
    }

    /// What the engine wanted to know.
    pub fn label(&self) -> &[u8] {
        &self.label
    }

    /// As it is handed to the worker.
    pub(crate) fn to_bytes(&self, compiler: &Hash) -> Vec<u8> {
        let length = (self.label.len() as u64).to_le_bytes();
        [
            MAGIC.as_slice(),
            compiler.as_slice(),
            length.as_slice(),
            &self.label,
            &self.module,
        ]
        .concat()
    }

    /// What the worker hands back.
    ///
    /// # Errors
    /// Another compiler made it, or it is no artefact.
    ///
    /// # Safety
    /// Bytes that begin as this compiler's do are what [`Self::to_bytes`] gave, in this process or
    /// in another.
    pub(crate) unsafe fn from_bytes(bytes: &'a [u8], compiler: &Hash) -> Result<Self, Refused> {
        let broken = || Refused::Broken {
            len: bytes.len() as u64,
        };
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or_else(broken)?;
        let (magic, head) = head.split_first_chunk::<8>().ok_or_else(broken)?;
        let (found, length) = head.split_first_chunk::<32>().ok_or_else(broken)?;
        if *magic != MAGIC {
            return Err(broken());
        }
        if found != compiler {
            return Err(Refused::Compiler {
                expected: *compiler,
                found: *found,
            });
        }
        let length = length.first_chunk().ok_or_else(broken)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| broken())?;
        let (label, module) = rest.split_at_checked(length).ok_or_else(broken)?;
        // SAFETY: promised by the caller.
        Ok(unsafe { Self::answered_for(module) }.labelled(label))
    }
}

/// Why bytes aren't taken for an artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another compiler made it, with other settings, or for another processor.
    Compiler { expected: Hash, found: Hash },
    /// It doesn't begin as one does, or ends too soon.
    Broken { len: u64 },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |hash: &Hash| -> String { hash.iter().map(|it| format!("{it:02x}")).collect() };
        match self {
            Self::Compiler { expected, found } => write!(
                f,
                "made by compiler 0x{}, this one is 0x{}",
                hex(found),
                hex(expected)
            ),
            Self::Broken { len } => write!(f, "no artefact, or cut off, at {len} bytes"),
        }
    }
}

/// Compiles with a `wasmtime::Engine`: `wasmtime::Result<Artefact<'static>>`.
///
/// It is a macro, and so is [`load_module!`](crate::load_module), so that this crate, which every
/// engine links, needs no compiler; and it is here, because this is where `unsafe` may be.
#[macro_export]
macro_rules! compile_module {
    ($engine:expr, $code:expr) => {{
        let engine: &::wasmtime::Engine = $engine;
        engine
            .precompile_module($code)
            // SAFETY: it is what the compiler has just returned.
            .map(|module| unsafe { $crate::Artefact::answered_for(module) })
    }};
}

/// Makes an artefact ready to run in a `wasmtime::Engine`: `wasmtime::Result<wasmtime::Module>`.
#[macro_export]
macro_rules! load_module {
    ($engine:expr, $artefact:expr) => {{
        let (engine, artefact): (&::wasmtime::Engine, &$crate::Artefact<'_>) = ($engine, $artefact);
        // SAFETY: it is exactly what the compiler returned; only who answers for that can make an
        // `Artefact`. That it is of these very settings its name says, which was compared.
        unsafe { ::wasmtime::Module::deserialize(engine, artefact.module()) }
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(bytes: &'a [u8], compiler: &Hash) -> Result<Artefact<'a>, Refused> {
        // SAFETY: nobody loads it.
        unsafe { Artefact::from_bytes(bytes, compiler) }
    }

    /// The bytes are written out here, so that an artefact of an earlier build is still read, or
    /// known not to be one.
    #[test]
    fn it_is_what_it_says() {
        // SAFETY: nobody loads it.
        let artefact =
            unsafe { Artefact::answered_for(b"module".as_slice()) }.labelled(b"of".as_slice());
        let bytes = artefact.to_bytes(&[7; 32]);
        let expected = [
            b"PINKART\x01".as_slice(),
            &[7; 32],
            &[2, 0, 0, 0, 0, 0, 0, 0],
            b"ofmodule",
        ];
        assert_eq!(bytes, expected.concat());
        let back = read(&bytes, &[7; 32]).unwrap();
        assert_eq!((back.label(), back.module()), (&b"of"[..], &b"module"[..]));
    }

    #[test]
    fn what_is_none_is_refused() {
        let bytes = Artefact::empty()
            .labelled(b"of".as_slice())
            .to_bytes(&[7; 32]);
        assert_eq!(
            read(&bytes, &[8; 32]).unwrap_err(),
            Refused::Compiler {
                expected: [8; 32],
                found: [7; 32]
            }
        );
        // Each shorter one, another magic, and a label that would reach beyond the end of everything.
        for len in 0..bytes.len() {
            let refused = Refused::Broken { len: len as u64 };
            assert_eq!(read(&bytes[..len], &[7; 32]).unwrap_err(), refused);
        }
        for (at, mask) in [(0, 1), (7, 3), (40, 1), (47, 0x80)] {
            let mut bytes = bytes.clone();
            bytes[at] ^= mask;
            assert_eq!(
                read(&bytes, &[7; 32]).unwrap_err(),
                Refused::Broken { len: 50 }
            );
        }
    }
}
