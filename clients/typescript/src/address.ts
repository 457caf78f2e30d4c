import { AccountId } from "@polkadot-api/substrate-bindings";
import { concatBytes, toBytes, type BytesLike } from "./bytes.js";
import { blake2b256 } from "./proof/walk.js";

/** An account or a contract: an SS58 address of any prefix, 32 bytes, or their hex. */
export type Address = string | Uint8Array;

const codec = AccountId(42);

/** The 32 bytes of an account. */
export function accountBytes(address: Address): Uint8Array {
  const bytes = typeof address === "string" && !address.startsWith("0x") ? codec.enc(address) : toBytes(address);
  if (bytes.length !== 32) throw new TypeError(`an account has 32 bytes, not ${bytes.length}`);
  return bytes;
}

/** An account as SS58 of prefix 42, as workers and receipts have it. */
export function ss58(address: Address): string {
  return codec.dec(accountBytes(address));
}

/** Whether two addresses are of one account, whatever their prefixes. */
export function sameAccount(one: Address, other: Address): boolean {
  return ss58(one) === ss58(other);
}

/**
 * The address that a contract gets, the same in every engine version: BLAKE2b-256(deployer ‖ code hash ‖ cluster
 * as 32 bytes, big-endian ‖ salt).
 */
export function contractAddress(deployer: Address, codeHash: BytesLike, cluster: bigint, salt: BytesLike): string {
  const hash = toBytes(codeHash);
  if (hash.length !== 32) throw new TypeError(`a code hash has 32 bytes, not ${hash.length}`);
  if (cluster < 0n || cluster >= 1n << 64n) throw new TypeError(`a cluster is a number below 2^64, not ${cluster}`);
  const id = new Uint8Array(32);
  new DataView(id.buffer).setBigUint64(24, cluster);
  return codec.dec(blake2b256(concatBytes(accountBytes(deployer), hash, id, toBytes(salt))));
}
