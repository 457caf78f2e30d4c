import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importsOf } from "../src/wasm.js";

const artefact = (name: string) => new Uint8Array(readFileSync(new URL(`../../contracts/artifacts/${name}`, import.meta.url)));

describe("a contract's imports", () => {
  // The engine's own reader of modules isn't ours: V8's.
  for (const name of ["token.wasm", "flipper.wasm", "flipper-ink3.wasm", "flipper-ink4.wasm", "factory.wasm", "outside.wasm", "system.wasm", "bench.wasm"]) {
    it(`are read of ${name} as V8 reads them`, () => {
      const code = artefact(name);
      const expected = WebAssembly.Module.imports(new WebAssembly.Module(code));
      expect(expected.length).toBeGreaterThan(0);
      expect(importsOf(code)).toEqual(expected);
    });
  }

  it("are of every kind, bounded or not", () => {
    // By hand: a table, two memories' worth of bounds, two globals, and a function of type 0 behind them.
    const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
    const imports = [
      [...name("e"), ...name("t"), 1, 0x70, 0, 1],
      [...name("e"), ...name("u"), 1, 0x70, 1, 1, 2],
      [...name("e"), ...name("m"), 2, 1, 0x80, 0x01, 0x80, 0x02],
      [...name("e"), ...name("g"), 3, 0x7f, 0],
      [...name("e"), ...name("h"), 3, 0x7e, 1],
      [...name("e"), ...name("f"), 0, 0],
    ];
    const section = [imports.length, ...imports.flat()];
    const code = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, section.length, ...section]);
    const expected = WebAssembly.Module.imports(new WebAssembly.Module(code));
    expect(expected.map((it) => it.kind)).toEqual(["table", "table", "memory", "global", "global", "function"]);
    expect(importsOf(code)).toEqual(expected);
  });

  it("aren't made up of what is no module", () => {
    const code = artefact("flipper.wasm");
    expect(() => importsOf(new Uint8Array())).toThrow("isn't WebAssembly");
    expect(() => importsOf(new TextEncoder().encode("PK, not wasm"))).toThrow("isn't WebAssembly");
    // Cut anywhere within its types and imports it is refused, and never read beyond its end. At 53 its types are whole.
    for (let length = 9; length < 120; length += 1) if (length !== 53) expect(() => importsOf(code.subarray(0, length)), `${length}`).toThrow(/ends too early/);
    expect(importsOf(code.subarray(0, 8))).toEqual([]);
  });
});
