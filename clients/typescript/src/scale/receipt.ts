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
} from "@polkadot-api/substrate-bindings";
import type { Checkpoint, Hash, MessageReceipt, Receipt } from "./types.js";
import type { BytesLike } from "../bytes.js";
import { whole } from "./whole.js";

// The prefix of addresses that worker and development chain write.
const account = AccountId(42);
// What it decodes begins with 0x, though its type is any text.
const hash = HexCodec(32) as unknown as Codec<Hash>;
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
    CodeActivated: Struct({ codeHash: hash, compiledFrom: u32 }),
    Evicted: Struct({ contract: account }),
    Restored: Struct({ restorer: account, dest: account, codeHash: hash, rentAllowance: u128 }),
    ScheduleUpdated: Struct({ version: u32 }),
    Upgraded: Struct({ from: version, to: version }),
    TombstoneRemoved: Struct({ contract: account, balance: u128 }),
    CodeDisabled: Struct({ codeHash: hash, reason: str }),
  },
  [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 31, 32, 40, 41, 42],
);

const receipt: Codec<Receipt> = Struct({
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

const messageReceipt: Codec<MessageReceipt> = Struct({ seq: u64, engine: version, receipt });

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

const checkpoint: Codec<Checkpoint> = Struct({
  block: u32,
  lastSeq: u64,
  engine: version,
  root: hash,
  receiptsRoot: hash,
  messageHash: hash,
  effects: Vector(checkpointEffect),
});

/** Reads a receipt's canonical bytes, whole. */
export const decodeMessageReceipt = (bytes: BytesLike): MessageReceipt => whole(messageReceipt, bytes, "message's receipt");

/** Reads what an engine gave for a message. */
export const decodeReceipt = (bytes: BytesLike): Receipt => whole(receipt, bytes, "receipt");

/** Reads a checkpoint. */
export const decodeCheckpoint = (bytes: BytesLike): Checkpoint => whole(checkpoint, bytes, "checkpoint");

/** A checkpoint's bytes. The chain keeps their BLAKE2b-256 once it is confirmed. */
export const encodeCheckpoint = (value: Checkpoint): Uint8Array => checkpoint.enc(value);
