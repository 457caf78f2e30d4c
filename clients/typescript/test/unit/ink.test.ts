import { readFileSync } from "node:fs";
import { AccountId } from "@polkadot-api/substrate-bindings";
import { describe, expect, expectTypeOf, it } from "vitest";
import { concatBytes, toBytes, toHex, type Hex } from "../../src/bytes.js";
import { readBundle } from "../../src/contract/bundle.js";
import { readError, type Contract } from "../../src/contract/contract.js";
import { callable, codecsOf, decodeEvents, describe as described, unwrap, type EventOf, type Messages, type Response } from "../../src/contract/ink.js";
import { generate, identifier } from "../../src/codegen/generate.js";
import { flipperInk4 } from "../generated/flipper-ink4.js";
import { flipper } from "../generated/flipper.js";
import { token, tokenCode } from "../generated/token.js";
import { artefact } from "./artefacts.js";

const bytes = (fill: number) => new Uint8Array(32).fill(fill);
const address = (fill: number) => AccountId(42).dec(bytes(fill));
// u128, little-endian.
const amount = (value: number) => Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? value : 0));

describe("calls", () => {
  it("are selector and arguments", () => {
    // Selectors are the first bytes of BLAKE2b-256 of the label; from the metadata that ink! wrote.
    const transfer = callable(token, "message", "transfer").encode({ to: address(7), value: 9n });
    expect(toHex(transfer)).toBe(toHex(concatBytes(toBytes("0x84a15da1"), bytes(7), amount(9))));
    expect(toHex(callable(flipper, "message", "flip").encode(undefined))).toBe("0x633aa551");
    expect(toHex(callable(flipper, "constructor", "new").encode({ value: true }))).toBe("0x9bae9d5e01");
    expect(toHex(callable(flipperInk4, "message", "get").encode({}))).toBe("0x2f865bd9");
  });

  it("say what is missing and what there is", () => {
    expect(() => callable(token, "message", "transfer").encode({ to: address(1) })).toThrow(/takes to, value; not given: value/);
    expect(() => callable(flipper, "message", "flop")).toThrow(/no message flop, but flip, get/);
  });

  it("give what the contract returned, or its error", () => {
    const get = callable(flipper, "message", "get");
    expect(unwrap(get.decode(toBytes("0x0001")), new Uint8Array())).toBe(true);
    // Err(LangError::CouldNotReadInput), index 1.
    expect(() => unwrap(get.decode(toBytes("0x0101")), new Uint8Array())).toThrow(expect.objectContaining({ type: "LangError", value: expect.objectContaining({ message: { type: "CouldNotReadInput", value: undefined } }) }));
    const transfer = callable(token, "message", "transfer");
    // Ok(Err(InsufficientBalance)).
    expect(readError(transfer.decode(toBytes("0x000100")))).toMatchObject({ type: "InsufficientBalance" });
    expect(transfer).toMatchObject({ mutates: true, payable: false });
    expect(get).toMatchObject({ mutates: false });
  });
});

describe("events", () => {
  const signature = "0xb5b61a3e6a21a16be4f044b517c28ac692492f73c5bfd3f60178ad98c767f4cb" as const;
  const data = concatBytes(Uint8Array.of(1), bytes(1), Uint8Array.of(1), bytes(2), amount(5));
  const emitted = (contract: string, topics: Hex[], data: Uint8Array) => ({ type: "ContractEmitted", value: { contract, topics, data } });

  it("are decoded by address and signature", () => {
    const events = [
      emitted(address(9), [signature], data),
      // Another contract's, with the same signature.
      emitted(address(8), [signature], data),
      { type: "Transfer", value: { from: address(1), to: address(2), amount: 5n } },
    ];
    const found = decodeEvents(token, address(9), events);
    expect(found).toEqual([
      { decoded: true, contract: address(9), topics: [signature], event: { type: "Transfer", value: { from: address(1), to: address(2), value: 5n } } },
    ]);
    expectTypeOf<Extract<EventOf<typeof token>, { type: "Approval" }>["value"]["value"]>().toEqualTypeOf<bigint>();
  });

  it("that can't be decoded are given as they are, and never left out", () => {
    const other = toHex(bytes(3));
    const events = [
      emitted(address(9), [], data),
      emitted(address(9), [other], data),
      emitted(address(9), [signature], data.slice(0, -1)),
      emitted(address(9), [signature], concatBytes(data, Uint8Array.of(0))),
      emitted(address(9), [signature], new Uint8Array()),
    ];
    const found = decodeEvents(token, address(9), events);
    expect(found.map((it) => it.decoded)).toEqual([false, false, false, false, false]);
    expect(found[1]).toEqual({ decoded: false, contract: address(9), topics: [other], data });
  });
});

describe("generated modules", () => {
  it("are those of the bundles: npm run generate", () => {
    for (const [name, descriptor] of [["token", token], ["flipper", flipper], ["flipper-ink4", flipperInk4]] as const) {
      const bundle = readBundle(artefact(`${name}.contract`).toString());
      const written = readFileSync(new URL(`../generated/${name}.ts`, import.meta.url), "utf8");
      expect(written).toBe(generate(bundle, { code: true, from: "../../src/index.js" }));
      expect(descriptor.codeHash).toBe(bundle.codeHash);
      expect(codecsOf(descriptor)).toBe(codecsOf(descriptor));
    }
    expect(Buffer.from(toBytes(tokenCode)).equals(artefact("token.wasm"))).toBe(true);
  });

  it("are those of the examples' bundles as well: npm run generate:examples", () => {
    for (const name of ["token", "ballot", "price-oracle", "counter", "counter-next"]) {
      const bundle = readBundle(artefact(`${name}.contract`).toString());
      const written = readFileSync(new URL(`../../examples/contracts/${name}.ts`, import.meta.url), "utf8");
      expect(written).toBe(generate(bundle, { code: true, from: "pink-client" }));
    }
  });

  it("type messages and responses", () => {
    type Transfer = Messages<typeof token>["transfer"];
    expectTypeOf<Transfer["message"]>().toExtend<{ to: string; value: bigint }>();
    expectTypeOf<Transfer["message"]>().not.toExtend<{ to: number }>();
    expectTypeOf<Response<Messages<typeof token>["balance_of"]["response"]>>().toEqualTypeOf<bigint>();
    expectTypeOf<Response<Messages<typeof flipper>["get"]["response"]>>().toEqualTypeOf<boolean>();
    // Names that there aren't, and arguments of another type, are errors of the compiler.
    expectTypeOf<keyof Messages<typeof flipper>>().toEqualTypeOf<"flip" | "get">();
    type Query = Contract<typeof token>["query"];
    const compile = (query: Query) => {
      // @ts-expect-error: there is no such message.
      void query("mint", {});
      // @ts-expect-error: the arguments are missing.
      void query("balance_of", {});
      // @ts-expect-error: an owner is an address.
      void query("balance_of", { data: { owner: 7 } });
      return query("balance_of", { data: { owner: "" } });
    };
    expectTypeOf<Extract<Awaited<ReturnType<typeof compile>>, { success: true }>["value"]["response"]>().toEqualTypeOf<bigint>();
    expectTypeOf<Response<Transfer["response"]>>().toExtend<{ success: boolean; value: unknown }>();
  });

  it("have names that a program may have", () => {
    expect(["flipper-ink4", "my_token", "3d", "Token"].map(identifier)).toEqual(["flipperInk4", "myToken", "contract3d", "token"]);
    const bundle = readBundle(artefact("flipper.contract").toString());
    expect(generate(bundle, { name: "other" })).toContain("export const other = {");
    expect(() => generate({ ...bundle, code: undefined }, { code: true })).toThrow(/no code/);
  });

  it("aren't needed: a bundle describes itself", () => {
    const bundle = readBundle(artefact("flipper.contract").toString());
    expect(toHex(callable(described(bundle), "message", "flip").encode({}))).toBe("0x633aa551");
  });
});
