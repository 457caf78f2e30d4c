import type { Codec } from "@polkadot-api/substrate-bindings";
import { concatBytes, equalBytes, toBytes, type BytesLike } from "../bytes.js";

/** Reads bytes that are all of something: written again they must be the same. */
export function whole<T>(codec: Codec<T>, bytes: BytesLike, what: string): T {
  const given = toBytes(bytes);
  // Codecs of fixed length take less where bytes end: with more behind them they take what isn't there, and it is seen.
  const padded = concatBytes(given, new Uint8Array(64));
  let value: T;
  let again: Uint8Array;
  try {
    value = codec.dec(padded);
    again = codec.enc(value);
  } catch (error) {
    throw new TypeError(`these ${given.length} bytes aren't a ${what}; the worker may be newer than this client`, {
      cause: error,
    });
  }
  if (!equalBytes(given, again)) throw new TypeError(`these ${given.length} bytes aren't a ${what} and nothing else`);
  return value;
}
