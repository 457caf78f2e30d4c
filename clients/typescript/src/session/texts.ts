import { Bytes, u128 } from "@polkadot-api/substrate-bindings";
import { accountBytes, ss58, type Address } from "../address.js";
import { concatBytes, toBytes, toHex, type BytesLike } from "../bytes.js";
import { blake2b256 } from "../proof/walk.js";

/** What is asked, as far as it is signed. */
export type Question =
  | { type: "query"; contract: Address; input: BytesLike; value?: bigint; lent?: bigint }
  | { type: "estimateCall"; contract: Address; input: BytesLike; value?: bigint }
  | { type: "estimateInstantiate"; codeHash: BytesLike; input: BytesLike; value?: bigint; salt?: BytesLike };

/** Where and when something is signed: for one chain, one cluster, and a while after one block. */
export interface Here {
  genesis: BytesLike;
  cluster: bigint;
  /** The hash of a recent final block. */
  after: BytesLike;
}

/** The longest text of a session: what every wallet shows, and a Ledger signs as it is. */
export const MAX_SESSION_TEXT_BYTES = 256;

/** The most contracts of a session's list. */
export const MAX_LISTED_CONTRACTS = 64;

const bare = (bytes: BytesLike) => toHex(toBytes(bytes)).slice(2);

const vector = (bytes: BytesLike) => Bytes().enc(toBytes(bytes));

function questionLines(question: Question): { domain: string; to: string; hash: Uint8Array } {
  const amount = (value: bigint | undefined) => u128.enc(value ?? 0n);
  const input = vector(question.input);
  switch (question.type) {
    case "query":
      return {
        domain: "pink query v1",
        to: ss58(question.contract),
        hash: blake2b256(concatBytes(input, amount(question.value), amount(question.lent))),
      };
    case "estimateCall":
      return {
        domain: "pink estimate call v1",
        to: ss58(question.contract),
        hash: blake2b256(concatBytes(input, amount(question.value))),
      };
    case "estimateInstantiate":
      return {
        domain: "pink estimate instantiate v1",
        to: bare(question.codeHash),
        hash: blake2b256(concatBytes(input, amount(question.value), vector(question.salt ?? "0x"))),
      };
  }
}

/** The text that is signed for a question. */
export function questionText(here: Here, account: Address, question: Question): string {
  const { domain, to, hash } = questionLines(question);
  return [
    domain,
    `chain ${bare(here.genesis)}`,
    `cluster ${here.cluster}`,
    `as ${ss58(account)}`,
    `to ${to}`,
    `input ${bare(hash)}`,
    `after ${bare(here.after)}`,
  ].join("\n");
}

/** The text that is signed to end an account's sessions of a name. */
export function revokeText(here: Here, account: Address, name: string): string {
  return ["pink revoke v1", `chain ${bare(here.genesis)}`, `cluster ${here.cluster}`, `as ${ss58(account)}`, `name ${name}`, `after ${bare(here.after)}`].join("\n");
}

/** What a session is for. */
export interface SessionTerms {
  genesis: BytesLike;
  cluster: bigint;
  /** The session's key. */
  key: Address;
  /** The contracts that it may ask, or `"any"`. */
  contracts: "any" | readonly Address[];
  /** When it ends; the text has whole minutes, so it is the minute before. */
  until: Date;
  /** 1 to 15 of a-z, 0-9 and -: by which it is revoked. */
  name: string;
}

/** Contracts as a session's list has them: ascending, none twice. */
export function contractList(contracts: readonly Address[]): string[] {
  const sorted = [...new Set(contracts.map((it) => toHex(accountBytes(it))))].sort();
  return sorted.map((hex) => ss58(hex));
}

/**
 * The text that a person signs once, so that a page needn't ask at every click. It is ASCII, so that the wallet
 * shows it, and has at most 256 bytes.
 */
export function sessionText(terms: SessionTerms): string {
  if (!/^[a-z0-9-]{1,15}$/.test(terms.name)) throw new TypeError("a session's name is 1 to 15 of a-z, 0-9 and -");
  let scope = "any";
  if (terms.contracts !== "any") {
    const list = contractList(terms.contracts);
    if (list.length === 0 || list.length > MAX_LISTED_CONTRACTS) {
      throw new TypeError(`a session is for 1 to ${MAX_LISTED_CONTRACTS} contracts, or for "any"`);
    }
    scope = list.length === 1 ? (list[0] as string) : `list ${bare(blake2b256(concatBytes(...list.map(accountBytes))).slice(0, 20))}`;
  }
  const text = [
    "pink session v1",
    `chain ${bare(terms.genesis)}`,
    `cluster ${terms.cluster}`,
    `key ${ss58(terms.key)}`,
    `for ${scope}`,
    `until ${terms.until.toISOString().slice(0, 16)}Z`,
    `name ${terms.name}`,
  ].join("\n");
  if (text.length > MAX_SESSION_TEXT_BYTES) throw new TypeError(`a session's text has ${text.length} bytes, more than ${MAX_SESSION_TEXT_BYTES}`);
  return text;
}
