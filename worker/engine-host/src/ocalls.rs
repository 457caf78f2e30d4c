//! A host as the table of calls back into the worker, whichever ABI carries them.

use crate::{host::check_lent, Changes, Host, Pairs};
use parity_scale_codec::Decode;
use pink_capi::{
    calls::OCalls,
    types::{
        AccountId, Hash, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded, Version,
    },
    Fault,
};

/// Pairs that are read at once for an answer.
const PAGE: u32 = 1_024;

type Responses = Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>;

/// Serves the ocalls of one call from its host.
pub(crate) struct HostOcalls<'h> {
    pub(crate) host: &'h mut dyn Host<'static>,
    /// The call is a query or an estimate.
    pub(crate) may_be_cancelled: bool,
}

impl HostOcalls<'_> {
    /// Serves one ocall of an engine of the version `caller`; the reply is a SCALE
    /// `Result<_, Fault>`.
    pub(crate) fn serve(&mut self, caller: Version, id: u32, args: &[u8]) -> Vec<u8> {
        let table: &mut dyn OCalls = self;
        table.dispatch(caller, id, args)
    }
}

/// The fault that a reply holds, if it says that this side failed. What the engine asked for
/// wrongly is its own.
pub(crate) fn failure_of_host(mut reply: &[u8]) -> Option<Fault> {
    if reply.first() != Some(&1) {
        return None;
    }
    match Result::<(), Fault>::decode(&mut reply) {
        Ok(Err(Fault::UnknownCall { .. } | Fault::BadArguments { .. } | Fault::NoHost)) => None,
        Ok(Err(fault)) => Some(fault),
        Ok(Ok(())) | Err(_) => None,
    }
}

impl OCalls for HostOcalls<'_> {
    fn storage_get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        let found = self.host.get(&key)?.map(|value| value.into_owned());
        check_lent(found.as_ref().map_or(0, Vec::len) as u64)?;
        Ok(found)
    }
    fn storage_range(
        &mut self,
        start: Vec<u8>,
        end: Option<Vec<u8>>,
        limit: u32,
    ) -> Result<Pairs, Fault> {
        let mut found = Pairs::new();
        let (mut from, mut bytes) = (start, 0u64);
        loop {
            let wanted = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            let page = self.host.range(&from, end.as_deref(), wanted.min(PAGE))?;
            let last_page = page.len() < PAGE as usize;
            for (key, value) in page {
                bytes = bytes
                    .saturating_add(key.len() as u64)
                    .saturating_add(value.len() as u64);
                check_lent(bytes)?;
                found.push((key, value));
            }
            match found.last() {
                Some((last, _)) if !last_page => {
                    from.clone_from(last);
                    from.push(0);
                }
                _ => return Ok(found),
            }
        }
    }
    fn storage_commit(&mut self, changes: Changes) -> Result<(), Fault> {
        self.host.commit(changes)
    }
    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String) -> Result<(), Fault> {
        self.host.log(level, contract, text);
        Ok(())
    }
    fn system_code(&mut self, hash: Hash) -> Result<Option<Vec<u8>>, Fault> {
        self.host.system_code(&hash)
    }
    fn cluster_key(&mut self) -> Result<Option<[u8; 32]>, Fault> {
        self.host.cluster_key().map(Some)
    }
    fn worker_pubkey(&mut self) -> Result<[u8; 32], Fault> {
        Ok(self.host.services()?.worker_pubkey())
    }
    fn random(&mut self, len: u8) -> Result<Vec<u8>, Fault> {
        Ok(self.host.services()?.random(len))
    }
    fn now_ms(&mut self) -> Result<u64, Fault> {
        Ok(self.host.services()?.now_ms())
    }
    fn http_request(
        &mut self,
        contract: AccountId,
        request: HttpRequest,
    ) -> Result<Result<HttpResponse, HttpRequestError>, Fault> {
        Ok(self.host.services()?.http_request(&contract, request))
    }
    fn batch_http_request(
        &mut self,
        contract: AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Responses, Fault> {
        Ok(self
            .host
            .services()?
            .batch_http_request(&contract, requests, timeout_ms))
    }
    fn cache_get(&mut self, contract: AccountId, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.host.services()?.cache_get(&contract, &key))
    }
    fn cache_set(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<Result<(), StorageQuotaExceeded>, Fault> {
        Ok(self.host.services()?.cache_set(&contract, &key, value))
    }
    fn cache_set_expiration(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
        seconds: u64,
    ) -> Result<(), Fault> {
        self.host
            .services()?
            .cache_set_expiration(&contract, &key, seconds);
        Ok(())
    }
    fn cache_remove(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.host.services()?.cache_remove(&contract, &key))
    }
    fn poll(&mut self) -> Result<(), Fault> {
        if self.may_be_cancelled {
            return self.host.poll();
        }
        Ok(())
    }
}
