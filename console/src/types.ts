/** What the worker's methods give, as far as it is shown. `docs/rpc.md` says what each means. */

export type Hex = `0x${string}`;

export interface Info {
  cluster: number;
  genesis: Hex | null;
  status: "running" | "parked" | "waiting" | "destroyed";
  parked: { block: number; seq: number | null; cause: string | null; reason: string | null } | null;
  engine: string | null;
  block: number | null;
  stateRoot: Hex | null;
  receiptsRoot: Hex | null;
  nextSeq: number | null;
  oldestState: number | null;
  finalized: { number: number; hash: Hex } | null;
  lag: number | null;
  ready: boolean;
  owner: string | null;
  systemContract: string | null;
  gasPrice: string | null;
  depositPerItem: string | null;
  depositPerByte: string | null;
  existentialDeposit: string | null;
}

export interface OutcomeJson {
  type: "success" | "reverted" | "outOfGas" | "trapped" | "rejected";
  error?: string;
  detail?: string;
}

export interface GasJson {
  refTime: string;
  proofSize: string;
}

export interface EventJson {
  event: string;
  [field: string]: unknown;
}

export interface ReceiptJson {
  outcome: OutcomeJson;
  gasLimit: GasJson;
  gasConsumed: GasJson;
  gasRequired: GasJson;
  fee: string;
  refund: string;
  address: string | null;
  events: EventJson[];
}

export interface Executed {
  block: number;
  index: number;
  seq: number;
  engine: string;
  receipt: ReceiptJson;
  bytes: Hex;
  proof: { root: Hex; key: Hex; nodes: Hex[] } | null;
}

export interface Made {
  contract: string;
  deployer: string;
  codeHash: Hex | null;
  block: number;
  seq: number;
}

export interface ContractJson {
  block: number;
  engine: string;
  codeHash: Hex;
  storageBytes: number;
  storageItems: number;
  tombstone: boolean;
  free: string;
  held: string;
  rent: { evictionAt: number | null; allowance: string; paid: string; threshold: string; verdict: string } | null;
}

/** What a question gave, as far as it is read here. */
export interface AskedJson {
  block: number;
  engine: string;
  receipt: ReceiptJson;
}

export interface EngineJson {
  version: string;
  files: Hex[];
  current: boolean;
  allocatedBytes: number | null;
  peakBytes: number | null;
  /** Whether it can compile; null as `mode`. */
  compiles: boolean | null;
  /** `native` or `interpreted`; null if the cluster didn't run it since the worker started. */
  mode: string | null;
}

type Endings = Record<"success" | "reverted" | "trapped" | "outOfGas" | "rejected", number>;

export interface Rehearsal {
  from: string;
  to: string;
  upgrade: OutcomeJson;
  blocks: number;
  messages: number;
  was: Endings;
  other: Endings;
  differing: number;
  differences: { block: number; seq: number; was: OutcomeJson; other: OutcomeJson; output: boolean; events: boolean }[];
  refusedCodes: [Hex, string][];
  tombstones: string[];
}

/** One message under two engines. */
export interface Rehearsed {
  seq: number;
  block: number;
  from: string;
  to: string;
  upgrade: OutcomeJson;
  was: ReceiptJson;
  /** Null if the other engine doesn't take the state over: then it wasn't tried. */
  other: ReceiptJson | null;
  differs: { outcome: boolean; output: boolean; events: boolean } | null;
}

export interface LogRecord {
  event: "record";
  sequence: number;
  kind: string | null;
  block: number;
  contract: string | null;
  entry?: string;
  mode?: string;
  timestampMs?: number;
  level?: number;
  text?: string;
  command?: string;
  topics?: Hex[];
  data?: Hex;
  origin?: string;
  nonce?: Hex;
  weight?: number;
}
