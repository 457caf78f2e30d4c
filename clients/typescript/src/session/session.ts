import * as sr25519 from "@scure/sr25519";
import { sameAccount, ss58, type Address } from "../address.js";
import { blake2b256 } from "../proof/walk.js";
import { toHex, utf8, type Hex } from "../bytes.js";
import { PinkError } from "../errors.js";
import type { Auth, KeyKind } from "../worker/worker.js";
import { contractList, questionText, revokeText, sessionText, type Here, type Question } from "./texts.js";

/** Who signs bytes: any signer of `polkadot-api`. */
export interface BytesSigner {
  publicKey: Uint8Array;
  signBytes: (data: Uint8Array) => Promise<Uint8Array>;
}

/** Terms of a session that is to begin. */
export interface SessionOptions {
  /** The contracts that it may ask, or `"any"`. */
  contracts: "any" | readonly Address[];
  /** How long it lasts, in milliseconds [default: an hour]. A worker lets it last a day, unless its operator says otherwise. */
  ttlMs?: number;
  /** 1 to 15 of a-z, 0-9 and -: by which it is revoked [default: `page`]. */
  name?: string;
  /** The kind of the account's key [default: found out from its signature]. */
  kind?: KeyKind;
}

/** What was agreed, to be kept by a page over a reload if it wants: whoever has it asks in the account's name. */
export interface StoredSession {
  account: string;
  kind: KeyKind;
  text: string;
  signature: Hex;
  contracts: string[];
  any: boolean;
  until: number;
  name: string;
  secret: Hex;
}

const HOUR_MS = 3_600_000;

/** An account as a public key gives it: that of ecdsa has 33 bytes, of which the account is the hash. */
export const accountOf = (publicKey: Uint8Array): string => ss58(publicKey.length === 33 ? blake2b256(publicKey) : publicKey);

async function signed(signer: BytesSigner, text: string): Promise<Uint8Array> {
  try {
    return await signer.signBytes(utf8(text));
  } catch (reason) {
    throw new PinkError("WalletRefused", "The wallet didn't sign", { reason }, { cause: reason });
  }
}

/** Whether a signature is one of sr25519 over a text, plain or as wallets wrap it. */
function isSr25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  return [text, `<Bytes>${text}</Bytes>`].some((it) => {
    try {
      return sr25519.verify(utf8(it), signature, publicKey);
    } catch {
      return false;
    }
  });
}

/**
 * The kind of a signature, and the signature without the byte that may say so ahead of it. Wallets don't tell the
 * kind: it follows from lengths, and between the two of 64 bytes from which one it is.
 */
function readSignature(publicKey: Uint8Array, text: string, given: Uint8Array, kind?: KeyKind): { kind: KeyKind; signature: Uint8Array } {
  const bare = kind === "ecdsa" || (!kind && publicKey.length === 33) ? 65 : 64;
  if (kind || publicKey.length === 33) {
    const signature = given.length === bare + 1 ? given.slice(1) : given;
    return { kind: kind ?? "ecdsa", signature };
  }
  if (given.length === 66) return { kind: "ecdsa", signature: given.slice(1) };
  const body = given.length === 65 ? given.slice(1) : given;
  if (isSr25519(publicKey, text, body)) return { kind: "sr25519", signature: body };
  // What is left of 65 bytes: ecdsa's own end in a recovery id.
  if (given.length === 65 && (given[0] !== 0 || (given[64] as number) < 4)) return { kind: "ecdsa", signature: given };
  return { kind: "ed25519", signature: body };
}

/**
 * A key of a page's own that asks in an account's name, for a while and within a scope, because the account signed
 * that once.
 */
export class Session {
  private constructor(private readonly it: StoredSession, private readonly secret: Uint8Array) {}

  /** Makes a key and has the account sign for it. */
  static async begin(signer: BytesSigner, where: Pick<Here, "genesis" | "cluster">, options: SessionOptions): Promise<Session> {
    const secret = sr25519.secretFromSeed(crypto.getRandomValues(new Uint8Array(32)));
    const until = new Date(Date.now() + (options.ttlMs ?? HOUR_MS));
    const name = options.name ?? "page";
    const text = sessionText({ ...where, key: sr25519.getPublicKey(secret), contracts: options.contracts, until, name });
    const { kind, signature } = readSignature(signer.publicKey, text, await signed(signer, text), options.kind);
    const any = options.contracts === "any";
    return new Session(
      {
        account: accountOf(signer.publicKey),
        kind,
        text,
        signature: toHex(signature),
        contracts: options.contracts === "any" ? [] : contractList(options.contracts),
        any,
        until: Math.floor(until.getTime() / 60_000) * 60_000,
        name,
        secret: toHex(secret),
      },
      secret,
    );
  }

  /** Goes on with a session that was stored. */
  static restore(stored: StoredSession): Session {
    const secret = Uint8Array.from(stored.secret.slice(2).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    return new Session(stored, secret);
  }

  /** What a page may keep, as it keeps a password. */
  store(): StoredSession {
    return { ...this.it };
  }

  /** In whose name it asks. */
  get account(): string {
    return this.it.account;
  }

  /** By which it is revoked. */
  get name(): string {
    return this.it.name;
  }

  /** When it ends. */
  get until(): Date {
    return new Date(this.it.until);
  }

  /** What the account signed. */
  get text(): string {
    return this.it.text;
  }

  /** Whether it may ask a contract; of one that isn't made yet, whether it may ask any. */
  covers(contract: Address | undefined): boolean {
    return this.it.any || (contract !== undefined && this.it.contracts.some((it) => sameAccount(it, contract)));
  }

  /**
   * Signs a question.
   *
   * @throws {@link PinkError} `SessionExpired`, `SessionScope`.
   */
  sign(here: Here, question: Question): Auth {
    if (Date.now() >= this.it.until) {
      throw new PinkError("SessionExpired", `The session \`${this.name}\` has ended at ${this.until.toISOString()}`, { code: 9023 });
    }
    const contract = "contract" in question ? question.contract : undefined;
    if (!this.covers(contract)) {
      throw new PinkError("SessionScope", `The session \`${this.name}\` isn't for what is asked`, { contract: contract ? ss58(contract) : "" });
    }
    const text = questionText(here, this.account, question);
    const { account, kind, text: signedText, signature, contracts } = this.it;
    return {
      signer: ss58(sr25519.getPublicKey(this.secret)),
      kind: "sr25519",
      signature: toHex(sr25519.sign(this.secret, utf8(text))),
      after: toHex32(here.after),
      session: { account, kind, text: signedText, signature, ...(contracts.length > 1 ? { contracts } : {}) },
    };
  }
}

const toHex32 = (hash: Here["after"]): Hex => (typeof hash === "string" ? (hash as Hex) : toHex(hash));

async function authBy(signer: BytesSigner, text: string, after: Here["after"], kind?: KeyKind): Promise<Auth> {
  const read = readSignature(signer.publicKey, text, await signed(signer, text), kind);
  return { signer: accountOf(signer.publicKey), kind: read.kind, signature: toHex(read.signature), after: toHex32(after) };
}

/** Has an account sign one question. */
export function signQuestion(signer: BytesSigner, here: Here, question: Question, kind?: KeyKind): Promise<Auth> {
  return authBy(signer, questionText(here, accountOf(signer.publicKey), question), here.after, kind);
}

/** Has an account sign that its sessions of a name end. */
export function signRevocation(signer: BytesSigner, here: Here, name: string, kind?: KeyKind): Promise<Auth> {
  return authBy(signer, revokeText(here, accountOf(signer.publicKey), name), here.after, kind);
}
