/** Bytes as `0x` and pairs of hex digits. */
export type Hex = `0x${string}`;

/** Bytes, or their hex. */
export type BytesLike = Uint8Array | string;

const DIGITS = /^0x([0-9a-fA-F]{2})*$/;

/** The bytes of a hex text; a copy of bytes, so that a view's whole buffer is never looked at. */
export function toBytes(value: BytesLike): Uint8Array {
  if (typeof value !== "string") return Uint8Array.from(value);
  if (!DIGITS.test(value)) {
    throw new TypeError(`bytes are 0x and pairs of hex digits, not ${JSON.stringify(value.slice(0, 40))}`);
  }
  const bytes = new Uint8Array((value.length - 2) / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(value.slice(2 + at * 2, 4 + at * 2), 16);
  }
  return bytes;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The hex of bytes, in lower case, with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  let text = "0x";
  for (const byte of bytes) text += PAIRS[byte];
  return text as Hex;
}

/** Whether two byte strings are the same. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Byte strings, one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
