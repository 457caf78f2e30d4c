import type { PolkadotClient } from "polkadot-api";
import { toBytes, toHex, type Hex } from "../bytes.js";
import type { Confirmed } from "./confirmations.js";

/** What the chain keeps, and what it kept, of a cluster's past. Reading an older block's state throws where the node doesn't keep it. */
export class History {
  constructor(
    private readonly client: PolkadotClient,
    private readonly pallet: string,
    private readonly cluster: bigint,
  ) {}

  get #query() {
    return this.client.getUnsafeApi().query;
  }

  /** The last final block's number. */
  async final(): Promise<number> {
    return (await this.client.getFinalizedBlock()).number;
  }

  async #at(block: number | undefined): Promise<{ at: string }[]> {
    return block === undefined ? [] : [{ at: await this.client._request<string, [number]>("chain_getBlockHash", [block]) }];
  }

  /**
   * A queued message's bytes, in the last final block's state or in that of a final block.
   *
   * @returns `undefined` if there is none: it isn't ordered yet, or is pruned.
   */
  async message(seq: bigint, block?: number): Promise<Uint8Array | undefined> {
    const stored: unknown = await this.#query[this.pallet]!["Messages"]!.getValue(this.cluster, seq, ...(await this.#at(block)));
    return stored === undefined ? undefined : toBytes(stored as Uint8Array | string);
  }

  /** A final block's time, in milliseconds of the Unix epoch. */
  async time(block: number): Promise<number> {
    return Number((await this.#query["Timestamp"]!["Now"]!.getValue(...(await this.#at(block)))) as unknown as bigint);
  }

  /** The hash of a block's confirmed checkpoint, as long as the chain keeps it. There is none of what governance confirmed. */
  async checkpoint(block: number): Promise<Hex | undefined> {
    const kept = (await this.#query[this.pallet]!["Confirmations"]!.getValue(this.cluster, block)) as unknown as { type: string; value: unknown } | undefined;
    return kept?.type === "Tuple" ? hexOf(kept.value) : undefined;
  }

  /**
   * What a final block's events say of the confirmation of another block.
   *
   * @returns `undefined` if they say nothing of it; a root of `undefined` if governance named the state alone.
   */
  async confirmedIn(at: number, block: number): Promise<{ root: Hex | undefined } | undefined> {
    type Told = { event: { type: string; value: { type: string; value: Confirmed } } }[];
    const events = (await this.#query["System"]!["Events"]!.getValue(...(await this.#at(at)))) as unknown as Told;
    for (const { event } of events) {
      const { type, value } = event.value;
      if (event.type !== this.pallet || type !== "CheckpointConfirmed" || value.cluster !== this.cluster || value.block !== block) continue;
      return { root: value.receipts_root === undefined ? undefined : hexOf(value.receipts_root) };
    }
    return undefined;
  }
}

const hexOf = (value: unknown): Hex => (value instanceof Uint8Array ? toHex(value) : (String(value) as Hex));
