/**
 * The chain, and what the client does with it. Loaded behind the first view: how the worker stands is shown without.
 */
import { createClient, type PolkadotClient, type PolkadotSigner } from "polkadot-api";
import { connectInjectedExtension } from "polkadot-api/pjs-signer";
import { getWsProvider, WsEvent } from "polkadot-api/ws";
import { getInkDynamicBuilder, getInkLookup } from "@polkadot-api/ink-contracts";
import { createPinkClient, decodeCheckpoint, decodeEvents, decodeMessageReceipt, describe, PinkError, readBundle, ss58, type Bundle, type ClusterEvent, type Descriptor, type MessageReceipt, type PinkClient } from "pink-client";
import { blake2b256, ProofError, verifyReceipt } from "pink-client/proof";
import { toHex, fromHex, type Unit } from "./format.js";
import type { Executed, Hex } from "./types.js";

export { decodeEvents, decodeMessageReceipt, describe, getInkLookup, PinkError, readBundle, ss58, blake2b256 };
export type { ClusterEvent, Descriptor, MessageReceipt, PinkClient, PolkadotSigner };
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
  const [record, members, progress, queue, parked, tallies, engines, slot] = await Promise.all([
    read<Record | undefined>("Clusters"),
    read<RawMember[]>("Members"),
    read<{ confirmed: Cursor }>("Progress"),
    read<{ block: number }>("Queues"),
    read<{ worker: string; block: number; seq: bigint; cause: { type: string } }[]>("ParkReports"),
    query["Tallies"]!.getEntries(client.cluster) as unknown as Promise<{ keyArgs: [bigint, number]; value: { root: unknown; voters: string[] }[] }[]>,
    query["Engines"]!.getEntries() as unknown as Promise<{ keyArgs: [Version]; value: { status: { type: string }; upgrades_from: Version[] } }[]>,
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
    blockMs: slot ? Number(slot) : 6_000,
  };
}

const hexOf = (value: unknown): Hex => (value instanceof Uint8Array ? toHex(value) : (String(value) as Hex));

/** What is known of a receipt. */
export type Verdict =
  | { type: "proven"; how: string; receipt: MessageReceipt }
  | { type: "unproven"; why: string; receipt: MessageReceipt }
  | { type: "wrong"; why: string };

/**
 * Whether a receipt is under the root that a quorum confirmed on the chain. What the worker says of the root plays no
 * part but by its hash.
 */
export async function prove(chain: Chain, claimed: Executed, checkpoint: Hex | null, seq: number): Promise<Verdict> {
  let receipt: MessageReceipt;
  try {
    receipt = decodeMessageReceipt(claimed.bytes);
  } catch (error) {
    return { type: "wrong", why: `The receipt can't be read: ${(error as Error).message}.` };
  }
  if (receipt.seq !== BigInt(seq)) return { type: "wrong", why: `The worker gave the receipt of message ${receipt.seq} for that of ${seq}.` };
  const ordered = await orderedIn(chain, seq).catch(() => undefined);
  if (ordered !== undefined && ordered !== claimed.block) {
    return { type: "wrong", why: `The chain ordered message ${seq} in block ${ordered}, the worker says ${claimed.block}.` };
  }
  const found = await confirmedRoot(chain, claimed.block, checkpoint);
  if (found.type !== "root") return found.type === "none" ? { type: "unproven", why: found.why, receipt } : { type: "wrong", why: found.why };
  try {
    verifyReceipt(found.root, { index: claimed.index, receipt: fromHex(claimed.bytes), nodes: claimed.proof?.nodes ?? [] });
  } catch (error) {
    if (error instanceof ProofError || error instanceof TypeError) {
      return { type: "wrong", why: `The receipt isn't under the root ${found.root} that the chain confirmed for block ${claimed.block}: ${error.message}.` };
    }
    throw error;
  }
  return { type: "proven", how: found.how, receipt };
}

/** The block that the chain keeps a message under, as long as it keeps it. */
async function orderedIn({ papi, client }: Chain, seq: number): Promise<number | undefined> {
  const stored = (await papi.getUnsafeApi().query[PALLET]!["Messages"]!.getValue(client.cluster, BigInt(seq))) as unknown;
  const bytes = stored instanceof Uint8Array ? stored : typeof stored === "string" ? fromHex(stored) : undefined;
  // A queued message begins with its block.
  return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

type Root = { type: "root"; root: Hex; how: string } | { type: "none"; why: string } | { type: "wrong"; why: string };

/** Blocks behind a message's in which its confirmation is looked for. */
const LOOKED = 80;

async function confirmedRoot(chain: Chain, block: number, checkpoint: Hex | null): Promise<Root> {
  const { papi, client } = chain;
  const seen = client.pallet.confirmations.root(block);
  if (seen) return { type: "root", root: seen, how: "the chain's event, seen by this page" };
  const api = papi.getUnsafeApi();
  const confirmed = await client.pallet.confirmedBlock();
  if (confirmed < block) return { type: "none", why: `No quorum of workers has confirmed block ${block} yet: the last one is ${confirmed}.` };
  const kept = (await api.query[PALLET]!["Confirmations"]!.getValue(client.cluster, block)) as unknown as { type: string; value: unknown } | undefined;
  if (kept?.type === "Tuple" && checkpoint) {
    const hash = hexOf(kept.value);
    const bytes = fromHex(checkpoint);
    const given = toHex(blake2b256(bytes));
    if (given !== hash) return { type: "wrong", why: `The chain confirmed another checkpoint of block ${block} (${hash}) than this worker's (${given}).` };
    const it = decodeCheckpoint(bytes);
    if (it.block !== block) return { type: "wrong", why: `The worker's checkpoint is of block ${it.block}, not ${block}.` };
    return { type: "root", root: it.receiptsRoot, how: "the checkpoint whose hash the chain keeps" };
  }
  // The event is in some block behind it, if the node keeps that block's state.
  const { number: last } = await papi.getFinalizedBlock();
  try {
    for (let at = block + 1; at <= Math.min(last, block + LOOKED); at += 1) {
      const hash = await papi._request<string>("chain_getBlockHash", [at]);
      const events = (await api.query["System"]!["Events"]!.getValue({ at: hash })) as unknown as { event: { type: string; value: { type: string; value: { cluster: bigint; block: number; receipts_root: unknown } } } }[];
      for (const { event } of events) {
        const { type, value } = event.value;
        if (event.type !== PALLET || type !== "CheckpointConfirmed" || value.cluster !== client.cluster || value.block !== block) continue;
        if (value.receipts_root === undefined) return { type: "none", why: `Governance confirmed block ${block} by its state alone: there is no root of receipts.` };
        return { type: "root", root: hexOf(value.receipts_root), how: `the chain's event in block ${at}` };
      }
    }
  } catch {
    return { type: "none", why: "The node doesn't keep the blocks in which it was confirmed: ask one that keeps all (an archive), or look at messages while they come." };
  }
  return { type: "none", why: `Block ${block} is confirmed with a later one: its own root isn't on the chain.` };
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
