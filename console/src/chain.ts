/**
 * The chain, and what the client does with it. Loaded behind the first view: how the worker stands is shown without.
 */
import { createClient, type PolkadotClient, type PolkadotSigner } from "polkadot-api";
import { connectInjectedExtension } from "polkadot-api/pjs-signer";
import { getWsProvider, WsEvent } from "polkadot-api/ws";
import { getInkDynamicBuilder, getInkLookup } from "@polkadot-api/ink-contracts";
import { createPinkClient, decodeEvents, decodeMessageReceipt, describe, PinkError, readBundle, ss58, type Bundle, type ClusterEvent, type Descriptor, type MessageReceipt, type ClaimedMessage, type Ordered, type PinkClient, type Proven, type Unproven, Worker } from "pink-client";
import { blake2b256 } from "pink-client/proof";
import { toHex, type Unit } from "./format.js";
import { workerUrl } from "./rpc.js";
import type { Hex } from "./types.js";

export { decodeEvents, decodeMessageReceipt, describe, getInkLookup, PinkError, readBundle, ss58, blake2b256 };
export type { ClaimedMessage, ClusterEvent, Descriptor, MessageReceipt, Ordered, PinkClient, PolkadotSigner };
export type { Bundle, Stage, Transaction } from "pink-client";

/** A worker, as the chain knows it. */
export interface Member {
  worker: string;
  acked: number;
  ackedAt: number;
  until: number | undefined;
  leaves: number | undefined;
  diverged: number | undefined;
  lapsed: number | undefined;
  parked: { block: number; seq: bigint; cause: string } | undefined;
}

/** What workers said of a block that isn't confirmed. */
export interface Disputed {
  block: number;
  sides: { root: Hex; voters: string[] }[];
}

/** The cluster, as the chain has it in a final block. */
export interface ClusterView {
  at: { number: number; hash: string };
  best: number;
  owner: string;
  status: string;
  permission: string;
  engine: string;
  diverged: number | undefined;
  pending: { to: string; at: number; seq: bigint | undefined } | undefined;
  confirmed: number;
  /** The newest block with a message or an amendment: others need no checkpoint. */
  newest: number;
  members: Member[];
  disputed: Disputed[];
  engines: { version: string; status: string; upgradesFrom: string[] }[];
  /** Under these, governance has every worker interpret contracts. */
  interpreted: string[];
  blockMs: number;
}

/** The chain, and a client for its cluster. */
export interface Chain {
  papi: PolkadotClient;
  client: PinkClient;
  unit: Unit;
  development: boolean;
  name: string;
  url: string;
}

const version = (it: { major: number; minor: number }) => `${it.major}.${it.minor}`;
const PALLET = "FatContracts";

/** Connects to the first node that answers. */
export async function connect(urls: string[], worker: string, cluster: bigint, lost: (url: string | undefined) => void): Promise<Chain> {
  const provider = getWsProvider(urls, {
    onStatusChanged: ({ type }) => {
      if (type === WsEvent.CONNECTED) lost(undefined);
      if (type === WsEvent.ERROR || type === WsEvent.CLOSE) lost(urls.join(", "));
    },
  });
  const papi = createClient(provider);
  const client = createPinkClient({ chain: papi, worker, cluster, pallet: PALLET });
  const spec = await papi.getChainSpecData();
  const first = <T>(value: T | T[] | undefined): T | undefined => (Array.isArray(value) ? value[0] : value);
  const properties = (spec.properties ?? {}) as { tokenDecimals?: number | number[]; tokenSymbol?: string | string[] };
  const api = papi.getUnsafeApi();
  const development = ((await api.query[PALLET]!["Development"]!.getValue()) as unknown as boolean | undefined) ?? false;
  // What is confirmed while the page is open can be proven: nothing else remembers the roots.
  client.pallet.confirmations.follow();
  const unit = { decimals: first(properties.tokenDecimals) ?? 12, symbol: first(properties.tokenSymbol) ?? "UNIT" };
  return { papi, client, development, name: spec.name, url: urls[0] ?? "", unit };
}

/** The cluster as the chain's newest final block has it. */
export async function view({ papi, client }: Chain): Promise<ClusterView> {
  const api = papi.getUnsafeApi();
  const [final, best] = await Promise.all([papi.getFinalizedBlock(), papi.getBestBlocks()]);
  const query = api.query[PALLET]!;
  const read = <T>(item: string) => query[item]!.getValue(client.cluster) as unknown as Promise<T>;
  type Cursor = { block: number };
  type Version = { major: number; minor: number };
  interface Record {
    owner: string;
    status: { type: string };
    permission: { type: string };
    engine: Version;
    diverged: number | undefined;
    pending: { to: Version; at: number; seq: bigint | undefined } | undefined;
  }
  interface RawMember {
    worker: string;
    acked: Cursor;
    acked_at: number;
    until: number | undefined;
    leaves: number | undefined;
    diverged: number | undefined;
    lapsed: number | undefined;
  }
  const [record, members, progress, queue, parked, tallies, engines, interpreted, slot] = await Promise.all([
    read<Record | undefined>("Clusters"),
    read<RawMember[]>("Members"),
    read<{ confirmed: Cursor }>("Progress"),
    read<{ block: number }>("Queues"),
    read<{ worker: string; block: number; seq: bigint; cause: { type: string } }[]>("ParkReports"),
    query["Tallies"]!.getEntries(client.cluster) as unknown as Promise<{ keyArgs: [bigint, number]; value: { root: unknown; voters: string[] }[] }[]>,
    query["Engines"]!.getEntries() as unknown as Promise<{ keyArgs: [Version]; value: { status: { type: string }; upgrades_from: Version[] } }[]>,
    query["InterpretedEngines"]!.getValue() as unknown as Promise<Version[]>,
    (api.constants["Aura"]?.["SlotDuration"]?.() as unknown as Promise<bigint> | undefined)?.catch(() => undefined),
  ]);
  if (!record) throw new PinkError("WrongChain", `The chain has no cluster ${client.cluster}`, { expected: String(client.cluster), found: "none" });
  return {
    at: final,
    best: best[0]?.number ?? final.number,
    owner: record.owner,
    status: record.status.type,
    permission: record.permission.type,
    engine: version(record.engine),
    diverged: record.diverged,
    pending: record.pending && { ...record.pending, to: version(record.pending.to) },
    confirmed: progress.confirmed.block,
    newest: queue.block,
    members: members.map((it) => {
      const report = parked.find((report) => report.worker === it.worker);
      return { ...it, acked: it.acked.block, ackedAt: it.acked_at, parked: report && { ...report, cause: report.cause.type } };
    }),
    disputed: tallies
      .filter(({ value }) => value.length > 1)
      .map(({ keyArgs, value }) => ({ block: keyArgs[1], sides: value.map((it) => ({ root: hexOf(it.root), voters: it.voters })) }))
      .sort((one, other) => one.block - other.block),
    engines: engines.map(({ keyArgs: [it], value }) => ({ version: version(it), status: value.status.type, upgradesFrom: value.upgrades_from.map(version) })),
    interpreted: interpreted.map(version),
    blockMs: slot ? Number(slot) : 6_000,
  };
}

const hexOf = (value: unknown): Hex => (value instanceof Uint8Array ? toHex(value) : (String(value) as Hex));

/** What is known of a receipt. */
export type Verdict =
  | Proven
  | Unproven
  | { type: "wrong"; why: string };

/** Whether a message's receipt is what a quorum confirmed, as far as the chain still tells. */
export async function prove({ client }: Chain, seq: number): Promise<Verdict> {
  try {
    const found = await client.receipts.prove(BigInt(seq));
    if (!found) throw new Error(`The worker has no receipt of message ${seq}.`);
    return found;
  } catch (error) {
    return wrongOr(error);
  }
}

/** A message by the worker's word alone: where there is no chain to compare it with. */
export async function told(seq: number): Promise<ClaimedMessage> {
  const found = await new Worker(workerUrl).message(BigInt(seq));
  if (!found) throw new Error(`The worker hasn't executed message ${seq}, or doesn't keep it.`);
  return found;
}

/** What a message asks, and whose word that is. */
export type Asked = (Ordered & { type: "ordered" }) | { type: "wrong"; why: string };

/** A message, compared with the chain's own entry, as far as the chain still has it. */
export async function ordered({ client }: Chain, seq: number): Promise<Asked> {
  try {
    const found = await client.messages.get(BigInt(seq));
    if (!found) throw new Error(`The worker hasn't executed message ${seq}, or doesn't keep it.`);
    return { type: "ordered", ...found };
  } catch (error) {
    return wrongOr(error);
  }
}

/** What is wrong isn't an error like others: it is said in red, and nothing of it is shown. */
function wrongOr(error: unknown): { type: "wrong"; why: string } {
  if (error instanceof PinkError && error.is("ProofMismatch")) return { type: "wrong", why: error.message.slice(0, -error.hint.length - 2) };
  throw error;
}

/** A wallet's accounts. */
export async function walletAccounts(name: string): Promise<{ address: string; name: string | undefined; signer: PolkadotSigner }[]> {
  const wallet = await connectInjectedExtension(name, "pink console");
  return wallet.getAccounts().map((it) => ({ address: ss58(it.address), name: it.name, signer: it.polkadotSigner }));
}

/** A call's arguments, by the metadata of its contract. */
export function decodeCall(metadata: Bundle["metadata"], kind: "message" | "constructor", label: string, input: Uint8Array): [string, unknown][] {
  const builder = getInkDynamicBuilder(getInkLookup(metadata));
  const codec = kind === "message" ? builder.buildMessage(label) : builder.buildConstructor(label);
  return Object.entries(codec.call.dec(input) as Record<string, unknown>);
}
