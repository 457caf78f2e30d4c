// Sends extrinsics with a client that has nothing of ours: types, addresses and signatures are its own.
//
//   node send.mjs ws://127.0.0.1:9944
//
// Prints one line of JSON for each extrinsic that came into a finalized block.
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy, ss58Encode } from "@polkadot-labs/hdkd-helpers";
import { createClient, Enum } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket } from "ws";

const [, , endpoint] = process.argv;
if (!endpoint) throw new Error("the endpoint is missing: node send.mjs ws://HOST:PORT");

const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));
const signerOf = (pair) => getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign);
const [alice, bob] = [derive("//Alice"), derive("//Bob")];
const addressOf = (pair) => ss58Encode(pair.publicKey, 42);

// Node 20 has no WebSocket of its own.
const client = createClient(getWsProvider(endpoint, { websocketClass: WebSocket }));
const api = client.getUnsafeApi();
const { tx, query } = api;

const send = async (name, call, pair) => {
  const { ok, events, block, txHash, dispatchError } = await call.signAndSubmit(signerOf(pair));
  const said = events.map((event) => `${event.type}.${event.value.type}`);
  console.log(JSON.stringify({ name, ok, block: block.number, txHash, said, error: dispatchError?.value?.value?.type }));
  if (!ok) process.exitCode = 1;
};

const free = async () => (await query.System.Account.getValue(addressOf(bob))).data.free;
const before = await free();
const amount = 1_000_000_000_000n;
await send("transfer", tx.Balances.transfer_keep_alive({ dest: Enum("Id", addressOf(bob)), value: amount }), alice);
if ((await free()) - before !== amount) throw new Error(`//Bob has ${await free()}, and had ${before}`);

await send("deposit", tx.FatContracts.transfer_to_cluster({ cluster: 1n, dest: addressOf(alice), amount, max_ordering_fee: amount }), alice);
const inner = tx.FatContracts.register_worker({ worker: addressOf(bob) });
await send("sudo", tx.Sudo.sudo({ call: inner.decodedCall }), alice);
client.destroy();
