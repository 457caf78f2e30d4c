import { toBytes, toHex, type BytesLike, type Hex } from "../bytes.js";
import { blake2b256 } from "../proof/walk.js";
import { decodeCheckpoint } from "../scale/receipt.js";
import type { Checkpoint } from "../scale/types.js";
import type { Pallet } from "./pallet.js";

/** The root over a block's receipts that a quorum confirmed. */
export type Root =
  | { type: "root"; root: Hex; how: string }
  /** The chain as it is asked here doesn't tell. */
  | { type: "none"; why: string }
  /** What the worker gave isn't what the chain confirmed. */
  | { type: "wrong"; why: string };

/** Blocks behind a message's in which its confirmation is looked for. */
const LOOKED = 80;

/**
 * The `receipts_root` that a quorum confirmed for a block, from the chain alone: an event that was seen; or the worker's
 * checkpoint, if it has the hash that the chain keeps; or the event in the blocks that followed, if the node keeps their state.
 */
export async function confirmedRoot(pallet: Pallet, block: number, checkpoint: BytesLike | undefined): Promise<Root> {
  const seen = pallet.confirmations.root(block);
  if (seen) return { type: "root", root: seen, how: "the chain's event, which was seen here" };
  const confirmed = await pallet.confirmedBlock();
  if (confirmed < block) return { type: "none", why: `No quorum of workers has confirmed block ${block} yet: the last one is ${confirmed}` };
  const kept = await pallet.history.checkpoint(block);
  if (kept !== undefined && checkpoint !== undefined) return fromCheckpoint(kept, block, checkpoint);
  const last = Math.min(await pallet.history.final(), block + LOOKED);
  try {
    for (let at = block + 1; at <= last; at += 1) {
      const told = await pallet.history.confirmedIn(at, block);
      if (!told) continue;
      if (!told.root) return { type: "none", why: `Governance confirmed block ${block} by its state alone: there is no root of receipts` };
      return { type: "root", root: told.root, how: `the chain's event in block ${at}` };
    }
  } catch {
    return { type: "none", why: "The node doesn't keep the blocks in which it was confirmed: ask one that keeps all (an archive), or look at messages while they come" };
  }
  return { type: "none", why: `Block ${block} is confirmed with a later one: its own root isn't on the chain` };
}

function fromCheckpoint(kept: Hex, block: number, given: BytesLike): Root {
  let bytes: Uint8Array;
  let checkpoint: Checkpoint;
  try {
    bytes = toBytes(given);
    checkpoint = decodeCheckpoint(bytes);
  } catch (error) {
    return { type: "wrong", why: `the worker's checkpoint of block ${block} can't be read: ${(error as Error).message}` };
  }
  const hash = toHex(blake2b256(bytes));
  if (hash !== kept) return { type: "wrong", why: `the chain confirmed another checkpoint of block ${block} (${kept}) than this worker's (${hash})` };
  if (checkpoint.block !== block) return { type: "wrong", why: `the worker's checkpoint is of block ${checkpoint.block}, not ${block}` };
  return { type: "root", root: checkpoint.receiptsRoot, how: "the checkpoint whose hash the chain keeps" };
}
