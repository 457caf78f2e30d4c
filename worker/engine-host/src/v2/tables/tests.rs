use super::*;
use crate::{allocator, Pairs, Session, StateError, StateRead};
use parity_scale_codec::Encode;
use pink_capi::calls::OCalls;

const V2_0: Version = Version::new(2, 0);

/// An engine that goes on with an iterator that it closed must not get another's pairs.
#[test]
fn no_id_of_an_iterator_is_given_twice() {
    let state = [(vec![1], vec![7]), (vec![2], vec![8])].into();
    let state: BTreeMap<Vec<u8>, Vec<u8>> = state;
    let mut session = Session::reading(&state, &());
    let (memory, _) = allocator::new();
    let call = memory.begin(u64::MAX);
    let mut context = Context::new(&mut session, V2_0, Kind::Query, call);
    let ctx = context.as_ctx();
    let open = || {
        let mut id = 0;
        // SAFETY: the context is there, and the bounds and `id` live for the call.
        let status = unsafe { iter_open(ctx, Bytes::of(b""), Bytes::ABSENT, 0, &mut id) };
        assert_eq!(status, ffi::OK);
        id
    };
    // SAFETY: the context is there.
    let close = |id| unsafe { iter_close(ctx, id) };
    let next = |id| {
        let (mut page, mut n) = (std::mem::MaybeUninit::uninit(), 0);
        // SAFETY: the context is there, and there is room for one pair.
        let status = unsafe { iter_next(ctx, id, page.as_mut_ptr(), 1, &mut n) };
        (status, n)
    };
    let first = open();
    assert_eq!(next(first), (ffi::OK, 1));
    assert_eq!(close(first), ffi::OK);
    let second = open();
    assert_ne!(first, second);
    assert_eq!(next(first), (ffi::E_ARGUMENT, 0));
    assert_eq!(close(first), ffi::E_ARGUMENT);
    assert_eq!(next(second), (ffi::OK, 1));
    // As many as are allowed, and no more, however many there were.
    for _ in 0..200 {
        assert_eq!(close(open()), ffi::OK);
    }
    for _ in 1..ffi::MAX_ITERATORS {
        open();
    }
    let mut id = 0;
    // SAFETY: as in `open`.
    let status = unsafe { iter_open(ctx, Bytes::of(b""), Bytes::ABSENT, 0, &mut id) };
    assert_eq!(status, ffi::E_ARGUMENT);
    assert_eq!(
        context.finish(),
        Some(Fault::TooManyIterators { limit: 64 })
    );
}

/// A state that gives copies, as long as their key says in bytes; nobody writes to them, so that
/// they take no memory.
struct Copies;

impl StateRead for Copies {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        let len = u64::from_be_bytes(key.try_into().unwrap());
        Ok(Some(vec![0; len as usize].into()))
    }
    fn range(&self, _: &[u8], _: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        // A byte of key and two of value.
        Ok(vec![(vec![9], vec![0; 2]); limit as usize])
    }
}

const MIB: u64 = 1 << 20;

/// Both edges of what is lent, in both ABIs, and what makes room again.
#[test]
fn what_is_lent_is_bounded() {
    let mut session = Session::reading(&Copies, &());
    let (memory, _) = allocator::new();
    let mut context = Context::new(&mut session, V2_0, Kind::Tx, memory.begin(u64::MAX));
    let ctx = context.as_ctx();
    let read = |len: u64| {
        let (key, mut out) = (len.to_be_bytes(), Bytes::ABSENT);
        // SAFETY: the context is there, and the key and `out` live for the call.
        unsafe { get(ctx, Bytes::of(&key), &mut out) }
    };
    let mut mark = 0;
    assert_eq!(read(100 * MIB), ffi::OK);
    // SAFETY: the context is there, and `mark` lives for the call.
    assert_eq!(unsafe { lease_mark(ctx, &mut mark) }, ffi::OK);
    assert_eq!(read(156 * MIB), ffi::OK);
    // SAFETY: as above; nothing that was lent is used.
    assert_eq!(unsafe { lease_rewind(ctx, mark) }, ffi::OK);
    assert_eq!(read(156 * MIB), ffi::OK);
    assert_eq!(read(1), ffi::E_MEMORY);
    let over = Fault::Lent {
        used: 256 * MIB + 1,
        limit: 256 * MIB,
    };
    assert_eq!(context.finish(), Some(over.clone()));

    let mut session = Session::reading(&Copies, &());
    // SAFETY: only lifetimes change, and nothing outlives this function.
    let host: &mut dyn Host<'static> =
        unsafe { std::mem::transmute::<&mut dyn Host<'_>, &mut dyn Host<'static>>(&mut session) };
    let mut served = HostOcalls {
        host,
        may_be_cancelled: false,
    };
    let mut read = |len: u64| served.storage_get(len.to_be_bytes().into());
    let len = |read: Result<Option<Vec<u8>>, Fault>| read.map(|it| it.unwrap().len() as u64);
    assert_eq!(len(read(256 * MIB)), Ok(256 * MIB));
    assert_eq!(len(read(256 * MIB + 1)), Err(over));
}

/// What the host lends counts as the call's memory.
#[test]
fn what_is_lent_is_the_call_s_memory() {
    let mut session = Session::reading(&Copies, &());
    let (memory, _) = allocator::new();
    let mut context = Context::new(&mut session, V2_0, Kind::Query, memory.begin(MIB));
    let ctx = context.as_ctx();
    let read = |len: u64| {
        let (key, mut out) = (len.to_be_bytes(), Bytes::ABSENT);
        // SAFETY: the context is there, and the key and `out` live for the call.
        unsafe { get(ctx, Bytes::of(&key), &mut out) }
    };
    assert_eq!(read(MIB), ffi::OK);
    assert_eq!(read(1), ffi::E_MEMORY);
    let over = Fault::Memory {
        used: MIB + 1,
        limit: MIB,
    };
    assert_eq!(context.finish(), Some(over));
}

/// However much room there is, a step gives no more than a page, and the first ABI's answer is
/// put together of pages.
#[test]
fn pages_are_bounded() {
    let mut session = Session::reading(&Copies, &());
    let (memory, _) = allocator::new();
    let mut context = Context::new(&mut session, V2_0, Kind::Query, memory.begin(u64::MAX));
    let ctx = context.as_ctx();
    let (mut id, mut n) = (0, 0);
    let mut page = Vec::<Pair>::with_capacity(3_000);
    // SAFETY: the context is there, and there is room for as many pairs.
    let status = unsafe {
        iter_open(ctx, Bytes::of(b""), Bytes::ABSENT, 0, &mut id);
        iter_next(ctx, id, page.as_mut_ptr(), 3_000, &mut n)
    };
    assert_eq!((status, n), (ffi::OK, 1_024));
    assert_eq!(context.finish(), None);
    let mut session = Session::reading(&Copies, &());
    // SAFETY: only lifetimes change, and nothing outlives this function.
    let host: &mut dyn Host<'static> =
        unsafe { std::mem::transmute::<&mut dyn Host<'_>, &mut dyn Host<'static>>(&mut session) };
    let mut served = HostOcalls {
        host,
        may_be_cancelled: false,
    };
    let found = served.storage_range(Vec::new(), None, 3_000).unwrap();
    assert_eq!(found.len(), 3_000);
}

/// What is newer than an engine is unknown to it, in both ABIs, and no failure of the host.
#[test]
fn an_engine_may_ask_for_what_its_version_has() {
    const NOW_MS: u32 = 9;
    let state = BTreeMap::new();
    let unknown = Err::<(), _>(Fault::UnknownCall { id: NOW_MS });
    for (caller, expected) in [
        (Version::new(1, 0), Some(unknown.encode())),
        (Version::new(1, 9), Some(unknown.encode())),
        (V2_0, None),
        (Version::new(2, 1), None),
    ] {
        let mut session = Session::reading(&state, &());
        let (memory, _) = allocator::new();
        let call_memory = memory.begin(u64::MAX);
        let mut context = Context::new(&mut session, caller, Kind::Query, call_memory);
        let (ctx, mut out) = (context.as_ctx(), Buf::ABSENT);
        // SAFETY: the context is there, and `out` may be written to.
        let status = unsafe { call(ctx, NOW_MS, Bytes::of(&[]), &mut out) };
        assert_eq!(status, ffi::OK);
        // SAFETY: the host filled it in.
        let reply = unsafe { out.into_vec() };
        match expected {
            Some(unknown) => {
                assert_eq!(reply, unknown, "{caller}");
                assert_eq!(context.finish(), None);
            }
            // This session has nothing of its worker's to show, and says so.
            None => assert!(
                matches!(context.finish(), Some(Fault::Host { .. })),
                "{caller}"
            ),
        }
    }
}
