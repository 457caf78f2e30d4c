import type { Outcome } from "../scale/types.js";
import { outcomeOf, triedOf, wholeOf, type ReceiptJson, type Tried } from "./json.js";

/** What one message would have done under a newer engine, on the very state that it met. One worker's word. */
export interface Rehearsed {
  seq: bigint;
  block: number;
  /** The version that executed it. */
  from: string;
  /** The one that was tried. */
  to: string;
  /** How the move to that version ends, made just before the message. If it isn't a success, the message wasn't tried. */
  upgrade: Outcome;
  /** What the message gave. */
  was: Tried;
  /** What it gives under the other engine; `undefined` if it wasn't tried. */
  other: Tried | undefined;
  /** In what the two differ; `undefined` if it wasn't tried. */
  differs: { outcome: boolean; output: boolean; events: boolean } | undefined;
}

/** The same as a worker writes it. */
export type RehearsedJson = Pick<Rehearsed, "from" | "to"> & {
  seq: number;
  block: number;
  upgrade: ReceiptJson["outcome"];
  was: ReceiptJson;
  other: ReceiptJson | null;
  differs: NonNullable<Rehearsed["differs"]> | null;
};

/** Reads it. */
export function rehearsedOf({ seq, block, from, to, upgrade, was, other, differs }: RehearsedJson): Rehearsed {
  return {
    seq: BigInt(wholeOf(seq, "a message's number")),
    block: wholeOf(block, "a block"),
    from,
    to,
    upgrade: outcomeOf(upgrade),
    was: triedOf(was),
    other: other ? triedOf(other) : undefined,
    differs: differs ?? undefined,
  };
}
