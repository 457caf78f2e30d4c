import { readFileSync } from "node:fs";
import * as sr25519 from "@scure/sr25519";
import { describe, expect, it } from "vitest";
import { accountBytes } from "../../src/address.js";
import { toBytes, utf8 } from "../../src/bytes.js";
import { PinkError } from "../../src/errors.js";
import { contractList, questionText, revokeText, Session, signRevocation, sessionText, type Question } from "../../src/session/index.js";

interface Signed {
  genesis: string; after: string; cluster: number; contract: string; codeHash: string; input: string; salt: string;
  value: string; lent: string;
  vectors: { what: string; kind: string; form: string; account: string; signer: string; text: string; signature: string }[];
}

/** What another implementation (Polkadot-JS) made for the worker's own tests. */
const signed: Signed = JSON.parse(readFileSync(new URL("../vectors/signed.json", import.meta.url), "utf8"));
const here = { genesis: signed.genesis, cluster: BigInt(signed.cluster), after: signed.after };
const value = BigInt(signed.value);
const { contract, codeHash, input, salt } = signed;
const lent = BigInt(signed.lent);

const questions: Record<string, Question> = {
  query: { type: "query", contract, input, value, lent },
  "query by session": { type: "query", contract, input, value, lent },
  call: { type: "estimateCall", contract, input, value },
  instantiate: { type: "estimateInstantiate", codeHash, input, value, salt },
};

const typeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof PinkError ? error.type : String(error);
  }
  return "none";
};

describe("texts", () => {
  it("of questions are those of the other implementation", () => {
    let compared = 0;
    for (const { what, account, text } of signed.vectors) {
      const question = questions[what];
      if (!question) continue;
      expect(questionText(here, account, question)).toBe(text);
      compared += 1;
    }
    expect(compared).toBe(3 * 4 * 2);
  });

  it("of sessions and revocations are those of the other implementation", () => {
    const keyOf = (kind: string) => signed.vectors.find((it) => it.what === "query by session" && it.kind === kind)!.signer;
    const scopes = { any: "any", one: [contract], list: [new Uint8Array(32).fill(4), contract, contract] } as const;
    let compared = 0;
    for (const { what, kind, text, account } of signed.vectors) {
      if (what === "revoke") {
        expect(revokeText(here, account, "console")).toBe(text);
        compared += 1;
      }
      const scope = /^session (any|one|list) until$/.exec(what)?.[1] as keyof typeof scopes | undefined;
      if (!scope) continue;
      const until = new Date("2026-11-27T12:30:59.999Z");
      expect(sessionText({ ...here, key: keyOf(kind), contracts: scopes[scope], until, name: "console" })).toBe(text);
      compared += 1;
    }
    expect(compared).toBe(3 * 2 + 3 * 3 * 2);
  });

  it("of the longest session fit into what wallets sign as it is", () => {
    const key = new Uint8Array(32).fill(255);
    const one = { ...here, cluster: 9_999_999_999n, key, contracts: [key], until: new Date("2999-12-31T23:59Z"), name: "a-name-of-15-b-" };
    expect(sessionText(one).length).toBeLessThanOrEqual(256);
    const two = sessionText({ ...one, contracts: [key, contract] });
    expect(two.length).toBeLessThanOrEqual(256);
    expect(two).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("that no worker would read aren't made", () => {
    const terms = { ...here, key: contract, contracts: "any" as const, until: new Date(), name: "x" };
    for (const name of ["", "sixteen-letters-", "Big", "a b", "ä"]) expect(() => sessionText({ ...terms, name })).toThrow(/name/);
    expect(() => sessionText({ ...terms, contracts: [] })).toThrow(/1 to 64/);
    const many = Array.from({ length: 65 }, (_, at) => new Uint8Array(32).fill(at));
    expect(() => sessionText({ ...terms, contracts: many })).toThrow(/1 to 64/);
    expect(contractList([contract, contract])).toEqual([contract]);
  });
});

describe("sessions", () => {
  const alice = sr25519.secretFromSeed(new Uint8Array(32).fill(1));
  const texts: string[] = [];
  const signer = {
    publicKey: sr25519.getPublicKey(alice),
    signBytes: async (data: Uint8Array) => {
      texts.push(new TextDecoder().decode(data));
      return sr25519.sign(alice, data);
    },
  };

  it("are signed for once, and their key signs each question", async () => {
    const session = await Session.begin(signer, here, { contracts: [contract], name: "test" });
    expect(texts).toEqual([session.text]);
    const auth = session.sign(here, questions.query!);
    const text = questionText(here, session.account, questions.query!);
    const key = auth.session!.text.match(/^key (.*)$/m)![1]!;
    expect(key).toBe(auth.signer);
    expect(sr25519.verify(utf8(text), toBytes(auth.signature), sr25519.getPublicKey(toBytes(session.store().secret)))).toBe(true);
    expect(sr25519.verify(utf8(session.text), toBytes(auth.session!.signature), signer.publicKey)).toBe(true);
    // The list travels only where its hash is signed.
    expect(auth.session!.contracts).toBeUndefined();
    const again = Session.restore(JSON.parse(JSON.stringify(session.store())));
    expect(again.sign(here, questions.query!).session).toEqual(auth.session);
    const listed = await Session.begin(signer, here, { contracts: [contract, session.account] });
    expect(listed.sign(here, questions.query!).session!.contracts).toEqual(contractList([session.account, contract]));
  });

  it("ask nothing else, and nothing later", async () => {
    const session = await Session.begin(signer, here, { contracts: [contract] });
    expect(typeOf(() => session.sign(here, { ...questions.query!, contract: signer.publicKey } as Question))).toBe("SessionScope");
    expect(typeOf(() => session.sign(here, questions.instantiate!))).toBe("SessionScope");
    const any = await Session.begin(signer, here, { contracts: "any" });
    expect(typeOf(() => any.sign(here, questions.instantiate!))).toBe("none");
    const over = await Session.begin(signer, here, { contracts: "any", ttlMs: -60_000 });
    expect(typeOf(() => over.sign(here, questions.query!))).toBe("SessionExpired");
  });

  it("aren't begun if the wallet refuses", async () => {
    const refusing = { ...signer, signBytes: async () => Promise.reject(new Error("Cancelled")) };
    await expect(Session.begin(refusing, here, { contracts: "any" })).rejects.toMatchObject({ type: "WalletRefused", hint: expect.stringContaining("ask the person") });
  });

  it("find out the kind of what wallets sign", async () => {
    let compared = 0;
    for (const { what, kind, form, account, text, signature } of signed.vectors) {
      if (what !== "revoke" || (form !== "plain" && form !== "wrapped")) continue;
      const bare = toBytes(signature);
      const types = { ed25519: 0, sr25519: 1, ecdsa: 2 } as const;
      for (const given of [bare, Uint8Array.of(types[kind as keyof typeof types], ...bare)]) {
        const wallet = {
          publicKey: accountBytes(account),
          signBytes: async (data: Uint8Array) => {
            expect(new TextDecoder().decode(data)).toBe(text);
            return given;
          },
        };
        const auth = await signRevocation(wallet, here, "console");
        expect([auth.kind, auth.signature, auth.signer]).toEqual([kind, signature, account]);
        compared += 1;
      }
    }
    expect(compared).toBe(3 * 2 * 2);
  });
});
