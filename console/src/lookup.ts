import type { getInkLookup } from "@polkadot-api/ink-contracts";

/** A type of a contract's metadata, as the codecs see it. */
export type LookupEntry = ReturnType<ReturnType<typeof getInkLookup>>;
