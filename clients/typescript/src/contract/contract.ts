import { ss58, type Address } from "../address.js";
import { Asker, limitsFrom } from "../asker.js";
import type { Hex } from "../bytes.js";
import { toPalletWeight } from "../chain/pallet.js";
import { errorOfReceipt, PinkError } from "../errors.js";
import type { Receipts } from "../receipts.js";
import type { StorageDeposit, Weight } from "../scale/types.js";
import { accountOf } from "../session/session.js";
import { Transaction } from "../transaction.js";
import type { ClusterEvent } from "../scale/types.js";
import type { UnknownEvent } from "../worker/json.js";
import type { Asked, ContractInfo } from "../worker/worker.js";
import { callable, codecsOf, decodeEvents, unwrap, type ContractEvent, type Descriptor, type EventOf, type Messages, type ResponseOf, type Storage, type StorageKey, type StoredAt } from "./ink.js";

/** What a message takes. */
export type DataOf<M> = M extends { message: infer A } ? ({} extends A ? { data?: A } : { data: A }) : { data?: Record<string, unknown> };

/** Terms of a query. */
export interface QueryTerms {
  /** Who asks. A session has to speak for it. Left out: whoever has a session for the contract, else nobody. `null`: nobody. */
  origin?: Address | null;
  /** Money for the contract. */
  value?: bigint;
  options?: { gasLimit?: Weight; storageDepositLimit?: bigint };
  /** After which block [default: the newest]. */
  at?: number;
  /**
   * `query`: free, with the world beyond the chain. `estimate`: just as the transaction would be [default of
   * messages that change something].
   */
  mode?: "query" | "estimate";
  signal?: AbortSignal;
}

/** Terms of a transaction. Limits that are left out are estimated first. */
export interface SendTerms {
  /** Money for the contract. */
  value?: bigint;
  options?: { gasLimit?: Weight; storageDepositLimit?: bigint };
  /** The most to pay on the chain for the message's place in the queue [default: the client's]. */
  maxOrderingFee?: bigint;
  /** The highest gas price to accept [default: the one when it is queued]. */
  maxGasPrice?: bigint;
}

/** What a query gave. */
export interface Queried<R, E> {
  response: R;
  /** What the contract would have emitted. */
  events: ContractEvent<E>[];
  /** All that would have happened in the cluster. */
  allEvents: (ClusterEvent | UnknownEvent)[];
  /** The least limit under which the same succeeds, the message's base included. */
  gasRequired: Weight;
  storageDeposit: StorageDeposit;
  /** The block after which it is so. */
  block: number;
  log: Asked["log"];
  /** The same as a transaction. It is estimated once more when it is signed. */
  send(terms?: Omit<SendTerms, "value">): Transaction<R>;
}

/** What can fail without a fault of anybody's is a result. */
export type Result<T> = { success: true; value: T } | { success: false; value: PinkError };

/** A contract at an address. */
export class Contract<D extends Descriptor = Descriptor> {
  /** Its address, as SS58 of prefix 42. */
  readonly address: string;

  /** Made by the client's `getContract`. */
  constructor(
    private readonly descriptor: D,
    address: Address,
    private readonly asker: Asker,
    private readonly receipts: Receipts,
    private readonly maxOrderingFee: () => Promise<bigint>,
  ) {
    this.address = ss58(address);
    codecsOf(descriptor);
  }

  /**
   * Asks a message, for free.
   *
   * That the contract failed, or that the worker refused, isn't thrown: it is the result.
   */
  async query<L extends string & keyof Messages<D>>(
    message: L,
    terms: QueryTerms & DataOf<Messages<D>[L]>,
  ): Promise<Result<Queried<ResponseOf<D, L>, EventOf<D>>>> {
    const { data, origin, value = 0n, options = {}, at, signal, mode } = terms as QueryTerms & { data?: Record<string, unknown> };
    const codec = callable(this.descriptor, "message", message);
    const input = codec.encode(data);
    if (value > 0n && !codec.payable) throw new TypeError(`the message ${message} takes no money`);
    try {
      const ask = { ...options, value, at, signal, origin };
      const estimating = (mode ?? (codec.mutates ? "estimate" : "query")) === "estimate";
      const asked = estimating ? (await this.asker.estimateCall(this.address, input, ask)).asked : await this.asker.query(this.address, input, ask);
      const { receipt, block, log } = asked;
      const failed = errorOfReceipt(receipt, (output) => readError(codec.decode(output)));
      if (failed) return { success: false, value: failed };
      if (asked.withheld) {
        throw new PinkError("NotSigned", `What the contract answers ${asked.origin} is told to nobody else`, { origin: asked.origin });
      }
      type R = ResponseOf<D, L>;
      const response = unwrap(readOutput(codec.decode, receipt.output), receipt.output) as R;
      const events = decodeEvents(this.descriptor, this.address, receipt.events as { type: string; value: unknown }[]);
      const { gasRequired, storageDeposit } = receipt;
      const send = (more: Omit<SendTerms, "value"> = {}) => this.#transaction<R>(message, input, { ...more, value });
      return { success: true, value: { response, events, allEvents: receipt.events, gasRequired, storageDeposit, block, log, send } };
    } catch (error) {
      if (error instanceof PinkError) return { success: false, value: error };
      throw error;
    }
  }

  /** A message as a transaction. */
  send<L extends string & keyof Messages<D>>(message: L, terms: SendTerms & DataOf<Messages<D>[L]>): Transaction<ResponseOf<D, L>> {
    const { data, ...others } = terms as SendTerms & { data?: Record<string, unknown> };
    const codec = callable(this.descriptor, "message", message);
    if ((others.value ?? 0n) > 0n && !codec.payable) throw new TypeError(`the message ${message} takes no money`);
    return this.#transaction(message, codec.encode(data), others);
  }

  #transaction<R>(message: string, input: Uint8Array, terms: SendTerms): Transaction<R> {
    const { value = 0n, options = {}, maxGasPrice } = terms;
    const codec = callable(this.descriptor, "message", message);
    const { pallet } = this.asker;
    return new Transaction<R>(
      pallet,
      this.receipts,
      async (signer) => {
        let { gasLimit, storageDepositLimit } = options;
        if (!gasLimit || storageDepositLimit === undefined) {
          const origin = accountOf(signer.publicKey);
          const { asked, limit } = await this.asker.estimateCall(this.address, input, { ...options, value, origin });
          const failed = errorOfReceipt(asked.receipt, (output) => readError(codec.decode(output)));
          // Who knows it better gives limits.
          if (failed) throw failed;
          const limits = limitsFrom(asked.receipt, limit, (await pallet.limits()).most, this.asker.margin);
          gasLimit ??= limits.gasLimit;
          storageDepositLimit ??= limits.storageDepositLimit;
        }
        return pallet.extrinsic("call_contract", {
          contract: this.address,
          input,
          value,
          gas_limit: toPalletWeight(gasLimit),
          storage_deposit_limit: storageDepositLimit,
          max_gas_price: maxGasPrice,
          max_ordering_fee: terms.maxOrderingFee ?? (await this.maxOrderingFee()),
        });
      },
      decoder<R>(codec.decode),
    );
  }

  /** The contract's own events among those of a receipt or of a query; what can't be decoded is given as it is. */
  filterEvents(events: readonly { type: string; value: unknown }[]): ContractEvent<EventOf<D>>[] {
    return decodeEvents(this.descriptor, this.address, events);
  }

  /** How the worker knows it; `undefined` if there is no contract at the address. */
  async info(): Promise<ContractInfo | undefined> {
    await this.asker.same();
    return this.asker.worker.contract(this.address);
  }

  /** Whether the contract at the address has the code that the metadata belongs to. */
  async isCompatible(): Promise<boolean> {
    const expected = codeHashOf(this.descriptor);
    return (await this.info())?.codeHash === expected;
  }

  /** Throws unless the contract at the address has the code that the metadata belongs to. */
  async ensureCompatible(): Promise<void> {
    const expected = codeHashOf(this.descriptor);
    const found = (await this.info())?.codeHash;
    if (found === expected) return;
    const sentence = found ? `The contract has the code ${found}, the metadata belongs to ${expected}` : `There is no contract at ${this.address}`;
    throw new PinkError("Incompatible", sentence, { expected, found });
  }

  /** Its storage, read by the metadata's layout. */
  getStorage() {
    const { builder } = codecsOf(this.descriptor);
    const read = async (label: string, key: unknown, at?: number): Promise<unknown> => {
      const codecs = builder.buildStorage(label);
      const encoded = (codecs.key.enc as (key: unknown) => Uint8Array)(key);
      const value = await this.asker.worker.storage(this.address, encoded, at);
      return value && codecs.value.dec(value);
    };
    return {
      /** What lies at the contract's root; `undefined` if nothing does. */
      getRoot: (at?: number) => read("", undefined, at) as Promise<StoredAt<D, ""> | undefined>,
      /** A value of a mapping, or of a lazy field. */
      getNested: <L extends string & Exclude<keyof Storage<D>, "">>(label: L, key?: StorageKey<D, L>, at?: number) =>
        read(label, key, at) as Promise<StoredAt<D, L> | undefined>,
    };
  }
}

/** The hash of the code that metadata belongs to. */
export const codeHashOf = (descriptor: Descriptor): Hex =>
  (descriptor.codeHash ?? (descriptor.metadata as { source: { hash: string } }).source.hash.toLowerCase()) as Hex;

/** What a contract returned when it reverted: the error, without ink!'s wrapping if there is one. */
export function readError(returned: unknown): unknown {
  const result = returned as { success?: boolean; value?: unknown } | undefined;
  const inner = result?.success === true ? (result.value as typeof result) : result;
  return inner?.success === false ? inner.value : returned;
}

function readOutput(decode: (output: Uint8Array) => unknown, output: Uint8Array): unknown {
  try {
    return decode(output);
  } catch (cause) {
    throw new PinkError("LangError", "What the contract returned can't be read by its metadata", { message: undefined, raw: output }, { cause });
  }
}

/** Reads what a transaction's contract returned. */
export const decoder =
  <R>(decode: (output: Uint8Array) => unknown) =>
  (output: Uint8Array): { response?: R; message?: unknown } => {
    const returned = decode(output);
    const wrapped = returned as { success?: boolean } | undefined;
    return wrapped?.success === false ? { message: readError(returned) } : { response: unwrap(returned, output) as R, message: readError(returned) };
  };
