// Writes signed.json: what wallets sign for a worker, made by Polkadot-JS and nothing of ours.
// `npm install && node make.mjs > signed.json`. Signatures by sr25519 are drawn anew each time.
import { Keyring } from '@polkadot/keyring';
import { compactToU8a, stringToU8a, u8aConcat, u8aToHex, u8aWrapBytes, bnToU8a } from '@polkadot/util';
import { blake2AsU8a, cryptoWaitReady, encodeAddress } from '@polkadot/util-crypto';

await cryptoWaitReady();

const genesis = new Uint8Array(32).fill(7);
const after = new Uint8Array(32).fill(9);
const cluster = 1;
const contract = new Uint8Array(32).fill(3);
const codeHash = new Uint8Array(32).fill(5);
const input = new Uint8Array([0xde, 0xad, 0xbe, 0xef, 1]);
const salt = new Uint8Array([0x2a]);
const value = 1_000_000_000_000n;
const lent = 5n;

const bare = (bytes) => u8aToHex(bytes).slice(2);
const vec = (bytes) => u8aConcat(compactToU8a(bytes.length), bytes);
const u128 = (number) => bnToU8a(number, { bitLength: 128, isLe: true });
const ss58 = (bytes) => encodeAddress(bytes, 42);

const lines = (domain, account, to, hash) =>
  [domain, `chain ${bare(genesis)}`, `cluster ${cluster}`, `as ${ss58(account)}`, `to ${to}`,
    `input ${bare(hash)}`, `after ${bare(after)}`].join('\n');

const texts = (account) => ({
  query: lines('pink query v1', account, ss58(contract),
    blake2AsU8a(u8aConcat(vec(input), u128(value), u128(lent)))),
  call: lines('pink estimate call v1', account, ss58(contract),
    blake2AsU8a(u8aConcat(vec(input), u128(value)))),
  instantiate: lines('pink estimate instantiate v1', account, bare(codeHash),
    blake2AsU8a(u8aConcat(vec(input), u128(value), vec(salt)))),
  revoke: ['pink revoke v1', `chain ${bare(genesis)}`, `cluster ${cluster}`, `as ${ss58(account)}`,
    'name console', `after ${bare(after)}`].join('\n'),
});

// What is signed of a text: itself, wrapped as wallets do, and what a Ledger signs of long ones.
const forms = (text) => {
  const plain = stringToU8a(text);
  const wrapped = u8aWrapBytes(plain);
  const all = { plain, wrapped };
  if (plain.length > 256) all.plainHash = blake2AsU8a(plain);
  if (wrapped.length > 256) all.wrappedHash = blake2AsU8a(wrapped);
  return all;
};

const vectors = [];
const sign = (kind, pair, account, name, text) => {
  for (const [form, bytes] of Object.entries(forms(text))) {
    vectors.push({
      what: name, kind, form, account: ss58(account), signer: ss58(pair.addressRaw), text,
      signature: u8aToHex(pair.sign(bytes)),
    });
  }
};

for (const kind of ['sr25519', 'ed25519', 'ecdsa']) {
  const ring = new Keyring({ type: kind, ss58Format: 42 });
  const pair = ring.addFromUri('//Alice');
  const account = pair.addressRaw;
  for (const [name, text] of Object.entries(texts(account))) sign(kind, pair, account, name, text);
  const key = ring.addFromUri('//Session');
  const list = [contract, new Uint8Array(32).fill(4)];
  const scopes = {
    any: 'any', one: ss58(contract),
    list: `list ${bare(blake2AsU8a(u8aConcat(...list)).subarray(0, 20))}`,
  };
  for (const [scope, words] of Object.entries(scopes)) {
    for (const when of ['until 2026-11-27T12:30Z', 'from 2026-11-27T11:45Z']) {
      const text = ['pink session v1', `chain ${bare(genesis)}`, `cluster ${cluster}`,
        `key ${ss58(key.addressRaw)}`, `for ${words}`, when, 'name console'].join('\n');
      sign(kind, pair, account, `session ${scope} ${when.split(' ')[0]}`, text);
    }
  }
  sign(kind, key, account, 'query by session', texts(account).query);
}

console.log(JSON.stringify({
  by: '@polkadot/keyring 14.0.3', genesis: u8aToHex(genesis), after: u8aToHex(after), cluster,
  contract: ss58(contract), codeHash: u8aToHex(codeHash), input: u8aToHex(input), salt: u8aToHex(salt),
  value: value.toString(), lent: lent.toString(), vectors,
}, null, 1));
