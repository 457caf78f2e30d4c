import type { Pallet } from "./chain/pallet.js";
import { pause } from "./chain/observe.js";
import { confirmedRoot } from "./chain/roots.js";
import { PinkError } from "./errors.js";
import { claimedMessage } from "./messages.js";
import { ProofError } from "./proof/error.js";
import { verifyReceipt } from "./proof/receipts.js";
import { decodeQueuedMessage } from "./scale/message.js";
import { decodeMessageReceipt } from "./scale/receipt.js";
import type { MessageReceipt } from "./scale/types.js";
import type { ClaimedReceipt, Worker } from "./worker/worker.js";

/** What a message has come to, once it is ordered. */
export type ReceiptStage =
  /** It takes longer, and this is why. */
  | { type: "waiting"; reason: PinkError }
  /** One worker's word. It may be wrong until it is confirmed. */
  | { type: "executed"; block: number; receipt: MessageReceipt }
  /** Proven against the checkpoint that a quorum of workers confirmed on the chain. */
  | { type: "confirmed"; block: number; receipt: MessageReceipt };

/** A receipt that is under the root that a quorum confirmed on the chain. */
export interface Proven {
  type: "proven";
  block: number;
  /** Which of the cluster's messages in its block, from 0. */
  index: number;
  receipt: MessageReceipt;
  /** By what the root is known to be the confirmed one, as a part of a sentence. */
  how: string;
}

/** A receipt that is one worker's word. */
export interface Unproven {
  type: "unproven";
  block: number;
  receipt: MessageReceipt;
  /** Why it isn't proven: a sentence without its full stop. */
  why: string;
}

/** Options of waiting. */
export interface WaitOptions {
  /** The block that ordered the message, if it is known: then the worker has to say the same. */
  block?: number;
  until?: "executed" | "confirmed";
  /** How long to wait, in milliseconds [default: 120 000]. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const POLL_MS = 500;
const ASK_WHY_EVERY = 4;

/** Receipts of a cluster's messages. */
export class Receipts {
  constructor(
    private readonly pallet: Pallet,
    private readonly worker: Worker,
  ) {}

  /** A receipt as the worker has it, not yet compared with anything; `undefined` if it has none. */
  async get(seq: bigint): Promise<{ block: number; receipt: MessageReceipt } | undefined> {
    const claimed = await this.worker.receipt(seq);
    return claimed && { block: claimed.block, receipt: read(claimed, seq) };
  }

  /**
   * The receipts of all messages that an extrinsic queued, in order, as the worker has them, not yet compared with anything. (A
   * batch may queue several.) What each is proven by, and that the extrinsic queued it, {@link prove} and the chain's own
   * entry say: `messages.get`.
   *
   * @returns `undefined` as long as the worker hasn't executed the block; none if the extrinsic queued nothing for the cluster.
   * @throws {@link PinkError} `WorkerError`, if the worker doesn't keep the block any more, or doesn't know the extrinsics of all
   * of its messages; `ProofMismatch`, if what it says isn't of one piece.
   */
  async ofExtrinsic(block: number, index: number, signal?: AbortSignal): Promise<{ block: number; receipt: MessageReceipt }[] | undefined> {
    let first: ClaimedReceipt | undefined;
    try {
      first = await this.worker.receiptOf(block, index, signal);
    } catch (error) {
      const nothing = error instanceof PinkError && error.is("WorkerError") && error.value.code === 9009;
      if (nothing && (error.value.details as { unknown?: number } | undefined)?.unknown === 0) return [];
      throw error;
    }
    if (!first) return undefined;
    const { firstSeq, messages } = first.extrinsic ?? { firstSeq: first.seq, messages: 1 };
    const found: { block: number; receipt: MessageReceipt }[] = [];
    for (let at = 0; at < messages; at += 1) {
      const seq = firstSeq + BigInt(at);
      const claimed = at === 0 ? first : await this.worker.receipt(seq, signal);
      const of = claimed?.extrinsic;
      if (!claimed || claimed.block !== block || of?.index !== index || of.firstSeq !== firstSeq || of.messages !== messages) {
        const reason = `message ${seq} isn't number ${at} of ${messages} that it queued`;
        throw new PinkError("ProofMismatch", `What the worker says of extrinsic ${index} of block ${block} isn't of one piece: ${reason}`, { reason });
      }
      found.push({ block, receipt: read(claimed, seq) });
    }
    return found;
  }

  /**
   * Proves a receipt of any age, as far as the chain still tells: against the chain's event, if it was seen here; against
   * the worker's checkpoint, if it has the hash that the chain keeps of the confirmed one; else against the event in the
   * blocks that followed, if the chain's node keeps their state.
   *
   * @returns `undefined` if the worker has no receipt of the message.
   * @throws {@link PinkError} `ProofMismatch`, if what the worker says isn't what the chain ordered or confirmed.
   */
  async prove(seq: bigint, signal?: AbortSignal): Promise<Proven | Unproven | undefined> {
    try {
      return await this.#prove(seq, signal);
    } catch (error) {
      if (!(error instanceof PinkError && error.is("ProofMismatch"))) throw error;
      // It may have executed the block anew between two answers: as it stands now, or not at all.
      return await this.#prove(seq, signal);
    }
  }

  async #prove(seq: bigint, signal: AbortSignal | undefined): Promise<Proven | Unproven | undefined> {
    const [claimed, ordered] = await Promise.all([this.#claimed(seq, signal), claimedMessage(this.worker, seq, signal)]);
    if (!claimed || !ordered) return undefined;
    const kept = await this.pallet.history.message(seq);
    const receipt = this.#checked(claimed, seq, kept && decodeQueuedMessage(kept).block);
    const found = await confirmedRoot(this.pallet, claimed.block, ordered.checkpoint);
    const { block, index } = claimed;
    if (found.type === "none") return { type: "unproven", block, receipt, why: found.why };
    if (found.type === "wrong") throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} isn't what a quorum confirmed: ${found.why}`, { reason: found.why });
    if (proves(claimed, found.root)) return { type: "proven", block, index, receipt, how: found.how };
    throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} isn't under the root that the chain confirmed for block ${block}`, { reason: found.root });
  }

  async #claimed(seq: bigint, signal?: AbortSignal): Promise<ClaimedReceipt | undefined> {
    try {
      return await this.worker.receipt(seq, signal);
    } catch (cause) {
      if (!(cause instanceof TypeError || cause instanceof SyntaxError || cause instanceof RangeError)) throw cause;
      throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} can't be read`, { reason: String(cause) }, { cause });
    }
  }

  /**
   * Waits for a message's receipt. A confirmation is seen only if it comes after this was called, or while
   * something else was waited for.
   */
  async wait(seq: bigint, options: WaitOptions = {}): Promise<Extract<ReceiptStage, { type: "executed" | "confirmed" }>> {
    let last: Extract<ReceiptStage, { type: "executed" | "confirmed" }> | undefined;
    for await (const stage of this.follow(seq, options)) if (stage.type !== "waiting") last = stage;
    return last as NonNullable<typeof last>;
  }

  /** The stages of a message that was ordered. */
  async *follow(seq: bigint, options: WaitOptions = {}): AsyncGenerator<ReceiptStage> {
    const { until = "confirmed", timeoutMs = 120_000, signal } = options;
    const unfollow = this.pallet.confirmations.follow();
    const clock = new Clock(timeoutMs);
    let why: PinkError | undefined;
    const late = () => why ?? new PinkError("TimedOut", `Message ${seq} isn't ${until} within ${timeoutMs} ms`, { waitedMs: timeoutMs });
    try {
      let claimed: ClaimedReceipt | undefined;
      for (let turn = 1; !claimed; turn += 1) {
        let reason: PinkError | undefined;
        try {
          claimed = await this.worker.receipt(seq, signal);
          if (!claimed && turn % ASK_WHY_EVERY === 0) reason = await this.#whyNot(signal);
        } catch (error) {
          if (!(error instanceof PinkError) || signal?.aborted) throw error;
          // The worker may come back.
          reason = error;
        }
        if (claimed) break;
        if (reason && reason.message !== why?.message) yield { type: "waiting", reason };
        why = reason ?? why;
        if (clock.over) throw late();
        await pause(POLL_MS, signal);
      }
      why = undefined;
      let receipt = this.#checked(claimed, seq, options.block);
      yield { type: "executed", block: claimed.block, receipt };
      if (until === "executed") return;

      let root = this.pallet.confirmations.root(claimed.block);
      for (let turn = 1; root === undefined; turn += 1) {
        await this.pallet.confirmations.next(Math.min(POLL_MS * ASK_WHY_EVERY, clock.left));
        signal?.throwIfAborted();
        root = this.pallet.confirmations.root(claimed.block);
        if (root !== undefined) break;
        const reason = await this.#whyUnconfirmed(claimed.block);
        if (reason && reason.message !== why?.message) yield { type: "waiting", reason };
        why = reason ?? why;
        if (clock.over) throw late();
      }
      if (!proves(claimed, root)) {
        // It may have executed the block anew since: as it stands now, or not at all.
        const again = await this.worker.receipt(seq, signal);
        if (!again || !proves(again, root)) {
          throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} isn't under the root that the chain confirmed for block ${claimed.block}`, { reason: `${root}` });
        }
        claimed = again;
        receipt = this.#checked(claimed, seq, options.block);
      }
      yield { type: "confirmed", block: claimed.block, receipt };
    } finally {
      unfollow();
    }
  }

  #checked(claimed: ClaimedReceipt, seq: bigint, block: number | undefined): MessageReceipt {
    if (block !== undefined && claimed.block !== block) {
      const reason = `the chain ordered it in block ${block}, the worker says ${claimed.block}`;
      throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} is another one's: ${reason}`, { reason });
    }
    return read(claimed, seq);
  }

  async #whyNot(signal?: AbortSignal): Promise<PinkError | undefined> {
    const { status, parked, block, lag } = await this.worker.info(signal);
    if (status === "parked") {
      return new PinkError("Parked", `The worker stands still at block ${parked?.block} (${parked?.cause ?? parked?.reason ?? "its own reason"})`, { block: parked?.block, cause: parked?.cause ?? undefined });
    }
    if (lag !== undefined && lag > 1) return new PinkError("Behind", `The worker is ${lag} blocks behind the chain`, { block, lag });
    return undefined;
  }

  async #whyUnconfirmed(block: number): Promise<PinkError | undefined> {
    const { diverged } = await this.pallet.record();
    if (diverged !== undefined && diverged <= block) {
      return new PinkError("Diverged", `Workers disagree about the cluster since block ${diverged}`, { block: diverged });
    }
    return undefined;
  }
}

/** Reads a claimed receipt; it has to be of the message that was asked for. */
function read({ bytes }: ClaimedReceipt, seq: bigint): MessageReceipt {
  let receipt: MessageReceipt;
  try {
    receipt = decodeMessageReceipt(bytes);
  } catch (cause) {
    throw new PinkError("ProofMismatch", `The worker's receipt of message ${seq} can't be read`, { reason: String(cause) }, { cause });
  }
  if (receipt.seq !== seq) {
    throw new PinkError("ProofMismatch", `The worker gave the receipt of message ${receipt.seq} for that of ${seq}`, { reason: "another message" });
  }
  return receipt;
}

/** Whether a claimed receipt is under a root that is trusted. What the worker says the root is plays no part. */
function proves({ index, bytes, proof }: ClaimedReceipt, root: string): boolean {
  if (!proof) return false;
  try {
    verifyReceipt(root, { index, receipt: bytes, nodes: proof.nodes });
    return true;
  } catch (error) {
    if (error instanceof ProofError || error instanceof TypeError) return false;
    throw error;
  }
}

class Clock {
  readonly #end: number;
  constructor(ms: number) {
    this.#end = Date.now() + ms;
  }
  get left(): number {
    return Math.max(0, this.#end - Date.now());
  }
  get over(): boolean {
    return this.left === 0;
  }
}
