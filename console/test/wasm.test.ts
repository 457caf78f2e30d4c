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

  it("aren't made up of what is no module", () => {
    const code = artefact("flipper.wasm");
    expect(() => importsOf(new Uint8Array())).toThrow("isn't WebAssembly");
    expect(() => importsOf(new TextEncoder().encode("PK, not wasm"))).toThrow("isn't WebAssembly");
    // Cut anywhere within its types and imports it is refused, and never read beyond its end. At 53 its types are whole.
    for (let length = 9; length < 120; length += 1) if (length !== 53) expect(() => importsOf(code.subarray(0, length)), `${length}`).toThrow(/ends too early/);
    expect(importsOf(code.subarray(0, 8))).toEqual([]);
  });
});
