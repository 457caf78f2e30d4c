/**
 * Contracts that a Substrate chain orders and workers execute: call them, ask them, and check what is said.
 *
 * @module
 */
export { contractAddress, sameAccount, ss58, type Address } from "./address.js";
export type { Limits } from "./asker.js";
export type { BytesLike, Hex } from "./bytes.js";
export { createPinkClient, PinkClient, type MoneyTerms, type PinkClientOptions } from "./client.js";
export { Confirmations } from "./chain/confirmations.js";
export { History } from "./chain/history.js";
export { Pallet, type ClusterRecord, type Queued } from "./chain/pallet.js";
export { readBundle, type Bundle } from "./contract/bundle.js";
export { Contract, type DataOf, type Queried, type QueryTerms, type Result, type SendTerms } from "./contract/contract.js";
export { Deployer, type DeployTerms, type DryRun } from "./contract/deployer.js";
export { decodeEvents, describe, type Constructors, type ContractEvent, type Descriptor, type EventOf, type Messages, type Response, type ResponseOf, type Storage, type StorageKey, type StoredAt } from "./contract/ink.js";
export { PinkError, type PinkErrors, type PinkErrorType } from "./errors.js";
export { QueuedMessages, type Ordered } from "./messages.js";
export { Receipts, type Proven, type ReceiptStage, type Unproven, type WaitOptions } from "./receipts.js";
export { decodeQueuedMessage, factsOf } from "./scale/message.js";
export { decodeCheckpoint, decodeMessageReceipt, decodeReceipt, encodeCheckpoint } from "./scale/receipt.js";
export type { Checkpoint, CheckpointEffect, ClusterEvent, ClusterMessage, Effect, EngineVersion, Failure, Hash, MessageFacts, MessageReceipt, Outcome, QueuedMessage, Receipt, StorageDeposit, Weight } from "./scale/types.js";
export { Session, type BytesSigner, type SessionOptions, type StoredSession } from "./session/session.js";
export { Transaction, type Executed, type Stage, type SubmitOptions } from "./transaction.js";
export { Worker, type AskOptions, type Asked, type Auth, type ClaimedMessage, type ClaimedReceipt, type ContractInfo, type KeyKind, type LogEvent, type LogFilter, type WorkerInfo } from "./worker/worker.js";
export type { Rehearsed } from "./worker/rehearsed.js";
export type { InkDescriptors } from "@polkadot-api/ink-contracts";
