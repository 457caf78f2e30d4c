import { toBytes, type Hex } from "../bytes.js";
import type { ClusterEvent, EngineVersion, MessageFacts, Outcome, Receipt, StorageDeposit } from "../scale/types.js";

/** Gas as a worker writes it. */
export interface GasJson {
  refTime: string;
  proofSize: string;
}

/** A receipt as a worker writes it. */
export interface ReceiptJson {
  outcome: { type: string; error?: string; detail?: string };
  gasLimit: GasJson;
  gasConsumed: GasJson;
  gasRequired: GasJson;
  gasPrice: string;
  fee: string;
  refund: string;
  storageDeposit: { charge?: string; refund?: string };
  output: Hex;
  address: string | null;
  codeHash: Hex | null;
  events: ({ event: string } & Record<string, unknown>)[];
}

/** An event that this client doesn't know: what the worker wrote. */
export type UnknownEvent = { type: "Unknown"; value: unknown };

/** What a query or an estimate gave: a receipt without what is for the chain. */
export type Tried = Omit<Receipt, "effects" | "events"> & { events: (ClusterEvent | UnknownEvent)[] };

/** A message as a worker writes it. What its kind doesn't have is null. */
export type MessageJson = { kind: string } & Record<"origin" | "dest" | "contract" | "value" | "storageDepositLimit" | "maxGasPrice" | "engine", string | null> &
  Record<"codeHash" | "input" | "salt", Hex | null> & { codeBytes: number | null; gasLimit: GasJson | null };

/** Reads gas. */
export const gasOf = ({ refTime, proofSize }: GasJson) => ({ refTime: BigInt(refTime), proofSize: BigInt(proofSize) });

/** Reads a version like `2.0`. */
export function versionOf(text: string): EngineVersion {
  const [major, minor] = text.split(".").map(Number);
  return { major: major ?? 0, minor: minor ?? 0 };
}

/** Reads how a message ended. */
export function outcomeOf({ type, error = "", detail = "" }: ReceiptJson["outcome"]): Outcome {
  switch (type) {
    case "success":
      return { type: "Success", value: undefined };
    case "reverted":
      return { type: "Reverted", value: undefined };
    case "outOfGas":
      return { type: "OutOfGas", value: undefined };
    case "trapped":
      return { type: "Trapped", value: { error, detail } };
    case "rejected":
      return { type: "Rejected", value: { error, detail } };
    default:
      throw new TypeError(`a worker writes an outcome that this client doesn't know: ${type}`);
  }
}

const depositOf = ({ charge, refund }: ReceiptJson["storageDeposit"]): StorageDeposit =>
  refund === undefined ? { type: "Charge", value: BigInt(charge ?? 0) } : { type: "Refund", value: BigInt(refund) };

const AMOUNTS = ["amount", "depositHeld", "depositReleased", "rentAllowance", "balance"];
const VERSIONS = ["from", "to"];

/** Reads an event: amounts as `bigint`, data as bytes. */
export function eventOf({ event, ...fields }: ReceiptJson["events"][number]): ClusterEvent | UnknownEvent {
  if (event === "Unknown") return { type: "Unknown", value: fields };
  const value = Object.entries(fields).map(([name, field]) => {
    if (AMOUNTS.includes(name)) return [name, BigInt(field as string)];
    if (name === "data") return [name, toBytes(field as string)];
    if (event === "Upgraded" && VERSIONS.includes(name)) return [name, versionOf(field as string)];
    return [name, field];
  });
  return { type: event, value: Object.fromEntries(value) } as ClusterEvent;
}

/** Reads a receipt. */
export function triedOf(json: ReceiptJson): Tried {
  return {
    outcome: outcomeOf(json.outcome),
    gasLimit: gasOf(json.gasLimit),
    gasConsumed: gasOf(json.gasConsumed),
    gasRequired: gasOf(json.gasRequired),
    gasPrice: BigInt(json.gasPrice),
    fee: BigInt(json.fee),
    refund: BigInt(json.refund),
    storageDeposit: depositOf(json.storageDeposit),
    output: toBytes(json.output),
    address: json.address ?? undefined,
    codeHash: json.codeHash ?? undefined,
    events: json.events.map(eventOf),
  };
}

/** Reads what a worker tells of a message. */
export function messageOf(json: MessageJson): MessageFacts {
  const { value, storageDepositLimit, maxGasPrice, gasLimit, ...others } = json;
  const amount = (text: string | null) => (text === null || text === undefined ? undefined : BigInt(text));
  const some = Object.entries(others).filter(([, it]) => it !== null);
  return {
    ...(Object.fromEntries(some) as Pick<MessageFacts, "kind">),
    value: amount(value),
    storageDepositLimit: amount(storageDepositLimit),
    maxGasPrice: amount(maxGasPrice),
    gasLimit: gasLimit ? gasOf(gasLimit) : undefined,
  };
}

/** A whole number that a worker has written; it may have written anything. */
export function wholeOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new TypeError(`a worker writes ${what} that is no whole number: ${String(value).slice(0, 40)}`);
}
