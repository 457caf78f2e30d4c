/**
 * Metadata, by the code that it belongs to. Whose contract is where is the worker's to say: what a browser remembers
 * here is only how to read a code, which is true on every chain.
 */
import { Cell } from "./cell.js";
import type { Bundle, ChainModule } from "./bundle-types.js";
import { call } from "./rpc.js";
import type { ContractJson, Hex } from "./types.js";

/** What is known of a code. */
export interface Known {
  name: string;
  codeHash: Hex;
  descriptor: import("./chain.js").Descriptor;
  metadata: Bundle["metadata"];
}

const known = new Map<string, Known>();
const codes = new Map<string, Hex>();
/** Counts what became known, so that what was shown raw is shown anew. */
export const learnt = new Cell(0);

const KEY = "pink-metadata:";

/** Remembers metadata, in this browser too if there is room. */
export function learn(module: ChainModule, bundle: Bundle): Known {
  const codeHash = bundle.codeHash as Hex;
  const it = { name: bundle.name, codeHash, metadata: bundle.metadata, descriptor: module.describe(bundle) };
  known.set(codeHash, it);
  try {
    localStorage.setItem(KEY + codeHash, JSON.stringify(bundle.metadata));
  } catch {
    // No room, or not allowed: it is known until the page is closed.
  }
  learnt.set(learnt.value + 1);
  return it;
}

/** What is known of a code. */
export function of(module: ChainModule | undefined, codeHash: string | null | undefined): Known | undefined {
  if (!module || !codeHash) return undefined;
  const there = known.get(codeHash);
  if (there) return there;
  try {
    const stored = localStorage.getItem(KEY + codeHash);
    if (!stored) return undefined;
    const bundle = module.readBundle(stored);
    // It says itself which code it belongs to.
    if (bundle.codeHash !== codeHash) return undefined;
    const it = { name: bundle.name, codeHash: codeHash as Hex, metadata: bundle.metadata, descriptor: module.describe(bundle) };
    known.set(codeHash, it);
    return it;
  } catch {
    return undefined;
  }
}

/** The code of a contract, as the worker says. */
export async function codeOf(contract: string): Promise<Hex | undefined> {
  const there = codes.get(contract);
  if (there) return there;
  const found = await call<ContractJson>("cluster_v1_contract", { contract }).catch(() => undefined);
  if (found) codes.set(contract, found.codeHash);
  return found?.codeHash;
}

/** A contract may have another code since. */
export const forgetCode = (contract: string): void => void codes.delete(contract);
