import type { Address } from "../address.js";
import { ss58 } from "../address.js";
import { toBytes, toHex, type BytesLike, type Hex } from "../bytes.js";
import { PinkError } from "../errors.js";
import type { MessageFacts, Weight } from "../scale/types.js";
import { messageOf, triedOf, wholeOf, type MessageJson, type ReceiptJson, type Tried } from "./json.js";
import { rehearsedOf, type Rehearsed, type RehearsedJson } from "./rehearsed.js";
import { connect, RpcRefusal, type Connection, type ConnectionOptions } from "./transport.js";

/** The kind of an account's key. */
export type KeyKind = "sr25519" | "ed25519" | "ecdsa";

/** Who signed a question, and how. Made by a session, or by `signQuestion`. */
export interface Auth {
  signer: string;
  kind: KeyKind;
  signature: Hex;
  after: Hex;
  session?: { account: string; kind: KeyKind; text: string; signature: Hex; contracts?: string[] };
}

/** Terms on which something is tried out. What is left out is what the operator allows. */
export interface AskOptions {
  auth?: Auth | undefined;
  value?: bigint | undefined;
  gasLimit?: Weight | undefined;
  storageDepositLimit?: bigint | undefined;
  /** After which block [default: the newest]. */
  at?: number | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** How a worker stands. */
export interface WorkerInfo {
  cluster: bigint;
  genesis: Hex | undefined;
  status: "running" | "parked" | "waiting" | "destroyed";
  parked: { block: number; seq: number | null; cause: string | null; reason: string | null } | undefined;
  engine: string | undefined;
  block: number | undefined;
  stateRoot: Hex | undefined;
  nextSeq: bigint | undefined;
  finalized: { number: number; hash: Hex } | undefined;
  lag: number | undefined;
  ready: boolean;
  gasPrice: bigint | undefined;
  depositPerItem: bigint | undefined;
  depositPerByte: bigint | undefined;
  existentialDeposit: bigint | undefined;
}

/** What a query or an estimate gave. */
export interface Asked {
  block: number;
  engine: string;
  origin: string;
  /** Who is asked for didn't sign: what the contract said isn't told. */
  withheld: boolean;
  receipt: Tried;
  log: { level: number; contract: string | null; text: string }[];
}

/** An extrinsic, and what it queued for the cluster. */
export interface OfExtrinsic {
  /** Its index in the block. */
  index: number;
  /** The first message that it queued. */
  firstSeq: bigint;
  /** How many it queued: those from `firstSeq` on. */
  messages: number;
}

/** A receipt with what shows it: a claim, until the root is known to be the confirmed one. */
export interface ClaimedReceipt {
  block: number;
  /** Which of the cluster's messages in it, from 0. */
  index: number;
  seq: bigint;
  /** The extrinsic that queued it: nothing proves that, but the chain's own entry. `undefined` if a hook of the chain did, or nobody kept it. */
  extrinsic: OfExtrinsic | undefined;
  bytes: Uint8Array;
  proof: { root: Hex; nodes: Hex[] } | undefined;
}

/** A message as a worker says that it was ordered: a claim, until it is compared with the chain. */
export interface ClaimedMessage {
  seq: bigint;
  /** The block that ordered it. */
  block: number;
  /** Which of the cluster's messages in it, from 0. */
  index: number;
  /** The index in the block of the extrinsic that queued it; `undefined` if a hook of the chain did, or nobody kept it. */
  extrinsic: number | undefined;
  /** The block's time, in milliseconds of the Unix epoch. */
  nowMs: number;
  message: MessageFacts;
  /** What the worker says to the chain about the block, if it has something to say: SCALE of a checkpoint. */
  checkpoint: Hex | undefined;
}

/** A contract, as a worker knows it. */
export interface ContractInfo {
  block: number;
  engine: string;
  codeHash: Hex;
  storageBytes: bigint;
  storageItems: bigint;
  tombstone: boolean;
  free: bigint;
  held: bigint;
}

/** What a worker tells of its log. */
export type LogEvent =
  | ({ event: "record"; sequence: number; kind: string | null; block: number; contract: string | null } & {
      entry?: string; mode?: string; timestampMs?: number; level?: number; text?: string; order?: string;
      topics?: Hex[]; data?: Hex; origin?: string; nonce?: Hex; weight?: number;
    })
  | { event: "lost"; records: number }
  | { event: "restarted" };

/** Which of the log. */
export interface LogFilter {
  contract?: Address;
  kinds?: ("log" | "event" | "output" | "commandRefused" | "weightSet" | "handlerSet")[];
  level?: number;
  /** From this record's number on [default: from now on]. */
  from?: number;
  signal?: AbortSignal;
}

const big = (value: unknown) => (value === null || value === undefined ? undefined : BigInt(value as string));
const some = <T>(value: T | null | undefined) => value ?? undefined;

/** Parameters by name, without those that are left out; whole numbers as text. */
function named(params: Record<string, unknown>): object {
  return JSON.parse(JSON.stringify(params, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value))) as object;
}

const SESSION_CODES = [9023, 9027];

/** The error that a worker's refusal is. */
function refused(error: unknown, contract?: Address): unknown {
  if (!(error instanceof RpcRefusal)) return error;
  const { code, message, data } = error;
  const hint = data?.hint;
  const sentence = `The worker says: ${message}`;
  if (SESSION_CODES.includes(code)) return new PinkError("SessionExpired", sentence, { code }, { hint, cause: error });
  if (code === 9025) return new PinkError("SessionScope", sentence, { contract: contract ? ss58(contract) : "" }, { cause: error });
  if (code === 9001) return new PinkError("Parked", sentence, { block: undefined, cause: undefined }, { hint, cause: error });
  return new PinkError("WorkerError", sentence, { code, name: data?.name, details: data?.details }, { hint, cause: error });
}

/** A worker, by its JSON-RPC. */
export class Worker {
  readonly connection: Connection;

  constructor(url: string, options?: ConnectionOptions) {
    this.connection = connect(url, options);
  }

  async #call<T>(method: string, params: Record<string, unknown>, signal?: AbortSignal, contract?: Address): Promise<T> {
    try {
      return (await this.connection.request(method, named(params), signal)) as T;
    } catch (error) {
      throw refused(error, contract);
    }
  }

  /** How it stands. */
  async info(signal?: AbortSignal): Promise<WorkerInfo> {
    const it = await this.#call<Record<string, any>>("cluster_v1_info", {}, signal);
    return {
      cluster: BigInt(it.cluster),
      genesis: some(it.genesis),
      status: it.status,
      parked: some(it.parked),
      engine: some(it.engine),
      block: some(it.block),
      stateRoot: some(it.stateRoot),
      nextSeq: big(it.nextSeq),
      finalized: some(it.finalized),
      lag: some(it.lag),
      ready: it.ready,
      gasPrice: big(it.gasPrice),
      depositPerItem: big(it.depositPerItem),
      depositPerByte: big(it.depositPerByte),
      existentialDeposit: big(it.existentialDeposit),
    };
  }

  async #ask(method: string, params: Record<string, unknown>, { signal, ...options }: AskOptions, contract?: Address): Promise<Asked> {
    const asked = await this.#call<Omit<Asked, "receipt"> & { receipt: ReceiptJson }>(method, { ...params, ...options }, signal, contract);
    return { ...asked, receipt: triedOf(asked.receipt) };
  }

  /** Asks a contract, for free. Without a signature nobody asks. */
  query(contract: Address, input: BytesLike, options: AskOptions & { lent?: bigint } = {}): Promise<Asked> {
    return this.#ask("cluster_v1_query", { contract: ss58(contract), input: toHex(toBytes(input)) }, options, contract);
  }

  /** What a call would do, and cost. */
  estimateCall(contract: Address, input: BytesLike, options: AskOptions & { origin?: Address | undefined } = {}): Promise<Asked> {
    const origin = options.origin && ss58(options.origin);
    return this.#ask("cluster_v1_estimateCall", { contract: ss58(contract), input: toHex(toBytes(input)) }, { ...options, origin } as AskOptions, contract);
  }

  /** What the making of a contract would do, and cost. */
  estimateInstantiate(
    code: { hash: Hex } | { upload: Uint8Array },
    input: BytesLike,
    options: AskOptions & { origin?: Address | undefined; salt?: BytesLike } = {},
  ): Promise<Asked> {
    const written = "hash" in code ? code : { upload: toHex(code.upload) };
    const { salt, origin, ...others } = options;
    const params = { code: written, input: toHex(toBytes(input)), salt: toHex(toBytes(salt ?? "0x")), origin: origin && ss58(origin) };
    return this.#ask("cluster_v1_estimateInstantiate", params, others);
  }

  /**
   * What having stored code run compiled would do, and cost. Of code that does, it ends as `CodeAlreadyActive`, with the block from
   * which on in its detail; where the engine compiles nothing, as `Unsupported`.
   */
  estimateActivate(codeHash: Hex, options: Pick<AskOptions, "gasLimit" | "at" | "timeoutMs" | "signal"> & { origin?: Address | undefined } = {}): Promise<Asked> {
    const { origin, ...others } = options;
    return this.#ask("cluster_v1_estimateActivate", { codeHash, origin: origin && ss58(origin) }, others);
  }

  /** A message's receipt, with what shows it; `undefined` as long as the worker has none. */
  receipt(seq: bigint, signal?: AbortSignal): Promise<ClaimedReceipt | undefined> {
    // A number of the queue stays far below 2^53.
    return this.#receipt({ seq: Number(seq) }, signal);
  }

  /**
   * The receipt of the first message that an extrinsic queued, with what shows it; `undefined` as long as the worker hasn't
   * executed the block.
   *
   * @throws {@link PinkError} `WorkerError`: 9009 if the extrinsic queued nothing for the cluster, 9003 if the block isn't kept.
   */
  receiptOf(block: number, index: number, signal?: AbortSignal): Promise<ClaimedReceipt | undefined> {
    return this.#receipt({ block, index }, signal);
  }

  async #receipt(which: object, signal?: AbortSignal): Promise<ClaimedReceipt | undefined> {
    type Extrinsic = { index: number; firstSeq: number; messages: number };
    type Json = { block: number; index: number; seq: number; extrinsic?: Extrinsic | null; bytes: Hex; proof: ClaimedReceipt["proof"] | null };
    try {
      const it = await this.#call<Json>("cluster_v1_receipt", { ...which, proof: true }, signal);
      const extrinsic = it.extrinsic ? { ...it.extrinsic, firstSeq: BigInt(it.extrinsic.firstSeq) } : undefined;
      return { block: it.block, index: it.index, seq: BigInt(it.seq), extrinsic, bytes: toBytes(it.bytes), proof: some(it.proof) };
    } catch (error) {
      if (error instanceof PinkError && error.is("WorkerError") && error.value.code === 9008) return undefined;
      throw error;
    }
  }

  /** A message as it was ordered; `undefined` as long as the worker hasn't executed it. */
  async message(seq: bigint, signal?: AbortSignal): Promise<ClaimedMessage | undefined> {
    type Json = { seq: number; block: number; index: number; extrinsic?: number | null; nowMs: number; message: MessageJson; checkpoint: Hex | null };
    try {
      const it = await this.#call<Json>("cluster_v1_message", { seq: Number(seq) }, signal);
      const [block, index, nowMs] = [wholeOf(it.block, "a block"), wholeOf(it.index, "an index"), wholeOf(it.nowMs, "a time")];
      const extrinsic = it.extrinsic === null || it.extrinsic === undefined ? undefined : wholeOf(it.extrinsic, "an extrinsic");
      return { seq: BigInt(it.seq), block, index, extrinsic, nowMs, message: messageOf(it.message), checkpoint: some(it.checkpoint) };
    } catch (error) {
      if (error instanceof PinkError && error.is("WorkerError") && error.value.code === 9008) return undefined;
      throw error;
    }
  }

  /**
   * What one message would have done under a newer engine, on the very state that it met: its block's earlier messages are executed
   * as they were, and nothing that came behind it is. The worker answers it to its own machine alone, unless its operator says
   * otherwise (`--rpc-methods`).
   *
   * @param to The version, like `2.1`.
   */
  async rehearseMessage(seq: bigint, to: string, signal?: AbortSignal): Promise<Rehearsed> {
    return rehearsedOf(await this.#call<RehearsedJson>("worker_v1_rehearseMessage", { seq: Number(seq), to }, signal));
  }

  /** A contract; `undefined` if there is none at the address. */
  async contract(contract: Address, at?: number): Promise<ContractInfo | undefined> {
    type Json = Record<"block" | "storageBytes" | "storageItems", number> & { engine: string; codeHash: Hex; tombstone: boolean; free: string; held: string };
    try {
      const it = await this.#call<Json>("cluster_v1_contract", { contract: ss58(contract), at });
      return { ...it, storageBytes: BigInt(it.storageBytes), storageItems: BigInt(it.storageItems), free: BigInt(it.free), held: BigInt(it.held) };
    } catch (error) {
      if (error instanceof PinkError && error.is("WorkerError") && error.value.code === 9004) return undefined;
      throw error;
    }
  }

  /** A value of a contract's storage, by the contract's own key. */
  async storage(contract: Address, key: BytesLike, at?: number): Promise<Uint8Array | undefined> {
    const it = await this.#call<{ value: Hex | null }>("cluster_v1_storage", { contract: ss58(contract), key: toHex(toBytes(key)), at });
    return it.value === null ? undefined : toBytes(it.value);
  }

  /** What contracts say, as they say it. */
  async *logs({ signal, contract, ...filter }: LogFilter = {}): AsyncGenerator<LogEvent> {
    const params = named({ ...filter, contract: contract && ss58(contract) });
    try {
      yield* this.connection.subscribe("cluster_v1_subscribeLogs", params, "cluster_v1_unsubscribeLogs", signal) as AsyncGenerator<LogEvent>;
    } catch (error) {
      throw refused(error);
    }
  }

  /** Ends all sessions of a name that an account began. */
  async revokeSession(name: string, auth: Auth): Promise<void> {
    await this.#call<boolean>("cluster_v1_revokeSession", { name, auth });
  }

  /** Ends the connection. */
  close(): void {
    this.connection.close();
  }
}
