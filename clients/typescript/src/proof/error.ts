/**
 * Why a proof shows nothing.
 *
 * - `Incomplete`: a node on the way isn't among those given. Or one of them was altered: it is then unknown.
 * - `Malformed`: what is under the root isn't a trie's node.
 * - `Mismatch`: what the proof shows isn't what was claimed.
 */
export type ProofFailure = "Incomplete" | "Malformed" | "Mismatch";

/** A proof that shows nothing. What it was to show must not be taken for true. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  constructor(
    /** Why. */
    readonly failure: ProofFailure,
    message: string,
  ) {
    super(message);
  }
}
