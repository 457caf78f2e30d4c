import { readFileSync } from "node:fs";
import { getInkDynamicBuilder, getInkLookup } from "@polkadot-api/ink-contracts";
import { describe, expect, it, vi } from "vitest";

// The form asks the client how an address is read, once that is loaded: here it is at once.
vi.stubGlobal("document", { baseURI: "http://127.0.0.1:9955/console/" });
vi.stubGlobal("location", { origin: "http://127.0.0.1:9955" });
const { empty, FieldError, read } = await import("../src/form.js");
const { link } = await import("../src/link.js");
const { ss58 } = await import("pink-client");
link.set({ module: { ss58 } as never, chain: undefined, error: undefined });

type Entry = Parameters<typeof empty>[0];
const primitive = (value: string) => ({ id: 0, type: "primitive", value }) as Entry;
const bytes = { id: 0, type: "sequence", value: primitive("u8") } as Entry;
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

describe("a form's values", () => {
  it("are whole numbers within their type", () => {
    expect(read(primitive("u8"), "255")).toBe(255);
    expect(read(primitive("u128"), "1 000_000")).toBe(1_000_000n);
    expect(read(primitive("i64"), "-9223372036854775808")).toBe(-(2n ** 63n));
    for (const [type, wrong] of [["u8", "256"], ["u8", "-1"], ["u32", "1.5"], ["u32", ""], ["i8", "-129"], ["u128", "0x10"]] as const) {
      expect(() => read(primitive(type), wrong, "amount"), `${type} ${wrong}`).toThrow(/^amount: /);
    }
  });

  it("are accounts in any of their forms, as SS58", () => {
    const entry = { id: 0, type: "AccountId32" } as Entry;
    const hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
    expect(read(entry, ` ${ALICE} `)).toBe(ALICE);
    expect(read(entry, hex)).toBe(ALICE);
    for (const wrong of ["", "5Grw", `${ALICE.slice(0, -1)}Z`, "0x00"]) expect(() => read(entry, wrong, "owner"), wrong).toThrow(FieldError);
  });

  it("are bytes, of hex or of text", () => {
    expect(read(bytes, "0x0102")).toEqual(Uint8Array.of(1, 2));
    expect(read(bytes, "hé")).toEqual(Uint8Array.of(0x68, 0xc3, 0xa9));
    expect(() => read(bytes, "0x012")).toThrow();
    const hash = { id: 0, type: "array", len: 4, value: primitive("u8") } as Entry;
    expect(read(hash, "0x01020304")).toBe("0x01020304");
    expect(() => read(hash, "0x0102")).toThrow(/8 hex digits/);
  });

  it("are nested: options, enums, structs, lists", () => {
    const option = { id: 0, type: "option", value: primitive("u8") } as Entry;
    expect(read(option, empty(option))).toBeUndefined();
    expect(read(option, { variant: "Some", of: "7" })).toBe(7);
    const order = { id: 0, type: "enum", value: { Buy: { type: "lookupEntry", value: primitive("u8"), idx: 0 }, None: { type: "void", idx: 1 } }, innerDocs: {} } as unknown as Entry;
    expect(empty(order)).toEqual({ variant: "Buy", of: "" });
    expect(read(order, { variant: "None", of: "" })).toEqual({ type: "None", value: undefined });
    expect(read(order, { variant: "Buy", of: "3" })).toEqual({ type: "Buy", value: 3 });
    const list = { id: 0, type: "sequence", value: { id: 1, type: "struct", value: { a: primitive("u8"), b: primitive("bool") }, innerDocs: {} } } as Entry;
    expect(read(list, [{ a: "1", b: true }], "x")).toEqual([{ a: 1, b: true }]);
    expect(() => read(list, [{ a: "1", b: true }, { a: "", b: false }], "x")).toThrow(/^x\.1\.a: /);
  });

  it("are what the codecs of real metadata take, of every message and constructor", () => {
    // An empty form, with something in each of its fields.
    const filled = (entry: Entry, draft: ReturnType<typeof empty>): ReturnType<typeof empty> => {
      if (entry.type === "AccountId32") return ALICE;
      if (entry.type === "primitive" && entry.value !== "bool") return "1";
      if (entry.type === "array" && entry.value.type === "primitive") return `0x${"01".repeat(entry.len)}`;
      if (entry.type === "struct") return Object.fromEntries(Object.entries(entry.value).map(([name, it]) => [name, filled(it, (draft as Record<string, typeof draft>)[name]!)]));
      if (entry.type === "tuple") return entry.value.map((it, at) => filled(it, (draft as (typeof draft)[])[at]!));
      if (entry.type === "enum") {
        const { variant, of } = draft as { variant: string; of: typeof draft };
        const inner = entry.value[variant]!;
        return inner.type === "void" ? draft : { variant, of: filled(inner.type === "lookupEntry" ? inner.value : ({ id: -1, ...inner } as Entry), of) };
      }
      return draft;
    };
    const draft = (entry: Entry) => filled(entry, empty(entry));
    let seen = 0;
    for (const name of ["token", "flipper", "flipper-ink4", "factory", "outside", "bench"]) {
      const metadata = JSON.parse(readFileSync(new URL(`../../contracts/artifacts/${name}.contract`, import.meta.url), "utf8"));
      const lookup = getInkLookup(metadata);
      const builder = getInkDynamicBuilder(lookup);
      for (const [kind, build] of [["messages", builder.buildMessage], ["constructors", builder.buildConstructor]] as const) {
        for (const { label, args } of metadata.spec[kind] as { label: string; args: { label: string; type: { type: number } }[] }[]) {
          const values = Object.fromEntries(args.map((it) => [it.label, read(lookup(it.type.type), draft(lookup(it.type.type)), it.label)]));
          const encoded = build(label).call.enc(values as never);
          expect(build(label).call.dec(encoded), `${name} ${label}`).toEqual(values);
          seen += 1;
        }
      }
    }
    expect(seen).toBeGreaterThan(20);
  });
});
