/**
 * A worker's JSON-RPC.
 *
 * @module
 */
export { type ConnectionOptions, type Connection, RpcRefusal } from "./transport.js";
export type { Tried, UnknownEvent } from "./json.js";
export type { Rehearsed } from "./rehearsed.js";
export { Worker } from "./worker.js";
export type { AskOptions, Asked, Auth, ClaimedReceipt, ContractInfo, KeyKind, LogEvent, LogFilter, OfExtrinsic, WorkerInfo } from "./worker.js";
