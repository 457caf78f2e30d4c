import {
  AccountId,
  Bytes,
  Hex as HexCodec,
  Option,
  Struct,
  Variant,
  Vector,
  _void,
  bool,
  str,
  u128,
  u32,
  u64,
  type Codec,
  type CodecType,
  type SizedHex,
} from "@polkadot-api/substrate-bindings";
import { equalBytes, toBytes, type BytesLike } from "../bytes.js";

// The prefix of addresses that worker and development chain write.
const account = AccountId(42);
const hash = HexCodec(32);
const version = Struct({ major: u32, minor: u32 });
const weight = Struct({ refTime: u64, proofSize: u64 });

/** Why something failed, in the terms of the engine's rules. */
const failure = Struct({ error: str, detail: str });

const outcome = Variant(
  { Success: _void, Reverted: _void, Trapped: failure, OutOfGas: _void, Rejected: failure },
  [0, 1, 2, 3, 4],
);

const storageDeposit = Variant({ Charge: u128, Refund: u128 }, [0, 1]);

const effect = Variant(
  { Withdrawn: Struct({ debited: bool }), UpgradeRequested: Struct({ to: version }), UpgradeFailed: _void },
  [0, 1, 2],
);

/** The indices are the chain's history: none is ever given a second meaning. */
const event = Variant(
  {
    NewAccount: Struct({ account }),
    Endowed: Struct({ account, amount: u128 }),
    Transfer: Struct({ from: account, to: account, amount: u128 }),
    KilledAccount: Struct({ account }),
    DustLost: Struct({ account, amount: u128 }),
    Deposited: Struct({ account, amount: u128 }),
    Withdrawn: Struct({ account, amount: u128 }),
    Instantiated: Struct({ deployer: account, contract: account }),
    ContractEmitted: Struct({ contract: account, topics: Vector(hash), data: Bytes() }),
    CodeStored: Struct({ codeHash: hash, depositHeld: u128, uploader: account }),
    CodeRemoved: Struct({ codeHash: hash, depositReleased: u128, remover: account }),
    Terminated: Struct({ contract: account, beneficiary: account }),
    Called: Struct({ caller: account, contract: account }),
    DelegateCalled: Struct({ contract: account, codeHash: hash }),
    ContractCodeUpdated: Struct({ contract: account, newCodeHash: hash, oldCodeHash: hash }),
    StorageDepositTransferredAndHeld: Struct({ from: account, to: account, amount: u128 }),
    StorageDepositTransferredAndReleased: Struct({ from: account, to: account, amount: u128 }),
    Evicted: Struct({ contract: account }),
    Restored: Struct({ restorer: account, dest: account, codeHash: hash, rentAllowance: u128 }),
    ScheduleUpdated: Struct({ version: u32 }),
    Upgraded: Struct({ from: version, to: version }),
    TombstoneRemoved: Struct({ contract: account, balance: u128 }),
    CodeDisabled: Struct({ codeHash: hash, reason: str }),
  },
  [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 30, 31, 32, 40, 41, 42],
);

const receipt = Struct({
  outcome,
  gasLimit: weight,
  gasConsumed: weight,
  gasRequired: weight,
  gasPrice: u128,
  fee: u128,
  refund: u128,
  storageDeposit,
  output: Bytes(),
  address: Option(account),
  codeHash: Option(hash),
  events: Vector(event),
  effects: Vector(effect),
});

const messageReceipt = Struct({ seq: u64, engine: version, receipt });

const checkpointEffect = Variant(
  {
    Withdrawn: Struct({ seq: u64, outcome: Variant({ Debited: _void, Refused: _void }, [0, 1]) }),
    UpgradeRequested: Struct({ seq: u64, to: version }),
    UpgradeFailed: Struct({ seq: u64 }),
    SetupFailed: Struct({ seq: u64 }),
    Amended: Struct({ seq: u64, by: u32 }),
  },
  [0, 1, 2, 3, 4],
);

const checkpoint = Struct({
  block: u32,
  lastSeq: u64,
  engine: version,
  root: hash,
  receiptsRoot: hash,
  messageHash: hash,
  effects: Vector(checkpointEffect),
});

/** Gas in its two dimensions: picoseconds of computation, and bytes of state read. */
export type Weight = CodecType<typeof weight>;
/** An engine's version. */
export type EngineVersion = CodecType<typeof version>;
/** Why something failed, in the terms of the engine's rules. */
export type Failure = CodecType<typeof failure>;
/** How a message ended. All but `Rejected` pay for their gas; all but `Success` change nothing else. */
export type Outcome = CodecType<typeof outcome>;
/** What a message moved into, or out of, storage deposits, seen from its sender. */
export type StorageDeposit = CodecType<typeof storageDeposit>;
/** What happened in a cluster. */
export type ClusterEvent = CodecType<typeof event>;
/** The result of one message, the same on every honest worker. */
export type Receipt = CodecType<typeof receipt>;
/** A receipt with its message's number and the engine that executed it: what is under a `receipts_root`. */
export type MessageReceipt = CodecType<typeof messageReceipt>;
/** What workers say, and agree about, after a block. */
export type Checkpoint = CodecType<typeof checkpoint>;
/** 32 bytes of hex. */
export type Hash = SizedHex<32>;

/** Reads bytes that are all of something: written again they must be the same. */
function whole<T>(codec: Codec<T>, bytes: BytesLike, what: string): T {
  const given = toBytes(bytes);
  let value: T;
  let again: Uint8Array;
  try {
    value = codec.dec(given);
    again = codec.enc(value);
  } catch (error) {
    throw new TypeError(`these ${given.length} bytes aren't a ${what}; the worker may be newer than this client`, {
      cause: error,
    });
  }
  if (!equalBytes(given, again)) throw new TypeError(`these ${given.length} bytes aren't a ${what} and nothing else`);
  return value;
}

/** Reads a receipt's canonical bytes, whole. */
export const decodeMessageReceipt = (bytes: BytesLike): MessageReceipt => whole(messageReceipt, bytes, "message's receipt");

/** Reads what an engine gave for a message. */
export const decodeReceipt = (bytes: BytesLike): Receipt => whole(receipt, bytes, "receipt");

/** Reads a checkpoint. */
export const decodeCheckpoint = (bytes: BytesLike): Checkpoint => whole(checkpoint, bytes, "checkpoint");

/** A checkpoint's bytes. The chain keeps their BLAKE2b-256 once it is confirmed. */
export const encodeCheckpoint = (value: Checkpoint): Uint8Array => checkpoint.enc(value);
