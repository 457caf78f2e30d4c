import { describe, expect, it } from "vitest";
import { amount, fromHex, readAmount, size, time, toHex, written } from "../src/format.js";

const unit = { symbol: "UNIT", decimals: 12 };

describe("amounts", () => {
  it("are written and read without losing a bit", () => {
    expect(amount(1_000_000_000_000n, unit)).toBe("1 UNIT");
    expect(amount(1n, unit)).toBe("0.000000000001 UNIT");
    expect(amount("40582302000", unit)).toBe("0.040582302 UNIT");
    expect(amount(2n ** 127n, unit)).toBe("170\u202f141\u202f183\u202f460\u202f469\u202f231\u202f731\u202f687\u202f303.715884105728 UNIT");
    expect(amount(12_345n, undefined)).toBe("12\u202f345");
    for (const value of [0n, 1n, 999n, 10n ** 12n, 2n ** 127n + 1n]) {
      expect(readAmount(amount(value, unit).replace(" UNIT", ""), unit)).toBe(value);
    }
    expect(readAmount("", unit)).toBe(0n);
    expect(readAmount("1.5", unit)).toBe(1_500_000_000_000n);
    expect(readAmount("0.01", unit)).toBe(10_000_000_000n);
    for (const wrong of ["1,5", "-1", "1.2.3", "x", "0x10", "1e3", "0.0000000000001"]) expect(() => readAmount(wrong, unit), wrong).toThrow();
  });

  it("of gas are times and sizes", () => {
    expect(time(4_058_230_200n)).toBe("4.06 ms");
    expect(time(0n)).toBe("0 ps");
    expect(time(1_250_000_000_000n)).toBe("1.25 s");
    expect(size(7_424)).toBe("7.25 KiB");
    expect(size(12)).toBe("12 B");
  });
});

describe("values", () => {
  it("are written as a person reads them", () => {
    expect(written({ success: true, value: undefined })).toBe("Ok()");
    expect(written({ success: false, value: { type: "InsufficientBalance", value: undefined } })).toBe("Err(InsufficientBalance)");
    expect(written({ from: undefined, value: 5n, data: Uint8Array.of(1, 255) })).toBe("{ from: none, value: 5, data: 0x01ff }");
    expect(written(["a", 1, true])).toBe('["a", 1, true]');
  });

  it("of hex are whole bytes", () => {
    expect(toHex(fromHex("0x00ff10"))).toBe("0x00ff10");
    for (const wrong of ["", "00", "0x0", "0xgg"]) expect(() => fromHex(wrong), wrong).toThrow();
  });
});
