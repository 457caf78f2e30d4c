//! Signed transactions.

use crate::rpc::{bytes, hex, Rpc};
use parity_scale_codec::Encode;
use runtime_mock::{runtime::UncheckedExtrinsic, RuntimeCall};
use serde_json::json;
use sp_core::{sr25519, Pair};
use sp_io::hashing::blake2_256;
use sp_runtime::{generic::Era, MultiAddress, MultiSignature};

/// A development account.
pub(crate) fn pair(name: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(name, None).expect("a development name")
}

/// Signs a call and sends it; gives the transaction's hash.
///
/// What is signed is put together byte by byte, as a foreign tool does it.
pub(crate) fn send(rpc: &Rpc, who: &str, call: RuntimeCall) -> String {
    try_send(rpc, who, call).unwrap_or_else(|error| panic!("{error}"))
}

/// The same, if the node takes it.
pub(crate) fn try_send(rpc: &Rpc, who: &str, call: RuntimeCall) -> Result<String, String> {
    let pair = pair(who);
    let account = sp_runtime::AccountId32::new(pair.public().0);
    let nonce = rpc.call("system_accountNextIndex", json!([account.to_string()]));
    let nonce = nonce.as_u64().expect("a nonce") as u32;
    let version = rpc.call("state_getRuntimeVersion", json!([]));
    let number = |name: &str| version[name].as_u64().expect("a number") as u32;
    let genesis = rpc.call("chain_getBlockHash", json!([0]));
    let genesis = bytes(genesis.as_str().expect("a hash"));

    // Mortality, nonce, tip; then what is signed and not sent: versions, genesis, the block that mortality counts from.
    let sent = (
        Era::Immortal,
        parity_scale_codec::Compact(nonce),
        parity_scale_codec::Compact(0u128),
    );
    let sent = sent.encode();
    let mut signed = [call.encode(), sent.clone()].concat();
    signed.extend((number("specVersion"), number("transactionVersion")).encode());
    signed.extend([&genesis[..], &genesis[..]].concat());
    let signature = match signed.len() {
        0..=256 => pair.sign(&signed),
        _ => pair.sign(&blake2_256(&signed)),
    };
    // Version 4, signed.
    let mut extrinsic = vec![0x84];
    extrinsic.extend(MultiAddress::<_, ()>::Id(account).encode());
    extrinsic.extend(MultiSignature::Sr25519(signature).encode());
    extrinsic.extend(sent);
    extrinsic.extend(call.encode());
    let extrinsic = extrinsic.encode();
    debug_assert!(
        <UncheckedExtrinsic as parity_scale_codec::Decode>::decode(&mut &extrinsic[..]).is_ok()
    );
    let hash = rpc.try_call("author_submitExtrinsic", &json!([hex(&extrinsic)]))?;
    Ok(hash.as_str().expect("a hash").to_owned())
}
