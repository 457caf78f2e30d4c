import { ss58, type Address } from "./address.js";
import type { BytesLike, Hex } from "./bytes.js";
import type { Pallet } from "./chain/pallet.js";
import { PinkError } from "./errors.js";
import type { Weight } from "./scale/types.js";
import type { Session } from "./session/session.js";
import type { Here, Question } from "./session/texts.js";
import type { Tried } from "./worker/json.js";
import type { Asked, Auth, AskOptions, Worker } from "./worker/worker.js";

/** What a message may use. */
export interface Limits {
  gasLimit: Weight;
  storageDepositLimit: bigint;
}

/** What is estimated: by the limit that the estimate was asked with, and what came of it. */
interface Estimate {
  asked: Asked;
  limit: Weight;
}

const least = (one: bigint, other: bigint) => (one < other ? one : other);

/** Part by part. */
const both = (one: Weight, other: Weight, of: (one: bigint, other: bigint) => bigint): Weight => ({
  refTime: of(one.refTime, other.refTime),
  proofSize: of(one.proofSize, other.proofSize),
});

/** What is charged for a message whatever it does, and is no part of its limit. */
export const baseOf = (receipt: Pick<Tried, "gasLimit">, limit: Weight): Weight =>
  both(receipt.gasLimit, limit, (whole, part) => (whole > part ? whole - part : 0n));

/** A number with so many per cent more, rounded up. */
const more = (value: bigint, percent: bigint) => (value * (100n + percent) + 99n) / 100n;

/**
 * The limits for a message, from what was estimated: what is needed, with a margin, since the state may be another
 * one when its turn comes. What isn't used is given back.
 */
export function limitsFrom(receipt: Tried, limit: Weight, most: Weight, percent: bigint): Limits {
  const needed = both(receipt.gasRequired, baseOf(receipt, limit), (whole, base) => (whole > base ? whole - base : 1n));
  const gasLimit = both(both(needed, needed, (it) => more(it, percent)), most, least);
  const { type, value } = receipt.storageDeposit;
  return { gasLimit, storageDepositLimit: type === "Charge" ? more(value, percent) : 0n };
}

/** Asks the worker, in the name of whoever has a session. */
export class Asker {
  readonly #sessions: Session[] = [];
  #same: Promise<void> | undefined;

  constructor(
    readonly worker: Worker,
    readonly pallet: Pallet,
    readonly margin: bigint,
  ) {}

  /** A session that is used from now on. */
  add(session: Session): void {
    this.#sessions.unshift(session);
  }

  /** A session that isn't used any more. */
  remove(name: string, account: string): void {
    const left = this.#sessions.filter((it) => it.name !== name || it.account !== account);
    this.#sessions.splice(0, this.#sessions.length, ...left);
  }

  /** Makes sure, once, that worker and chain are of one chain and cluster. */
  async same(): Promise<void> {
    this.#same ??= (async () => {
      const [{ genesis }, info] = await Promise.all([this.pallet.limits(), this.worker.info()]);
      if (info.cluster !== this.pallet.cluster) {
        throw new PinkError("WrongChain", `The worker serves cluster ${info.cluster}`, { expected: String(this.pallet.cluster), found: String(info.cluster) });
      }
      if (info.genesis && info.genesis !== genesis) {
        throw new PinkError("WrongChain", `The worker follows the chain ${info.genesis}, the node has ${genesis}`, { expected: genesis, found: info.genesis });
      }
    })().catch((error: unknown) => {
      this.#same = undefined;
      throw error;
    });
    return this.#same;
  }

  /** Where and when questions are signed. */
  async here(): Promise<Here> {
    await this.same();
    const { finalized, genesis } = await this.worker.info();
    if (!finalized || !genesis) throw new PinkError("Behind", "The worker knows no final block yet", { block: undefined, lag: undefined });
    return { genesis, cluster: this.pallet.cluster, after: finalized.hash };
  }

  /** The session that asks for an account, or, without one, for whoever has one for the contract. */
  #session(contract: Address | undefined, origin: Address | undefined): Session | undefined {
    const account = origin && ss58(origin);
    const open = this.#sessions.filter((it) => !account || it.account === account);
    const covering = open.filter((it) => it.covers(contract));
    return covering.find((it) => it.until.getTime() > Date.now()) ?? covering[0] ?? (account ? open[0] : undefined);
  }

  /** Signs a question, if there is a session for it. Nobody's (`null`) isn't signed. */
  async sign(question: Question, origin: Address | null | undefined): Promise<Auth | undefined> {
    if (origin === null) return undefined;
    const contract = "contract" in question ? question.contract : undefined;
    const session = this.#session(contract, origin);
    return session?.sign(await this.here(), question);
  }

  /** Asks a contract; an origin has to be one that a session speaks for. */
  async query(contract: Address, input: Uint8Array, options: AskOptions & { origin?: Address | null | undefined }): Promise<Asked> {
    await this.same();
    const { origin, ...others } = options;
    const auth = await this.sign({ type: "query", contract, input, value: options.value ?? 0n }, origin);
    if (origin && !auth) throw new PinkError("NotSigned", `A query as ${ss58(origin)} has to be signed`, { origin: ss58(origin) });
    return this.worker.query(contract, input, { ...others, auth });
  }

  /** What a call would do, and cost. */
  async estimateCall(contract: Address, input: Uint8Array, options: AskOptions & { origin?: Address | null | undefined }): Promise<Estimate> {
    await this.same();
    const question: Question = { type: "estimateCall", contract, input, value: options.value ?? 0n };
    const auth = await this.#willing(question, options.origin);
    return this.#within(options, (terms) => this.worker.estimateCall(contract, input, { ...options, ...terms, auth, origin: options.origin ?? undefined }));
  }

  /** What the making of a contract would do, and cost. */
  async estimateInstantiate(
    code: { hash: Hex } | { upload: Uint8Array },
    codeHash: Hex,
    input: Uint8Array,
    options: AskOptions & { origin?: Address | undefined; salt?: BytesLike },
  ): Promise<Estimate> {
    await this.same();
    const question: Question = { type: "estimateInstantiate", codeHash, input, value: options.value ?? 0n, salt: options.salt ?? "0x" };
    const auth = await this.#willing(question, options.origin);
    return this.#within(options, (terms) => this.worker.estimateInstantiate(code, input, { ...options, ...terms, auth }));
  }

  /** What having code run compiled would do, and cost. */
  async estimateActivate(codeHash: Hex, origin: Address): Promise<Estimate> {
    await this.same();
    return this.#within({}, (terms) => this.worker.estimateActivate(codeHash, { ...terms, origin }));
  }

  /** Signs if it can be done; an estimate says what it costs all the same. */
  async #willing(question: Question, origin: Address | null | undefined): Promise<Auth | undefined> {
    try {
      return await this.sign(question, origin);
    } catch (error) {
      if (error instanceof PinkError && (error.is("SessionExpired") || error.is("SessionScope"))) return undefined;
      throw error;
    }
  }

  /** Tries with the highest limit that it may have, and then with less: of what one has not, nothing can be paid ahead. */
  async #within(options: AskOptions, ask: (terms: { gasLimit: Weight }) => Promise<Asked>): Promise<Estimate> {
    let limit = options.gasLimit ?? (await this.pallet.limits()).most;
    for (;;) {
      let asked: Asked;
      try {
        asked = await ask({ gasLimit: limit });
      } catch (error) {
        const most = mostOf(error);
        if (!most || options.gasLimit || (most.refTime >= limit.refTime && most.proofSize >= limit.proofSize)) throw error;
        limit = both(limit, most, least);
        continue;
      }
      const { outcome } = asked.receipt;
      const poor = outcome.type === "Rejected" && outcome.value.error === "InsufficientBalance";
      const lower = { refTime: limit.refTime / 8n, proofSize: limit.proofSize };
      if (!poor || options.gasLimit || lower.refTime < LEAST_REF_TIME) return { asked, limit };
      limit = lower;
    }
  }
}

/** A millisecond: with less than that no contract runs. */
const LEAST_REF_TIME = 1_000_000_000n;

/** The most gas that a worker lets a question have, from its refusal. */
function mostOf(error: unknown): Weight | undefined {
  if (!(error instanceof PinkError) || !error.is("WorkerError") || error.value.code !== 9014) return undefined;
  const most = (error.value.details as { most?: { refTime: string; proofSize: string } } | undefined)?.most;
  return most && { refTime: BigInt(most.refTime), proofSize: BigInt(most.proofSize) };
}
