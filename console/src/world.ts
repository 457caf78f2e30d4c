/** How the worker stands, and what it tells, kept up to date while the page is open. */
import { Cell } from "./cell.js";
import { call, Gone, subscribe, workerUrl } from "./rpc.js";
import type { Executed, Hex, Info } from "./types.js";

/** What the page was served with. */
export interface Config {
  chain: string[];
  cluster: string;
  version: string;
}

/** How the worker stands, as of a time; and why nothing newer is known. */
export interface Standing {
  info: Info | undefined;
  why: string[];
  at: number | undefined;
  error: Error | undefined;
}

export const config = new Cell<Config | undefined>(undefined);
export const standing = new Cell<Standing>({ info: undefined, why: [], at: undefined, error: undefined });

/** A moment of the worker's, for the plots. */
export interface Moment {
  at: number;
  messages: number | undefined;
  queries: number | undefined;
  lag: number | undefined;
}
export const moments = new Cell<Moment[]>([]);

/** Receipts as they come, the newest last; and how the stream stands. */
export interface Stream {
  receipts: Executed[];
  connected: boolean;
  error: Error | undefined;
  /** Blocks that were asked for and aren't kept. */
  lost: number;
  /** The first block that was asked for. */
  from: number | undefined;
}
export const stream = new Cell<Stream>({ receipts: [], connected: false, error: undefined, lost: 0, from: undefined });

const POLL_MS = 2_000;
const MOMENTS = 150;
const BLOCKS = 60;
const RECEIPTS = 1_000;

/** Begins. */
export async function begin(): Promise<void> {
  // A page of another chain's worker at this address has nothing to say here.
  const response = await fetch("config.json").catch(() => undefined);
  if (response?.ok) config.set((await response.json()) as Config);
  let last: { at: number; seq: number | undefined; queries: number | undefined } | undefined;
  for (;;) {
    await poll();
    const { info } = standing.value;
    if (info && !following) follow(info);
    const asked = await call<{ queries: number; estimates: number; nowMs: number }>("worker_v1_traffic").catch(() => undefined);
    const now = { at: Date.now(), seq: info?.nextSeq ?? undefined, queries: asked && asked.queries + asked.estimates };
    if (last && !standing.value.error) {
      const seconds = (now.at - last.at) / 1_000;
      const rate = (one: number | undefined, before: number | undefined) => (one === undefined || before === undefined ? undefined : Math.max(0, one - before) / seconds);
      const moment = { at: now.at, messages: rate(now.seq, last.seq), queries: rate(now.queries, last.queries), lag: info?.lag ?? undefined };
      moments.set([...moments.value, moment].slice(-MOMENTS));
    }
    last = now;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function poll(): Promise<void> {
  try {
    const info = await call<Info>("cluster_v1_info", {}, 10_000);
    let why: string[] = [];
    if (!info.ready) {
      const answer = await fetch(`${workerUrl}/health/readiness`).catch(() => undefined);
      why = ((await answer?.json().catch(() => undefined)) as { why?: string[] } | undefined)?.why ?? [];
    }
    standing.set({ info, why, at: Date.now(), error: undefined });
  } catch (error) {
    standing.set({ ...standing.value, error: error instanceof Error ? error : new Gone(error) });
  }
}

let following = false;

/** Follows the receipts: those of the last blocks, and those that come. */
function follow(info: Info): void {
  following = true;
  // The genesis block is executed by nobody.
  const from = Math.max(1, (info.block ?? 0) - BLOCKS + 1);
  stream.set({ ...stream.value, from });
  type Told = ({ event: "receipt" } & Executed) | { event: "lost"; blocks: number } | { event: "rewound"; to: number } | { event: "stop"; message: string };
  let waiting: Executed[] = [];
  let drawn = false;
  const draw = () => {
    drawn = false;
    stream.set({ ...stream.value, receipts: [...stream.value.receipts, ...waiting].slice(-RECEIPTS) });
    waiting = [];
  };
  subscribe(
    "cluster_v1_subscribeReceipts",
    () => {
      // Behind the last one that came whole: a block's receipts come anew rather than not at all.
      const kept = stream.value.receipts;
      const next = kept.at(-1)?.block ?? from;
      waiting = [];
      stream.set({ ...stream.value, receipts: kept.filter((it) => it.block < next) });
      return { from: next };
    },
    (event) => {
      const told = event as Told;
      if (told.event === "receipt") {
        waiting.push(told);
        // Many may come at once.
        if (!drawn) {
          drawn = true;
          setTimeout(draw, 100);
        }
      } else if (told.event === "lost") stream.set({ ...stream.value, lost: stream.value.lost + told.blocks });
      else if (told.event === "rewound") {
        waiting = waiting.filter((it) => it.block <= told.to);
        stream.set({ ...stream.value, receipts: stream.value.receipts.filter((it) => it.block <= told.to) });
      } else stream.set({ ...stream.value, connected: false, error: new Error(told.message) });
    },
    (connected, error) => stream.set({ ...stream.value, connected, error }),
  );
}

/** The gas that each of the last blocks used, in picoseconds. */
export function gasByBlock(head: number | null | undefined, { receipts, from }: Stream): { block: number; gas: number }[] {
  if (head === null || head === undefined || from === undefined) return [];
  const first = Math.max(from, head - BLOCKS + 1);
  const used = new Map<number, number>();
  for (const it of receipts) used.set(it.block, (used.get(it.block) ?? 0) + Number(it.receipt.gasConsumed.refTime));
  return Array.from({ length: Math.max(0, head - first + 1) }, (_, at) => ({ block: first + at, gas: used.get(first + at) ?? 0 }));
}

export type { Hex };
