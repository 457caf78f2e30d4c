use super::*;
use std::ptr;

/// Does what the first byte of what it is given says.
struct Toy;

fn asked(what: &[u8]) -> Result<(), Fault> {
    match what.first() {
        Some(b'p') => panic!("as asked"),
        Some(b'f') => Err(Fault::Host {
            reason: "failed".into(),
        }),
        Some(b'b') => Err(Fault::BadArguments {
            id: 0,
            name: "code".into(),
            len: 1,
            reason: "bad".into(),
        }),
        _ => Ok(()),
    }
}

impl Prepare for Toy {
    fn compiler() -> Result<Hash, Fault> {
        Ok([7; 32])
    }
    fn compile(code: &[u8]) -> Result<Option<Artefact<'static>>, Fault> {
        asked(code)?;
        let made = Artefact::empty().labelled(code.to_vec());
        Ok((code != b"none").then_some(made))
    }
    fn install(_: &Hash, artefact: Artefact<'_>) -> Result<(), Fault> {
        asked(artefact.label())
    }
    fn wanted(limit: u32) -> Vec<(Hash, u64)> {
        assert!(limit != 13, "as asked");
        // One more than it is asked for.
        (0..=limit).map(|at| ([at as u8; 32], 5)).collect()
    }
    fn set_mode(mode: ExecutionMode) {
        assert!(mode == ExecutionMode::Native, "as asked");
    }
}

/// A compiler that knows no processor.
struct Nowhere;

impl Prepare for Nowhere {
    fn compiler() -> Result<Hash, Fault> {
        Err(Fault::Host {
            reason: "what is this".into(),
        })
    }
    fn compile(_: &[u8]) -> Result<Option<Artefact<'static>>, Fault> {
        unreachable!()
    }
    fn install(_: &Hash, _: Artefact<'_>) -> Result<(), Fault> {
        unreachable!()
    }
    fn wanted(_: u32) -> Vec<(Hash, u64)> {
        Vec::new()
    }
    fn set_mode(_: ExecutionMode) {}
}

fn text(buffer: Buf) -> String {
    // SAFETY: the table filled it in, or left it absent.
    String::from_utf8(unsafe { buffer.into_vec() }).unwrap()
}

fn compiled<P: Prepare>(code: &[u8]) -> (Status, Vec<u8>, String) {
    let (mut artefact, mut diagnostic) = (Buf::ABSENT, Buf::ABSENT);
    // SAFETY: all are valid for the call.
    let status = unsafe { compile::<P>(Bytes::of(code), &mut artefact, &mut diagnostic) };
    // SAFETY: as in `text`.
    (status, unsafe { artefact.into_vec() }, text(diagnostic))
}

fn installed<P: Prepare>(artefact: &[u8]) -> (Status, String) {
    let mut diagnostic = Buf::ABSENT;
    // SAFETY: all are valid for the call; nothing is loaded.
    let status = unsafe { install::<P>(&[1; 32], Bytes::of(artefact), &mut diagnostic) };
    (status, text(diagnostic))
}

#[test]
fn every_end_has_its_status() {
    let (status, artefact, said) = compiled::<Toy>(b"code");
    assert_eq!((status, said.as_str()), (ffi::OK, ""));
    assert!(artefact.starts_with(b"PINKART\x01\x07\x07"));
    let none = (Vec::new(), String::new());
    assert_eq!(compiled::<Toy>(b"none"), (ffi::NONE, none.0, none.1));
    for (what, status, says) in [
        (b"panic", ffi::E_PANIC, "as asked"),
        (b"fault", ffi::E_HOST, "failed"),
        (b"bad  ", ffi::E_ARGUMENT, "bad"),
    ] {
        assert_eq!(compiled::<Toy>(what), (status, Vec::new(), says.into()));
        let artefact = Artefact::empty()
            .labelled(what.as_slice())
            .to_bytes(&[7; 32]);
        assert_eq!(installed::<Toy>(&artefact), (status, says.into()));
    }
    assert_eq!(installed::<Toy>(&artefact), (ffi::OK, String::new()));
    let other = Artefact::empty().to_bytes(&[8; 32]);
    assert_eq!(installed::<Toy>(&other).0, ffi::E_UNSUPPORTED);
    assert_eq!(installed::<Toy>(b"PINK").0, ffi::E_ARGUMENT);
    // On a processor that it doesn't know nothing else is asked.
    assert_eq!(compiled::<Nowhere>(b"code").0, ffi::E_UNSUPPORTED);
    assert_eq!(installed::<Nowhere>(&artefact).0, ffi::E_UNSUPPORTED);
    let (mut name, mut said) = ([0; 32], Buf::ABSENT);
    // SAFETY: both are valid for the call.
    let status = unsafe { compiler::<Nowhere>(&mut name, &mut said) };
    assert_eq!(
        (status, text(said).as_str()),
        (ffi::E_UNSUPPORTED, "what is this")
    );
    // SAFETY: they take numbers.
    let set = |mode| unsafe { set_mode::<Toy>(mode) };
    assert_eq!((set(1), set(2)), (ffi::OK, ffi::E_PANIC));
    assert_eq!((set(0), set(3)), (ffi::E_UNSUPPORTED, ffi::E_UNSUPPORTED));
}

#[test]
fn no_more_is_told_than_there_is_room_for() {
    let nothing = table::Wanted {
        code_hash: [9; 32],
        count: 0,
    };
    let (mut room, mut n) = ([nothing; 4], 0);
    // SAFETY: there is room for four.
    let mut ask = |cap, n: &mut u32| unsafe { wanted::<Toy>(room.as_mut_ptr(), cap, n) };
    assert_eq!((ask(3, &mut n), n), (ffi::OK, 3));
    assert_eq!(ask(13, &mut 0), ffi::E_PANIC);
    assert_eq!(room.map(|it| it.count), [5, 5, 5, 0]);
    // SAFETY: there is room for none.
    let status = unsafe { wanted::<Toy>(ptr::null_mut(), 0, &mut n) };
    assert_eq!(status, ffi::OK);
}

#[test]
fn the_table_has_one_name() {
    static TABLE: table::Prepare = super::table::<Toy>();
    // SAFETY: the names end with a NUL.
    let find = |id: &std::ffi::CStr| unsafe { extension(id.as_ptr(), Some(&TABLE)) };
    assert_eq!(find(c"pink.prepare/1"), ptr::from_ref(&TABLE).cast());
    for id in [c"pink.prepare/2", c"pink.prepare/10", c"pink.prepare", c""] {
        assert!(find(id).is_null());
    }
    // SAFETY: as above.
    unsafe {
        assert!(extension(c"pink.prepare/1".as_ptr(), None).is_null());
        assert!(extension(ptr::null(), Some(&TABLE)).is_null());
    }
}
