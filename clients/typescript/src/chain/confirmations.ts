import type { Hex } from "../bytes.js";
import { PinkError } from "../errors.js";

/** The chain's event about a checkpoint on which a quorum of workers agrees. */
export interface Confirmed {
  cluster: bigint;
  block: number;
  receipts_root: Hex | undefined;
}

/** Something that goes on until it is ended. */
interface Watch {
  subscribe(observer: { next: (it: { events: { payload: Confirmed }[] }) => void; error: (error: unknown) => void }): { unsubscribe(): void };
}

/** Roots that are remembered. */
const MAX_ROOTS = 4096;

/**
 * The confirmed checkpoints of a cluster, as finalized blocks tell of them.
 *
 * It is followed while somebody waits, from before that is sent which is waited for, so that nothing is missed: of
 * what is confirmed and acknowledged by all the chain keeps no root.
 */
export class Confirmations {
  readonly #roots = new Map<number, Hex>();
  readonly #waiting = new Set<() => void>();
  #users = 0;
  #failed: unknown;
  #subscription: { unsubscribe(): void } | undefined;

  constructor(
    private readonly cluster: bigint,
    private readonly watch: () => Watch,
  ) {}

  /** Follows from now on, until what it returns is called. */
  follow(): () => void {
    this.#users += 1;
    if (!this.#subscription) {
      this.#failed = undefined;
      this.#subscription = this.watch().subscribe({
        next: ({ events }) => {
          for (const { payload } of events) this.#note(payload);
          this.#wake();
        },
        error: (error) => {
          this.#failed = error;
          this.#subscription = undefined;
          this.#wake();
        },
      });
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#users -= 1;
      if (this.#users === 0) {
        this.#subscription?.unsubscribe();
        this.#subscription = undefined;
      }
    };
  }

  #note({ cluster, block, receipts_root: root }: Confirmed): void {
    // There is none as long as there is nothing but a root that governance named.
    if (cluster !== this.cluster || !root) return;
    this.#roots.set(block, root);
    if (this.#roots.size > MAX_ROOTS) this.#roots.delete(this.#roots.keys().next().value as number);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** The root of the receipts of a block, if its confirmation was seen. */
  root(block: number): Hex | undefined {
    return this.#roots.get(block);
  }

  /** Waits for something to be told, at most so long. */
  async next(ms: number): Promise<void> {
    if (this.#failed) {
      throw new PinkError("WrongChain", "The chain's events can't be followed", { expected: "CheckpointConfirmed", found: String(this.#failed) }, { cause: this.#failed });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wake = () => {};
    await new Promise<void>((done) => {
      wake = done;
      this.#waiting.add(done);
      timer = setTimeout(done, ms);
    });
    clearTimeout(timer);
    this.#waiting.delete(wake);
  }
}
