/**
 * `.contract` files.
 *
 * @module
 */
import type { InkMetadata } from "@polkadot-api/ink-contracts";
import { toBytes, toHex, type Hex } from "../bytes.js";
import { PinkError } from "../errors.js";
import { blake2b256 } from "../proof/walk.js";

/** What a `.contract` file holds: ink! 4's and 5's, as `cargo contract` writes them. */
export interface Bundle {
  name: string;
  /** Metadata, without the code. */
  metadata: InkMetadata;
  /** BLAKE2b-256 of the code: by it the chain and the contracts know it. */
  codeHash: Hex;
  /** The code; a metadata file has none. */
  code: Uint8Array | undefined;
}

interface Json {
  V1?: unknown;
  V3?: unknown;
  version?: unknown;
  source?: { hash?: unknown; wasm?: unknown; contract_binary?: unknown; language?: unknown };
  contract?: { name?: unknown };
  spec?: { constructors?: unknown; messages?: unknown };
  types?: unknown;
  storage?: unknown;
}

const bad = (reason: string, hint?: string, cause?: unknown) =>
  new PinkError("BadBundle", `This is no .contract file that can be used: ${reason}`, { reason }, { hint, cause });

/**
 * Reads a `.contract` file, or the metadata file beside it.
 *
 * @param file Its text, or what it is as JSON.
 * @throws `PinkError` of the type `BadBundle`, with a sentence that says what it is instead.
 */
export function readBundle(file: string | object): Bundle {
  let json: Json;
  try {
    json = (typeof file === "string" ? JSON.parse(file) : file) as Json;
  } catch (cause) {
    throw bad("it isn't JSON", undefined, cause);
  }
  if (typeof json !== "object" || json === null) throw bad("it isn't a JSON object");
  if (json.V1 || json.V3) {
    throw bad("its metadata is of ink! 3", "build the contract with ink! 4 or 5; what is there of ink! 3 can be called by the worker's command line");
  }
  const version = String(json.version);
  if (version === "6" || json.source?.contract_binary !== undefined) {
    throw bad("it is of ink! 6, for another virtual machine", "engines run WebAssembly: build the contract with ink! 5");
  }
  if (!json.spec || !Array.isArray(json.spec.constructors) || !Array.isArray(json.spec.messages) || !Array.isArray(json.types) || !json.storage) {
    throw bad("it has no metadata");
  }
  if (version !== "4" && version !== "5") throw bad(`its metadata has the version ${version}, not 4 or 5`);
  const { hash, wasm } = json.source ?? {};
  if (typeof hash !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(hash)) throw bad("it doesn't say which code it belongs to");
  let code: Uint8Array | undefined;
  if (wasm !== undefined && wasm !== null) {
    try {
      code = toBytes(wasm as string);
    } catch (cause) {
      throw bad("its code isn't hex", undefined, cause);
    }
    const found = toHex(blake2b256(code));
    if (found !== hash.toLowerCase()) throw bad(`its metadata belongs to the code ${hash}, and the code with it is ${found}`, "build it again");
  }
  const { wasm: _, ...source } = json.source as Record<string, unknown>;
  const metadata = { ...json, source } as unknown as InkMetadata;
  return { name: String(json.contract?.name ?? "contract"), metadata, codeHash: hash.toLowerCase() as Hex, code };
}
