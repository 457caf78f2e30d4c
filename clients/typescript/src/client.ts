import type { PolkadotClient } from "polkadot-api";
import { ss58, type Address } from "./address.js";
import { Asker, limitsFrom } from "./asker.js";
import { toHex, type Hex } from "./bytes.js";
import { Pallet, toPalletWeight } from "./chain/pallet.js";
import { Contract, type SendTerms } from "./contract/contract.js";
import { Deployer } from "./contract/deployer.js";
import type { Descriptor } from "./contract/ink.js";
import { errorOfReceipt } from "./errors.js";
import { blake2b256 } from "./proof/walk.js";
import { QueuedMessages } from "./messages.js";
import { Receipts } from "./receipts.js";
import type { Weight } from "./scale/types.js";
import { accountOf, Session, signRevocation, type BytesSigner, type SessionOptions, type StoredSession } from "./session/session.js";
import { Transaction } from "./transaction.js";
import type { ConnectionOptions } from "./worker/transport.js";
import { Worker, type LogEvent, type LogFilter } from "./worker/worker.js";

/** What a client is made of. */
export interface PinkClientOptions {
  /** The chain: a client of `polkadot-api`, over whatever provider. What it says is trusted. */
  chain: PolkadotClient;
  /** The worker: its address, `http://` or `ws://`. What it says is checked against the chain, where it can be. */
  worker: string | Worker;
  /** The cluster [default: 1]. */
  cluster?: bigint;
  /** The pallet's name in the runtime [default: `FatContracts`]. */
  pallet?: string;
  /** The most to pay on the chain for a message's place in the queue [default: one unit of its currency]. */
  maxOrderingFee?: bigint;
  /** By how many per cent limits are above what was estimated [default: 10]. */
  margin?: number;
  /** Of the connection to the worker. */
  connection?: ConnectionOptions;
}

/** What a message may cost. */
export type MoneyTerms = Pick<SendTerms, "maxOrderingFee" | "maxGasPrice">;

/** Contracts of a cluster: ordered by a chain, executed by workers. */
export class PinkClient {
  /** The worker. */
  readonly worker: Worker;
  /** The pallet on the chain. */
  readonly pallet: Pallet;
  /** Messages as they were ordered. */
  readonly messages: QueuedMessages;
  /** Receipts of messages. */
  readonly receipts: Receipts;
  readonly #asker: Asker;
  readonly #maxOrderingFee: () => Promise<bigint>;

  constructor(options: PinkClientOptions) {
    this.worker = typeof options.worker === "string" ? new Worker(options.worker, options.connection) : options.worker;
    this.pallet = new Pallet(options.chain, options.pallet ?? "FatContracts", options.cluster ?? 1n);
    this.messages = new QueuedMessages(this.pallet, this.worker);
    this.receipts = new Receipts(this.pallet, this.worker);
    const margin = options.margin ?? 10;
    if (!Number.isInteger(margin) || margin < 0) throw new TypeError(`a margin is a whole number of per cent, not ${margin}`);
    this.#asker = new Asker(this.worker, this.pallet, BigInt(margin));
    this.#maxOrderingFee = async () => options.maxOrderingFee ?? (await this.pallet.limits()).unit;
  }

  /** The cluster's number. */
  get cluster(): bigint {
    return this.pallet.cluster;
  }

  /** A contract at an address. */
  getContract<D extends Descriptor>(descriptor: D, address: Address): Contract<D> {
    return new Contract(descriptor, address, this.#asker, this.receipts, this.#maxOrderingFee);
  }

  /**
   * Makes contracts.
   *
   * @param code The code, to travel along; left out: code that the cluster holds already.
   */
  getDeployer<D extends Descriptor>(descriptor: D, code?: Uint8Array): Deployer<D> {
    return new Deployer(descriptor, code, this.#asker, this.receipts, this.#maxOrderingFee);
  }

  #message<R = undefined>(call: string, args: (signer: Pick<BytesSigner, "publicKey">) => Record<string, unknown> | Promise<Record<string, unknown>>, terms: MoneyTerms): Transaction<R> {
    return new Transaction<R>(this.pallet, this.receipts, async (signer) => {
      await this.#asker.same();
      return this.pallet.extrinsic(call, { ...(await args(signer)), max_ordering_fee: terms.maxOrderingFee ?? (await this.#maxOrderingFee()) });
    });
  }

  /** Stores code in the cluster, to be instantiated later. */
  upload(code: Uint8Array, terms: MoneyTerms & { storageDepositLimit?: bigint } = {}): Transaction<undefined> & { codeHash: Hex } {
    const args = { code, storage_deposit_limit: terms.storageDepositLimit, max_gas_price: terms.maxGasPrice };
    return Object.assign(this.#message("cluster_upload_resource", () => args, terms), { codeHash: toHex(blake2b256(code)) });
  }

  /**
   * Has code that the cluster holds run compiled from now on, whoever stored it. What is stored under an engine that can compile is so
   * from the start; an engine that can't rejects the message as `Unsupported`.
   *
   * @param gasLimit What compiling may cost, without the message's base [default: what it is estimated to need, with a margin; if it
   *   would fail, nothing is sent].
   */
  activateCode(codeHash: Hex, gasLimit?: Weight, terms: MoneyTerms = {}): Transaction<undefined> {
    const estimate = async (origin: Address) => {
      const { asked, limit } = await this.#asker.estimateActivate(codeHash, origin);
      const failed = errorOfReceipt(asked.receipt);
      if (failed) throw failed;
      return limitsFrom(asked.receipt, limit, (await this.pallet.limits()).most, this.#asker.margin).gasLimit;
    };
    const args = async ({ publicKey }: Pick<BytesSigner, "publicKey">) => {
      const limit = gasLimit ?? (await estimate(accountOf(publicKey)));
      return { code_hash: codeHash, gas_limit: toPalletWeight(limit), max_gas_price: terms.maxGasPrice };
    };
    return this.#message("activate_code", args, terms);
  }

  /** Brings money into the cluster [default: for the signer]. */
  deposit(amount: bigint, terms: MoneyTerms & { dest?: Address } = {}): Transaction<undefined> {
    return this.#message("transfer_to_cluster", ({ publicKey }) => ({ dest: terms.dest ? ss58(terms.dest) : accountOf(publicKey), amount }), terms);
  }

  /** Takes money out of the cluster [default: for the signer]; the chain pays it when it is confirmed. */
  withdraw(amount: bigint, terms: MoneyTerms & { dest?: Address } = {}): Transaction<undefined> {
    const args = ({ publicKey }: Pick<BytesSigner, "publicKey">) => ({ dest: terms.dest ? ss58(terms.dest) : accountOf(publicKey), amount, max_gas_price: terms.maxGasPrice });
    return this.#message("withdraw_from_cluster", args, terms);
  }

  /**
   * Has an account sign once, so that it needn't at every query: for contracts that are named, for a while.
   *
   * @param signer Any signer of `polkadot-api`. What it is shown is plain text.
   */
  async connectSession(signer: BytesSigner, options: SessionOptions): Promise<Session> {
    const session = await Session.begin(signer, await this.#asker.here(), options);
    this.#asker.add(session);
    return session;
  }

  /** Goes on with a session that a page kept. */
  restoreSession(stored: StoredSession): Session {
    const session = Session.restore(stored);
    this.#asker.add(session);
    return session;
  }

  /** Has the worker refuse an account's sessions of a name from now on. Each worker has to be told. */
  async revokeSession(signer: BytesSigner, name: string): Promise<void> {
    await this.worker.revokeSession(name, await signRevocation(signer, await this.#asker.here(), name));
    this.#asker.remove(name, accountOf(signer.publicKey));
  }

  /** What contracts say, as they say it. */
  logs(filter?: LogFilter): AsyncGenerator<LogEvent> {
    return this.worker.logs(filter);
  }

  /** Ends the connection to the worker; that to the chain is the caller's. */
  destroy(): void {
    this.worker.close();
  }
}

/** A client for a cluster's contracts. */
export const createPinkClient = (options: PinkClientOptions): PinkClient => new PinkClient(options);
