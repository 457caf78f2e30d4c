/** How numbers and bytes are written. */

/** Groups of three digits. */
export const grouped = (value: bigint | number | string): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

/** So many of something. */
export const counted = (count: number, what: string) => `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;

/** A number with three digits that count. */
export function short(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1_000) return grouped(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Picoseconds as a time. */
export function time(ps: bigint | string | number): string {
  const value = Number(ps);
  for (const [unit, size] of [["s", 1e12], ["ms", 1e9], ["µs", 1e6], ["ns", 1e3]] as const) {
    if (value >= size) return `${short(value / size)} ${unit}`;
  }
  return `${value} ps`;
}

/** Bytes. */
export function size(bytes: bigint | number | string): string {
  const value = Number(bytes);
  if (value >= 1 << 20) return `${short(value / (1 << 20))} MiB`;
  if (value >= 1 << 10) return `${short(value / (1 << 10))} KiB`;
  return `${value} B`;
}

/** What a chain's currency is called, and in which parts it is counted. */
export interface Unit {
  symbol: string;
  decimals: number;
}

/** An amount of a chain's currency; as it is counted, as long as the unit isn't known. */
export function amount(value: bigint | string, unit: Unit | undefined): string {
  const whole = BigInt(value);
  if (!unit) return grouped(whole);
  const sign = whole < 0n ? "−" : "";
  const digits = (whole < 0n ? -whole : whole).toString().padStart(unit.decimals + 1, "0");
  const split = digits.length - unit.decimals;
  const fraction = digits.slice(split).replace(/0+$/, "");
  return `${sign}${grouped(digits.slice(0, split))}${fraction && `.${fraction}`} ${unit.symbol}`.trim();
}

/** Reads an amount that a person wrote, in the unit. */
export function readAmount(text: string, unit: Unit | undefined): bigint {
  const decimals = unit?.decimals ?? 0;
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text.replace(/[\s_\u202f]/g, "") || "0");
  if (!found) throw new Error(`${text} isn't an amount: write it like 12.5`);
  const [, whole = "0", fraction = ""] = found;
  if (fraction.length > decimals) throw new Error(`${text} has more than ${decimals} decimal places`);
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}

/** The two ends of something long. */
export const ends = (text: string, head = 8, tail = 6): string => (text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`);

export const toHex = (bytes: Uint8Array): `0x${string}` => `0x${[...bytes].map((it) => it.toString(16).padStart(2, "0")).join("")}`;

export function fromHex(text: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new Error(`${ends(text)} isn't 0x and pairs of hex digits`);
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A value of a contract's, as a person reads it. */
export function written(value: unknown): string {
  if (value === undefined) return "none";
  if (value === null) return "null";
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint" || typeof value === "number") return grouped(value);
  if (typeof value === "string") return value.startsWith("0x") || /^[1-9A-HJ-NP-Za-km-z]{46,50}$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  const object = value as Record<string, unknown>;
  if ("success" in object && "value" in object) return object["success"] ? `Ok(${object["value"] === undefined ? "" : written(object["value"])})` : `Err(${written(object["value"])})`;
  if (typeof object["type"] === "string" && Object.keys(object).every((it) => it === "type" || it === "value")) {
    return object["value"] === undefined ? object["type"] : `${object["type"]}(${written(object["value"])})`;
  }
  return `{ ${Object.entries(object).map(([name, it]) => `${name}: ${written(it)}`).join(", ")} }`;
}

/** An outcome in words. */
export function outcomeText(outcome: { type: string; error?: string; detail?: string }): string {
  const names: Record<string, string> = { success: "success", reverted: "reverted", outOfGas: "out of gas", trapped: "failed", rejected: "rejected" };
  const name = names[outcome.type] ?? outcome.type;
  return outcome.error ? `${name}: ${outcome.error}${outcome.detail ? ` (${outcome.detail})` : ""}` : name;
}

/** Whether a version like `2.1` is newer than another one; anything is newer than none. */
export const newer = (one: string, other: string | null | undefined) => {
  const [a = 0, b = 0] = one.split(".").map(Number);
  const [c = 0, d = 0] = (other ?? "0.0").split(".").map(Number);
  return a > c || (a === c && b > d);
};
