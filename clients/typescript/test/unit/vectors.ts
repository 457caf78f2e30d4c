import { readFileSync } from "node:fs";
import type { Hex } from "../../src/bytes.js";

/** What the Rust side made, and holds to what it makes: `cargo test --workspace --test proof_vectors`. */
export interface Vectors {
  tries: {
    name: string;
    root: Hex;
    reads: { key: Hex; value: Hex | null; nodes: Hex[] }[];
    together: Hex[];
  }[];
  receipts: { count: number; root: Hex; proofs: { index: number; receipt: Hex; nodes: Hex[] }[] }[];
  decoded: { scale: Hex; outcome: string; fee: string; refund: string; events: string[] }[];
  checkpoint: { scale: Hex; hash: Hex; block: number; last_seq: number; effects: number };
  /** A queued message of each kind. Accounts as hex, amounts as text, gas as both of its dimensions. */
  messages: { scale: Hex; facts: Record<string, string | number | [string, string]> }[];
  addresses: { deployer: Hex; code_hash: Hex; cluster: string; salt: Hex; address: Hex }[];
}

export const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../vectors/proofs.json", import.meta.url), "utf8"),
);
