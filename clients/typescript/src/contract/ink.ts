import { getInkDynamicBuilder, getInkLookup, type InkDescriptors, type InkMetadata } from "@polkadot-api/ink-contracts";
import { sameAccount, type Address } from "../address.js";
import { equalBytes, type Hex } from "../bytes.js";
import { PinkError, type ContractEmitted } from "../errors.js";

/** What is generated from a `.contract` file, or made of one by {@link describe}. */
export type Descriptor = InkDescriptors<any, any, any, any> & {
  /** BLAKE2b-256 of the code that the metadata belongs to. */
  codeHash?: Hex;
};

type Types<D extends Descriptor> = D["__types"];
/** The messages of a contract. */
export type Messages<D extends Descriptor> = Types<D>["messages"];
/** The constructors of a contract. */
export type Constructors<D extends Descriptor> = Types<D>["constructors"];
/** The storage of a contract. */
export type Storage<D extends Descriptor> = Types<D>["storage"];
/** The events of a contract. */
export type EventOf<D extends Descriptor> = Types<D>["event"];

/** What a message returns, without ink!'s own wrapping. */
export type Response<R> = [R] extends [{ success: boolean; value: unknown }] ? Extract<R, { success: true }>["value"] : R;

/** What a message of a contract returns, without ink!'s own wrapping. */
export type ResponseOf<D extends Descriptor, L extends keyof Messages<D>> = Messages<D>[L] extends { response: infer R } ? Response<R> : unknown;

type Part<S, P extends string> = S extends { [K in P]: infer V } ? V : unknown;
/** What lies at a place of a contract's storage. */
export type StoredAt<D extends Descriptor, L extends keyof Storage<D>> = Part<Storage<D>[L], "value">;
/** The key of a mapping in a contract's storage. */
export type StorageKey<D extends Descriptor, L extends keyof Storage<D>> = Part<Storage<D>[L], "key">;

/** An event of a contract: decoded, or as it is if the metadata has no such event. */
export type ContractEvent<E> =
  | { decoded: true; contract: string; event: E; topics: Hex[] }
  | { decoded: false; contract: string; topics: Hex[]; data: Uint8Array };

type Codecs = ReturnType<typeof makeCodecs>;

const cache = new WeakMap<object, Codecs>();

function makeCodecs(metadata: InkMetadata) {
  const lookup = getInkLookup(metadata);
  return { metadata, builder: getInkDynamicBuilder(lookup), storage: lookup.storage };
}

/** The codecs of a contract's metadata. */
export function codecsOf(descriptor: Descriptor): Codecs {
  const { metadata } = descriptor;
  if (!metadata) throw new PinkError("BadBundle", "The descriptor has no metadata", { reason: "no metadata" }, { hint: "generate it again by pink-codegen" });
  let codecs = cache.get(metadata);
  if (!codecs) {
    codecs = makeCodecs(metadata);
    cache.set(metadata, codecs);
  }
  return codecs;
}

interface CallableSpec {
  label: string;
  payable: boolean;
  mutates?: boolean;
  args: { label: string }[];
}

/** A message or constructor: its codec, and what the metadata says of it. */
export function callable(descriptor: Descriptor, kind: "message" | "constructor", label: string) {
  const { builder, metadata } = codecsOf(descriptor);
  const all = (kind === "message" ? metadata.spec.messages : metadata.spec.constructors) as CallableSpec[];
  const spec = all.find((it) => it.label === label);
  if (!spec) {
    throw new PinkError("LangError", `There is no ${kind} ${label}, but ${all.map((it) => it.label).join(", ")}`, { message: label, raw: new Uint8Array() }, { hint: `call one that there is` });
  }
  const codec = kind === "message" ? builder.buildMessage(label) : builder.buildConstructor(label);
  return {
    payable: spec.payable,
    mutates: kind === "constructor" || (spec.mutates ?? true),
    encode(data: Record<string, unknown> | undefined): Uint8Array {
      const given = data ?? {};
      const missing = spec.args.filter((arg) => !(arg.label in given)).map((arg) => arg.label);
      if (missing.length > 0) throw new TypeError(`the ${kind} ${label} takes ${spec.args.map((arg) => arg.label).join(", ")}; not given: ${missing.join(", ")}`);
      return (codec.call.enc as (value: object) => Uint8Array)(given);
    },
    /** What was returned, ink!'s wrapping included. */
    decode: (output: Uint8Array): unknown => codec.value.dec(output),
  };
}

/**
 * What a message returned, without ink!'s wrapping.
 *
 * @throws {@link PinkError} `LangError`.
 */
export function unwrap(returned: unknown, raw: Uint8Array): unknown {
  const result = returned as { success?: boolean; value?: unknown } | undefined;
  if (typeof result !== "object" || typeof result?.success !== "boolean") return returned;
  if (result.success) return result.value;
  throw new PinkError("LangError", "ink! refused the call", { message: result.value, raw });
}

/**
 * A contract's own events among those of a cluster: by its address and by the signature topic. One that can't be
 * decoded is given as it is, and never left out.
 */
export function decodeEvents<D extends Descriptor>(
  descriptor: D,
  contract: Address,
  events: readonly { type: string; value: unknown }[],
): ContractEvent<EventOf<D>>[] {
  const emitted = events.filter((it) => it.type === "ContractEmitted").map((it) => it.value as ContractEmitted);
  return emitted.filter((it) => sameAccount(it.contract, contract)).map((it) => decodeEvent(descriptor, it));
}

function decodeEvent<D extends Descriptor>(descriptor: D, { contract, topics, data }: ContractEmitted): ContractEvent<EventOf<D>> {
  const { builder, metadata } = codecsOf(descriptor);
  const raw = { decoded: false as const, contract, topics: topics as Hex[], data };
  // ink! 4 numbers its events, ink! 5 signs them by their first topic.
  const signature = topics[0];
  const numbered = String(metadata.version) === "4";
  if (!numbered && !signature) return raw;
  try {
    const codec = numbered ? builder.buildEvents() : builder.buildEvent(signature);
    if (!codec) return raw;
    const event = codec.dec(data) as EventOf<D>;
    // Nothing may be left over.
    if (!equalBytes((codec.enc as (value: unknown) => Uint8Array)(event), data)) return raw;
    return { decoded: true, contract, event, topics: topics as Hex[] };
  } catch {
    return raw;
  }
}

/** A descriptor of a bundle that is known only when the program runs: nothing of it is typed. */
export function describe(bundle: { metadata: InkMetadata; codeHash: Hex }): Descriptor {
  return { metadata: bundle.metadata, codeHash: bundle.codeHash } as unknown as Descriptor;
}
