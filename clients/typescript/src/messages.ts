import type { Pallet } from "./chain/pallet.js";
import { PinkError } from "./errors.js";
import { decodeQueuedMessage, difference, factsOf } from "./scale/message.js";
import type { MessageFacts } from "./scale/types.js";
import type { ClaimedMessage, Worker } from "./worker/worker.js";

/** A message as it was ordered. */
export interface Ordered {
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
  /** Where `message`, `block` and `extrinsic` are from: the chain's own entry, with which the worker agrees; or the worker alone. */
  from: "chain" | "worker";
  /** `index` and `nowMs` are the chain's as well. */
  placed: boolean;
  /** Why it is the worker's word. */
  why: string | undefined;
}

/** A cluster's messages, as they were ordered. */
export class QueuedMessages {
  constructor(
    private readonly pallet: Pallet,
    private readonly worker: Worker,
  ) {}

  /**
   * A message, compared with the chain's own entry: that of the last final block; if it is pruned there, that of the block
   * that ordered it, where the chain's node keeps that block's state.
   *
   * @returns `undefined` as long as the worker hasn't executed it.
   * @throws {@link PinkError} `ProofMismatch`, if the worker says something else than the chain.
   */
  async get(seq: bigint, signal?: AbortSignal): Promise<Ordered | undefined> {
    const claimed = await claimedMessage(this.worker, seq, signal);
    return claimed && { ...claimed, ...(await compared(this.pallet, claimed)) };
  }
}

/** What a worker says of a message, if it can be read at all. */
export async function claimedMessage(worker: Worker, seq: bigint, signal?: AbortSignal): Promise<ClaimedMessage | undefined> {
  let claimed: ClaimedMessage | undefined;
  try {
    claimed = await worker.message(seq, signal);
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof SyntaxError || cause instanceof RangeError)) throw cause;
    throw mismatch(seq, "it can't be read", cause);
  }
  if (claimed && claimed.seq !== seq) throw mismatch(seq, `it is that of message ${claimed.seq}`);
  return claimed;
}

const mismatch = (seq: bigint, reason: string, cause?: unknown) =>
  new PinkError("ProofMismatch", `What the worker says of message ${seq} isn't what the chain ordered: ${reason}`, { reason }, { cause });

type Compared = Pick<Ordered, "from" | "placed" | "why"> & { extrinsic?: number };

async function compared({ history }: Pallet, claimed: ClaimedMessage): Promise<Compared> {
  const { seq, block } = claimed;
  const now = await history.message(seq);
  const known = now ? agrees(now, claimed) : {};
  const word = (why: string): Compared => ({ from: now ? "chain" : "worker", placed: false, why: now ? undefined : why, ...known });
  if (block > (await history.final())) return word(`the chain's node doesn't have block ${block} as final yet`);
  let then: { message: Uint8Array | undefined; first: Uint8Array | undefined; before: Uint8Array | undefined; time: number };
  try {
    // Messages of a block have consecutive numbers, and none of them is pruned in it.
    const first = seq - BigInt(claimed.index);
    const at = async (it: bigint) => (it < 0n ? undefined : history.message(it, block));
    const [message, earliest, before, time] = await Promise.all([at(seq), at(first), at(first - 1n), history.time(block)]);
    then = { message, first: earliest, before, time };
  } catch {
    return word(`the chain has pruned its entry, and its node doesn't keep the state of block ${block}: ask one that keeps all (an archive)`);
  }
  if (!then.message) throw mismatch(seq, `in block ${block} there is no such message`);
  const said = agrees(then.message, claimed);
  const of = (entry: Uint8Array | undefined) => entry && decodeQueuedMessage(entry).block;
  if (of(then.first) !== block || of(then.before) === block) throw mismatch(seq, `it isn't number ${claimed.index} of block ${block}`);
  if (then.time !== claimed.nowMs) throw mismatch(seq, `block ${block} is of ${then.time} ms, the worker says ${claimed.nowMs}`);
  return { from: "chain", placed: true, why: undefined, ...said };
}

/** Makes sure that the chain's entry says the same. What it says of the extrinsic counts: a worker may have kept the message before it kept that. */
function agrees(entry: Uint8Array, claimed: ClaimedMessage): { extrinsic?: number } {
  const { block, message, extrinsic } = decodeQueuedMessage(entry);
  if (block !== claimed.block) throw mismatch(claimed.seq, `the chain ordered it in block ${block}, the worker says ${claimed.block}`);
  const facts = factsOf(message);
  const differs = difference(facts, claimed.message);
  if (differs) throw mismatch(claimed.seq, `the chain has ${differs} ${shown(facts[differs])}, the worker says ${shown(claimed.message[differs])}`);
  if (claimed.extrinsic !== undefined && claimed.extrinsic !== extrinsic) {
    throw mismatch(claimed.seq, `the chain has extrinsic ${extrinsic ?? "none"} for it, the worker says ${claimed.extrinsic}`);
  }
  return extrinsic === undefined ? {} : { extrinsic };
}

const shown = (it: MessageFacts[keyof MessageFacts]): string => {
  const text = it === undefined ? "none" : typeof it === "object" ? `${it.refTime} ps and ${it.proofSize} bytes` : String(it);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
