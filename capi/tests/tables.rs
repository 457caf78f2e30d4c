//! The call tables, through a transport in process: what is refused, and with which fault.

use parity_scale_codec::{Decode, Encode};
use pink_capi::{
    calls::{CrossCall, EcallInfo, OCalls, OCallsClient, ECALLS, OCALLS},
    types::{
        AccountId, Hash, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded, Version,
    },
    Fault,
};

/// A host that knows one key.
struct Host;

type Responses = Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>;
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

impl OCalls for Host {
    fn storage_get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok((key == b"key").then(|| b"value".to_vec()))
    }
    fn storage_range(&mut self, _: Vec<u8>, _: Option<Vec<u8>>, _: u32) -> Result<Pairs, Fault> {
        Err(Fault::Host {
            reason: "disk on fire".into(),
        })
    }
    fn storage_commit(&mut self, _: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Result<(), Fault> {
        Ok(())
    }
    fn log(&mut self, _: u8, _: Option<AccountId>, _: String) -> Result<(), Fault> {
        Ok(())
    }
    fn system_code(&mut self, _: Hash) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }
    fn cluster_key(&mut self) -> Result<Option<[u8; 32]>, Fault> {
        Ok(None)
    }
    fn worker_pubkey(&mut self) -> Result<[u8; 32], Fault> {
        Err(Fault::NoHost)
    }
    fn random(&mut self, _: u8) -> Result<Vec<u8>, Fault> {
        Err(Fault::NoHost)
    }
    fn now_ms(&mut self) -> Result<u64, Fault> {
        Err(Fault::NoHost)
    }
    fn http_request(
        &mut self,
        _: AccountId,
        _: HttpRequest,
    ) -> Result<Result<HttpResponse, HttpRequestError>, Fault> {
        Err(Fault::NoHost)
    }
    fn batch_http_request(
        &mut self,
        _: AccountId,
        _: Vec<HttpRequest>,
        _: u64,
    ) -> Result<Responses, Fault> {
        Err(Fault::NoHost)
    }
    fn cache_get(&mut self, _: AccountId, _: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::NoHost)
    }
    fn cache_set(
        &mut self,
        _: AccountId,
        _: Vec<u8>,
        _: Vec<u8>,
    ) -> Result<Result<(), StorageQuotaExceeded>, Fault> {
        Err(Fault::NoHost)
    }
    fn cache_set_expiration(&mut self, _: AccountId, _: Vec<u8>, _: u64) -> Result<(), Fault> {
        Err(Fault::NoHost)
    }
    fn cache_remove(&mut self, _: AccountId, _: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::NoHost)
    }
    fn poll(&mut self) -> Result<(), Fault> {
        Err(Fault::Cancelled)
    }
}

/// Carries calls to a [`Host`], and may spoil the reply on the way.
struct Wire(fn(Vec<u8>) -> Vec<u8>);

impl CrossCall for Wire {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        let host: &mut dyn OCalls = &mut Host;
        Ok((self.0)(host.dispatch(Version::new(2, 0), id, args)))
    }
}

fn dispatch(id: u32, args: &[u8]) -> Result<(), Fault> {
    dispatch_for(Version::new(2, 0), id, args)
}

/// What an engine of a version is answered.
fn dispatch_for(caller: Version, id: u32, args: &[u8]) -> Result<(), Fault> {
    let host: &mut dyn OCalls = &mut Host;
    let reply = host.dispatch(caller, id, args);
    // A fault is encoded in the same way whatever the call returns.
    match reply[0] {
        0 => Ok(()),
        _ => Err(Fault::decode(&mut &reply[1..]).expect("a fault")),
    }
}

#[test]
fn calls_go_there_and_back() {
    let mut client = OCallsClient(Wire(|reply| reply));
    assert_eq!(
        client.storage_get(b"key".to_vec()),
        Ok(Some(b"value".to_vec()))
    );
    assert_eq!(client.storage_get(b"none".to_vec()), Ok(None));
    assert_eq!(
        client.storage_range(vec![], None, 1),
        Err(Fault::Host {
            reason: "disk on fire".into()
        })
    );
}

#[test]
fn unknown_ids_are_refused() {
    for id in [0, 17, u32::MAX] {
        assert_eq!(dispatch(id, &[]), Err(Fault::UnknownCall { id }));
    }
}

#[test]
fn short_and_long_arguments_are_refused() {
    let exact = (b"key".to_vec(),).encode();
    assert_eq!(dispatch(1, &exact), Ok(()));
    for wrong in [
        &exact[..exact.len() - 1],
        &[exact.as_slice(), &[0]].concat(),
        &[],
    ] {
        let Err(Fault::BadArguments {
            id: 1, name, len, ..
        }) = dispatch(1, wrong)
        else {
            panic!("{wrong:?} was taken");
        };
        assert_eq!((name.as_str(), len), ("storage_get", wrong.len() as u64));
    }
}

#[test]
fn a_length_beyond_the_input_allocates_nothing() {
    // A compact length of 2^30 - 1 with no bytes behind it.
    assert!(matches!(
        dispatch(1, &[0xfe, 0xff, 0xff, 0xff]),
        Err(Fault::BadArguments { id: 1, .. })
    ));
}

#[test]
fn spoiled_replies_are_a_fault_of_the_caller_side() {
    let spoil: [fn(Vec<u8>) -> Vec<u8>; 3] = [
        |_| vec![],
        |mut reply| {
            reply.push(0);
            reply
        },
        |_| vec![7],
    ];
    for how in spoil {
        let mut client = OCallsClient(Wire(how));
        assert!(matches!(
            client.storage_get(b"key".to_vec()),
            Err(Fault::BadReply { id: 1, .. })
        ));
    }
}

/// By hand: what 1.x may call, and what is for 2.0 and later.
#[test]
fn an_engine_has_the_calls_of_its_version() {
    const FIRST: [u32; 6] = [1, 2, 3, 4, 5, 16];
    for id in 1..=16 {
        let unknown = |major, minor| {
            dispatch_for(Version::new(major, minor), id, &[]) == Err(Fault::UnknownCall { id })
        };
        for (major, minor) in [(0, 1), (1, 0), (1, 1), (1, 9)] {
            assert_eq!(unknown(major, minor), !FIRST.contains(&id), "{id}");
        }
        for (major, minor) in [(2, 0), (2, 1), (3, 0)] {
            assert!(!unknown(major, minor), "{id}");
        }
    }
    let later = EcallInfo {
        since: Version::new(2, 1),
        ..ECALLS[0]
    };
    assert!(!later.is_in(Version::new(2, 0)) && !later.is_in(Version::new(1, 9)));
    assert!(later.is_in(Version::new(2, 1)) && later.is_in(Version::new(3, 0)));
    let row = |id: u32| OCALLS.iter().find(|row| row.id == id).unwrap();
    assert_eq!(row(15).since, Version::new(2, 0));
    assert_eq!((row(15).v1_minor, row(16).v1_minor), (0, 1));
}
