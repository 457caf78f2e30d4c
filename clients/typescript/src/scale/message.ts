import { AccountId, Bytes, Hex as HexCodec, Option, Struct, Variant, bool, u128, u32, u64, type Codec } from "@polkadot-api/substrate-bindings";
import { toHex, type BytesLike, type Hex } from "../bytes.js";
import { blake2b256 } from "../proof/walk.js";
import type { ClusterMessage, Hash, MessageFacts, QueuedMessage } from "./types.js";
import { whole } from "./whole.js";

// The prefix of addresses that worker and development chain write.
const account = AccountId(42);
const hash = HexCodec(32) as unknown as Codec<Hash>;
const version = Struct({ major: u32, minor: u32 });
const weight = Struct({ refTime: u64, proofSize: u64 });
const limit = Option(u128);

/** The indices are the chain's history: none is ever given a second meaning. */
const message: Codec<ClusterMessage> = Variant({
  Setup: Struct({
    engine: version, owner: account, deposit: u128, gasPrice: u128, depositPerItem: u128, depositPerByte: u128,
    treasury: account, existentialDeposit: u128, engineConfig: Bytes(), systemCode: Option(hash),
  }),
  Deposit: Struct({ from: account, dest: account, amount: u128 }),
  Withdraw: Struct({ from: account, dest: account, amount: u128, maxGasPrice: u128 }),
  Upload: Struct({ origin: account, code: Bytes(), storageDepositLimit: limit, maxGasPrice: u128 }),
  Instantiate: Struct({
    origin: account, code: Variant({ Code: Bytes(), Hash: hash }), input: Bytes(), salt: Bytes(), value: u128,
    gasLimit: weight, storageDepositLimit: limit, maxGasPrice: u128,
  }),
  Call: Struct({ origin: account, contract: account, input: Bytes(), value: u128, gasLimit: weight, storageDepositLimit: limit, maxGasPrice: u128 }),
  Upgrade: Struct({ from: version, to: version, systemCode: Option(hash) }),
  UpdatePrices: Struct({ gasPrice: u128, depositPerItem: u128, depositPerByte: u128 }),
  UpdateSchedule: Struct({ schedule: Bytes() }),
  ClaimSurcharge: Struct({ origin: account, contract: account, byWorker: bool, maxGasPrice: u128 }),
  Destroy: Struct({ sweepTo: Option(account) }),
  RemoveCode: Struct({ origin: account, codeHash: hash, maxGasPrice: u128 }),
  ActivateCode: Struct({ origin: account, codeHash: hash, gasLimit: weight, maxGasPrice: u128 }),
}) as unknown as Codec<ClusterMessage>;

const queued: Codec<QueuedMessage> = Struct({ block: u32, message, extrinsic: Option(u32) });
const queuedBefore: Codec<Omit<QueuedMessage, "extrinsic">> = Struct({ block: u32, message });

/** Reads a message as the chain keeps it in its queue, whole; also one that was queued before the chain kept the extrinsic's index, and ends ahead of it. */
export function decodeQueuedMessage(bytes: BytesLike): QueuedMessage {
  try {
    return whole(queued, bytes, "queued message");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ...whole(queuedBefore, bytes, "queued message"), extrinsic: undefined };
  }
}

const kindOf = (type: string) => `${type[0]?.toLowerCase()}${type.slice(1)}`;
const text = ({ major, minor }: { major: number; minor: number }) => `${major}.${minor}`;

/** What is told of a message, by the same names as a worker tells it: code that came along by its hash and length. */
export function factsOf({ type, value: it }: ClusterMessage): MessageFacts {
  const kind = kindOf(type);
  switch (type) {
    case "Setup":
      return { kind, origin: it.owner, value: it.deposit, engine: text(it.engine) };
    case "Deposit":
      return { kind, origin: it.from, dest: it.dest, value: it.amount };
    case "Withdraw":
      return { kind, origin: it.from, dest: it.dest, value: it.amount, maxGasPrice: it.maxGasPrice };
    case "Upload":
      return { kind, origin: it.origin, ...ofCode(it.code), storageDepositLimit: it.storageDepositLimit, maxGasPrice: it.maxGasPrice };
    case "Instantiate": {
      const { code, input, salt, ...others } = it;
      const source = code.type === "Code" ? ofCode(code.value) : { codeHash: code.value };
      return { kind, ...others, ...source, input: toHex(input), salt: toHex(salt) };
    }
    case "Call":
      return { kind, ...it, input: toHex(it.input) };
    case "Upgrade":
      return { kind, engine: text(it.to) };
    case "UpdatePrices":
    case "UpdateSchedule":
      return { kind };
    case "ClaimSurcharge":
      return { kind, origin: it.origin, contract: it.contract, maxGasPrice: it.maxGasPrice };
    case "Destroy":
      return { kind, dest: it.sweepTo };
    case "RemoveCode":
      return { kind, origin: it.origin, codeHash: it.codeHash, maxGasPrice: it.maxGasPrice };
    case "ActivateCode":
      return { kind, ...it };
  }
}

const ofCode = (code: Uint8Array): { codeHash: Hex; codeBytes: number } => ({ codeHash: toHex(blake2b256(code)), codeBytes: code.length });

/** Every fact there is, so that none is left out of a comparison. */
const NAMES: { [name in keyof Required<MessageFacts>]: true } = {
  kind: true, origin: true, dest: true, contract: true, codeHash: true, codeBytes: true, input: true, salt: true, value: true,
  gasLimit: true, storageDepositLimit: true, maxGasPrice: true, engine: true,
};

/** The first fact in which two differ. */
export function difference(one: MessageFacts, other: MessageFacts): keyof MessageFacts | undefined {
  const written = (it: MessageFacts[keyof MessageFacts]) => (typeof it === "object" ? `${it.refTime} ${it.proofSize}` : it?.toString());
  return (Object.keys(NAMES) as (keyof MessageFacts)[]).find((name) => written(one[name]) !== written(other[name]));
}
