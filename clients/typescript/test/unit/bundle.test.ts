import { describe, expect, it } from "vitest";
import { readBundle } from "../../src/contract/bundle.js";
import { PinkError } from "../../src/errors.js";
import { artefact } from "./artefacts.js";

const json = (name: string) => JSON.parse(artefact(name).toString()) as Record<string, any>;

const refusal = (file: string | object): PinkError => {
  try {
    readBundle(file);
  } catch (error) {
    if (error instanceof PinkError) return error;
    throw error;
  }
  throw new Error("it was taken");
};

describe("bundles", () => {
  for (const name of ["flipper", "token", "factory", "outside", "flipper-ink4", "system"]) {
    it(`${name} is read as cargo contract wrote it`, () => {
      const bundle = readBundle(artefact(`${name}.contract`).toString());
      expect(Buffer.from(bundle.code!).equals(artefact(`${name}.wasm`))).toBe(true);
      expect(bundle.codeHash).toBe(json(`${name}.contract`).source.hash);
      // The metadata goes into pages, and the code isn't there twice.
      expect("wasm" in bundle.metadata.source).toBe(false);
    });
  }

  it("without code are metadata", () => {
    const file = json("flipper.contract");
    delete file.source.wasm;
    expect(readBundle(file).code).toBeUndefined();
  });

  const cases: [string, () => string | object, RegExp][] = [
    ["what isn't JSON", () => "\0asm", /isn't JSON/],
    ["a number", () => "7", /isn't a JSON object/],
    ["null", () => "null", /isn't a JSON object/],
    ["ink! 3", () => json("flipper-ink3.contract"), /ink! 3.*Build the contract with ink! 4 or 5/s],
    ["ink! 6", () => ({ ...json("flipper.contract"), version: 6 }), /ink! 6.*ink! 5/s],
    ["an unknown version", () => ({ ...json("flipper.contract"), version: 7 }), /version 7, not 4 or 5/],
    ["no metadata", () => ({ source: json("flipper.contract").source, version: 5 }), /no metadata/],
    ["no hash", () => ({ ...json("flipper.contract"), source: {} }), /which code/],
    ["another code", () => {
      const file = json("flipper.contract");
      return { ...file, source: { ...file.source, wasm: json("token.contract").source.wasm } };
    }, /0x2a719c.* and the code with it is 0xc22ea5/],
    ["a code that isn't hex", () => {
      const file = json("flipper.contract");
      return { ...file, source: { ...file.source, wasm: "0xzz" } };
    }, /isn't hex/],
  ];
  for (const [name, file, sentence] of cases) {
    it(`${name} is refused with a sentence`, () => {
      const error = refusal(file());
      expect(error.type).toBe("BadBundle");
      expect(error.message).toMatch(sentence);
      expect(error.hint.length).toBeGreaterThan(10);
    });
  }
});
