import type { PolkadotClient } from "polkadot-api";
import type { Hex } from "../bytes.js";
import { PinkError } from "../errors.js";
import type { Weight } from "../scale/types.js";
import { Confirmations, type Confirmed } from "./confirmations.js";
import { History } from "./history.js";

/** A weight as the pallet has it. */
export interface PalletWeight {
  ref_time: bigint;
  proof_size: bigint;
}

/** What orders a message, from the pallet's events. */
export interface Queued {
  seq: bigint;
  /** Of an instantiation: the address that the contract will have, if the engine makes it. */
  address?: string;
}

/** A cluster's record, as far as it is used here. */
export interface ClusterRecord {
  owner: string;
  diverged: number | undefined;
  engine: { major: number; minor: number };
  status: { type: "Active" | "Closing" | "Destroyed" };
  prices: { gas_price: bigint; deposit_per_item: bigint; deposit_per_byte: bigint };
}

/** An extrinsic, as `polkadot-api` has it. */
export type Extrinsic = ReturnType<ReturnType<PolkadotClient["getUnsafeApi"]>["tx"][string][string]>;

const QUEUED = ["CallQueued", "InstantiationQueued", "UploadQueued", "CodeRemovalQueued", "CodeActivationQueued", "DepositQueued", "WithdrawalQueued", "SurchargeClaimQueued"];

/** The weight as the pallet has it. */
export const toPalletWeight = ({ refTime, proofSize }: Weight): PalletWeight => ({ ref_time: refTime, proof_size: proofSize });

const least = (one: bigint, other: bigint) => (one < other ? one : other);

/**
 * The pallet on the chain.
 *
 * It is reached by what the chain's own metadata says, so that any runtime that has the pallet will do, under
 * whichever name.
 */
export class Pallet {
  /** What a quorum confirmed. */
  readonly confirmations: Confirmations;
  /** What it keeps of the past. */
  readonly history: History;
  #limits: Promise<{ most: Weight; unit: bigint; genesis: Hex }> | undefined;

  constructor(
    readonly client: PolkadotClient,
    readonly name: string,
    readonly cluster: bigint,
  ) {
    this.history = new History(client, name, cluster);
    const watch = () => this.#api.event[name]!["CheckpointConfirmed"]!.watch();
    this.confirmations = new Confirmations(cluster, watch as unknown as ConstructorParameters<typeof Confirmations>[1]);
  }

  get #api() {
    return this.client.getUnsafeApi();
  }

  async #read<T>(what: string, read: () => Promise<unknown>): Promise<T> {
    try {
      return (await read()) as T;
    } catch (cause) {
      if (!/not found/.test(String(cause))) throw cause;
      throw new PinkError("WrongChain", `The chain has no ${what} in a pallet named ${this.name}`, { expected: this.name, found: "none" }, { cause });
    }
  }

  /** The most gas that a message may have that isn't the cluster owner's, a unit of the currency, and the genesis. */
  limits(): Promise<{ most: Weight; unit: bigint; genesis: Hex }> {
    this.#limits ??= (async () => {
      const constant = (item: string) =>
        this.#read<PalletWeight>(item, () => this.#api.constants[this.name]![item]!() as Promise<unknown>);
      const [message, block, spec] = await Promise.all([constant("MaxMessageWeight"), constant("MaxBlockWeight"), this.client.getChainSpecData()]);
      const decimals: unknown = (spec.properties as { tokenDecimals?: unknown } | undefined)?.tokenDecimals;
      const digits = Number(Array.isArray(decimals) ? decimals[0] : (decimals ?? 12));
      return {
        most: { refTime: least(message.ref_time, block.ref_time / 4n), proofSize: least(message.proof_size, block.proof_size / 4n) },
        unit: 10n ** BigInt(digits),
        genesis: spec.genesisHash as Hex,
      };
    })().catch((error: unknown) => {
      this.#limits = undefined;
      throw error;
    });
    return this.#limits;
  }

  /** The cluster's record. */
  async record(): Promise<ClusterRecord> {
    const read = () => this.#api.query[this.name]!["Clusters"]!.getValue(this.cluster) as Promise<unknown>;
    const record = await this.#read<ClusterRecord | undefined>("Clusters", read);
    if (!record) throw new PinkError("WrongChain", `The chain has no cluster ${this.cluster}`, { expected: String(this.cluster), found: "none" });
    return record;
  }

  /** The last block that a quorum confirmed. */
  async confirmedBlock(): Promise<number> {
    const read = () => this.#api.query[this.name]!["Progress"]!.getValue(this.cluster) as Promise<unknown>;
    return (await this.#read<{ confirmed: { block: number } }>("Progress", read)).confirmed.block;
  }

  /** An extrinsic of the pallet, for this cluster. */
  extrinsic(call: string, args: Record<string, unknown>): Extrinsic {
    return this.#api.tx[this.name]![call]!({ cluster: this.cluster, ...args });
  }

  /** What an extrinsic's events say of the message that was queued. */
  queued(events: readonly { type: string; value: unknown }[]): Queued | undefined {
    for (const { type, value } of events) {
      if (type !== this.name) continue;
      const event = value as { type: string; value: Queued & Pick<Confirmed, "cluster"> };
      if (!QUEUED.includes(event.type) || event.value.cluster !== this.cluster) continue;
      const { seq, address } = event.value;
      return { seq, ...(address === undefined ? {} : { address }) };
    }
    return undefined;
  }
}
