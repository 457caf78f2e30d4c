import type { Hex } from "../bytes.js";

/** 32 bytes of hex. */
export type Hash = Hex;

/** One of several: which, and what it is about. */
type Tagged<T extends object> = { [K in keyof T]: { type: K; value: T[K] } }[keyof T];

/** Gas in its two dimensions. */
export interface Weight {
  /** Picoseconds of computation. */
  refTime: bigint;
  /** Bytes of state read. */
  proofSize: bigint;
}

/** An engine's version. */
export interface EngineVersion {
  major: number;
  minor: number;
}

/** Why something failed, in the terms of the engine's rules. */
export interface Failure {
  /** The error's name in the rules, like `ContractNotFound`. */
  error: string;
  /** What was expected and what was found; may be empty. */
  detail: string;
}

/** How a message ended. All but `Rejected` pay for their gas; all but `Success` change nothing else. */
export type Outcome = Tagged<{
  Success: undefined;
  Reverted: undefined;
  Trapped: Failure;
  OutOfGas: undefined;
  Rejected: Failure;
}>;

/** What a message moved into, or out of, storage deposits, seen from its sender. */
export type StorageDeposit = Tagged<{ Charge: bigint; Refund: bigint }>;

/** What a message asks of the chain, once it is confirmed. */
export type Effect = Tagged<{
  Withdrawn: { debited: boolean };
  UpgradeRequested: { to: EngineVersion };
  UpgradeFailed: undefined;
}>;

/** What happened in a cluster. Accounts are SS58 of prefix 42. */
export type ClusterEvent = Tagged<{
  NewAccount: { account: string };
  Endowed: { account: string; amount: bigint };
  Transfer: { from: string; to: string; amount: bigint };
  KilledAccount: { account: string };
  DustLost: { account: string; amount: bigint };
  Deposited: { account: string; amount: bigint };
  Withdrawn: { account: string; amount: bigint };
  Instantiated: { deployer: string; contract: string };
  ContractEmitted: { contract: string; topics: Hash[]; data: Uint8Array };
  CodeStored: { codeHash: Hash; depositHeld: bigint; uploader: string };
  CodeRemoved: { codeHash: Hash; depositReleased: bigint; remover: string };
  Terminated: { contract: string; beneficiary: string };
  Called: { caller: string; contract: string };
  DelegateCalled: { contract: string; codeHash: Hash };
  ContractCodeUpdated: { contract: string; newCodeHash: Hash; oldCodeHash: Hash };
  StorageDepositTransferredAndHeld: { from: string; to: string; amount: bigint };
  StorageDepositTransferredAndReleased: { from: string; to: string; amount: bigint };
  CodeActivated: { codeHash: Hash; compiledFrom: number };
  Evicted: { contract: string };
  Restored: { restorer: string; dest: string; codeHash: Hash; rentAllowance: bigint };
  ScheduleUpdated: { version: number };
  Upgraded: { from: EngineVersion; to: EngineVersion };
  TombstoneRemoved: { contract: string; balance: bigint };
  CodeDisabled: { codeHash: Hash; reason: string };
}>;

/**
 * The result of one message, the same on every honest worker. `fee + refund` is the gas limit times its price, but for
 * what was rejected.
 */
export interface Receipt {
  /** How it ended. */
  outcome: Outcome;
  /** The message's base and the sender's limit. */
  gasLimit: Weight;
  /** The base and what the execution used. */
  gasConsumed: Weight;
  /** The least limit, base included, under which the same execution succeeds. */
  gasRequired: Weight;
  /** Price of a picosecond when it was executed. */
  gasPrice: bigint;
  /** What the sender paid to the treasury. */
  fee: bigint;
  /** What came back to the sender of what was paid ahead. */
  refund: bigint;
  storageDeposit: StorageDeposit;
  /** What the contract returned, of a success and of a revert. */
  output: Uint8Array;
  /** The contract that was made. */
  address: string | undefined;
  /** The code that was stored or used. */
  codeHash: Hash | undefined;
  /** Events, in order; none of a part that was rolled back. */
  events: ClusterEvent[];
  /** What it asks of the chain. */
  effects: Effect[];
}

/** A receipt with its message's number and the engine that executed it: what is under a `receipts_root`. */
export interface MessageReceipt {
  /** The message's number in the cluster's queue. */
  seq: bigint;
  engine: EngineVersion;
  receipt: Receipt;
}

/** What a block asks of the chain. */
export type CheckpointEffect = Tagged<{
  Withdrawn: { seq: bigint; outcome: Tagged<{ Debited: undefined; Refused: undefined }> };
  UpgradeRequested: { seq: bigint; to: EngineVersion };
  UpgradeFailed: { seq: bigint };
  SetupFailed: { seq: bigint };
  Amended: { seq: bigint; by: number };
}>;

/** What workers say, and agree about, after a block. */
export interface Checkpoint {
  block: number;
  /** The last message executed. */
  lastSeq: bigint;
  /** The version that the cluster runs after the block. */
  engine: EngineVersion;
  /** The state root. */
  root: Hash;
  /** The root over the receipts of the block's messages. */
  receiptsRoot: Hash;
  /** The running message hash. */
  messageHash: Hash;
  effects: CheckpointEffect[];
}

/** A transaction of a cluster, in the form in which the chain orders it. */
export type ClusterMessage = Tagged<{
  Setup: {
    engine: EngineVersion; owner: string; deposit: bigint; gasPrice: bigint; depositPerItem: bigint; depositPerByte: bigint;
    treasury: string; existentialDeposit: bigint; engineConfig: Uint8Array; systemCode: Hash | undefined;
  };
  Deposit: { from: string; dest: string; amount: bigint };
  Withdraw: { from: string; dest: string; amount: bigint; maxGasPrice: bigint };
  Upload: { origin: string; code: Uint8Array; storageDepositLimit: bigint | undefined; maxGasPrice: bigint };
  Instantiate: {
    origin: string; code: Tagged<{ Code: Uint8Array; Hash: Hash }>; input: Uint8Array; salt: Uint8Array; value: bigint;
    gasLimit: Weight; storageDepositLimit: bigint | undefined; maxGasPrice: bigint;
  };
  Call: { origin: string; contract: string; input: Uint8Array; value: bigint; gasLimit: Weight; storageDepositLimit: bigint | undefined; maxGasPrice: bigint };
  Upgrade: { from: EngineVersion; to: EngineVersion; systemCode: Hash | undefined };
  UpdatePrices: { gasPrice: bigint; depositPerItem: bigint; depositPerByte: bigint };
  UpdateSchedule: { schedule: Uint8Array };
  ClaimSurcharge: { origin: string; contract: string; byWorker: boolean; maxGasPrice: bigint };
  Destroy: { sweepTo: string | undefined };
  RemoveCode: { origin: string; codeHash: Hash; maxGasPrice: bigint };
  ActivateCode: { origin: string; codeHash: Hash; gasLimit: Weight; maxGasPrice: bigint };
}>;

/** A message in its cluster's queue, as the chain keeps it. */
export interface QueuedMessage {
  /** The block that ordered it. */
  block: number;
  message: ClusterMessage;
  /** The index in that block of the extrinsic that queued it; `undefined` if a hook of the chain did, or if it was queued before the chain kept this. */
  extrinsic: number | undefined;
}

/** What is told of a message. Which of it there is depends on its kind. */
export interface MessageFacts {
  /** `setup`, `deposit`, `withdraw`, `upload`, `instantiate`, `call`, `upgrade`, `updatePrices`, `updateSchedule`, `claimSurcharge`, `destroy`, `removeCode` or `activateCode`. */
  kind: string;
  /** Who signed it; of money that was brought in, who paid. */
  origin?: string | undefined;
  /** Who is paid. */
  dest?: string | undefined;
  /** The contract that is called. */
  contract?: string | undefined;
  /** The code that is stored, used, removed or activated. */
  codeHash?: Hash | undefined;
  /** How long the code is that came along, in bytes. */
  codeBytes?: number | undefined;
  /** Selector and arguments. */
  input?: Hex | undefined;
  /** Part of the address. */
  salt?: Hex | undefined;
  /** Money for the contract, or that is moved. */
  value?: bigint | undefined;
  /** What the execution may use, without the message's base. */
  gasLimit?: Weight | undefined;
  /** The highest storage deposit that is accepted. */
  storageDepositLimit?: bigint | undefined;
  /** The highest gas price that is accepted. */
  maxGasPrice?: bigint | undefined;
  /** The engine that it moves the cluster to. */
  engine?: string | undefined;
}
