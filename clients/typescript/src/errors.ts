import type { ClusterEvent, Failure, Receipt } from "./scale/types.js";

/** What each error has to tell. */
export interface PinkErrors {
  /** The contract undid the call: what it returned. */
  FlagReverted: { message: unknown; raw: Uint8Array };
  /** ink! itself refused the call: there is no such message, or its arguments can't be read. */
  LangError: { message: unknown; raw: Uint8Array };
  /** The contract couldn't go on. */
  Trapped: Failure;
  /** The gas limit was used up. */
  OutOfGas: { gasLimit: Receipt["gasLimit"] };
  /** The storage deposit is higher than its limit, or than what the account has. */
  OutOfDeposit: Failure;
  /** The message didn't begin: nothing changed, nothing was charged. */
  Rejected: Failure;
  /** The chain refused the extrinsic: an error of a pallet. */
  ModuleError: { pallet: string; error: string };
  /** The chain or its pool didn't take the extrinsic. */
  InvalidTransaction: { reason: unknown };
  /** The wallet, or the person at it, didn't sign. */
  WalletRefused: { reason: unknown };
  /** The worker stands still. */
  Parked: { block: number | undefined; cause: string | undefined };
  /** The worker hasn't come to it yet. */
  Behind: { block: number | undefined; lag: number | undefined };
  /** Workers disagree about the cluster's state, or this one was found to. */
  Diverged: { block: number };
  /** A session has ended, or was revoked. */
  SessionExpired: { code: number };
  /** A session doesn't cover what is asked. */
  SessionScope: { contract: string };
  /** Who asks has to sign, and nothing signs for him. */
  NotSigned: { origin: string };
  /** What the worker says isn't what the chain confirmed. */
  ProofMismatch: { reason: string };
  /** Nothing came in time. */
  TimedOut: { waitedMs: number };
  /** The worker refused: its code, and its own words. */
  WorkerError: { code: number; name: string | undefined; details: unknown };
  /** The worker can't be reached. */
  Unreachable: { url: string };
  /** Worker and chain aren't of one chain and cluster, or the chain has no such pallet. */
  WrongChain: { expected: string; found: string };
  /** A `.contract` file that can't be used. */
  BadBundle: { reason: string };
  /** The contract at the address has other code than the metadata. */
  Incompatible: { expected: string; found: string | undefined };
}

/** The names of errors. */
export type PinkErrorType = keyof PinkErrors;

const ADVICE: { [T in PinkErrorType]: string } = {
  FlagReverted: "the contract refused: its answer says why",
  LangError: "the metadata may be of another version of the contract: see isCompatible()",
  Trapped: "the contract failed: its log says more, see client.logs()",
  OutOfGas: "send with a higher gas limit, or leave it out to have it estimated",
  OutOfDeposit: "raise storageDepositLimit, or bring more money into the cluster by client.deposit()",
  Rejected: "nothing was charged: mend what it names and send again",
  ModuleError: "the extrinsic's fee is paid, and nothing was ordered",
  InvalidTransaction: "look at the account's money on the chain and at its other transactions, then send again",
  WalletRefused: "ask the person again; nothing was sent",
  Parked: "ask another worker; the operator of this one has to look",
  Behind: "wait, or ask another worker",
  Diverged: "take no answer for true until governance has resolved it",
  SessionExpired: "begin another one by client.connectSession()",
  SessionScope: "begin one by client.connectSession() that names this contract",
  NotSigned: "begin a session by client.connectSession(), or give null for the origin and be nobody",
  ProofMismatch: "don't take it for true: ask another worker, and tell this one's operator",
  TimedOut: "what was sent may still come: wait for it by client.receipts.wait()",
  WorkerError: "see what the worker says",
  Unreachable: "look whether the worker runs, and whether it lets pages of this origin ask (--rpc-cors)",
  WrongChain: "give endpoints of one chain, the cluster's number, and the pallet's name in its runtime",
  BadBundle: "build it by cargo contract with ink! 4 or 5, and take the .contract file",
  Incompatible: "take the .contract file that the contract was made from",
};

/**
 * Something that went wrong: which it was by {@link PinkError.type | type}, what it was by its own field
 * {@link PinkError.value | value}, and what to do about it by {@link PinkError.hint | hint}.
 */
export class PinkError<T extends PinkErrorType = PinkErrorType> extends Error {
  override readonly name = "PinkError";
  /** What to do about it. */
  readonly hint: string;

  constructor(
    /** Which. */
    readonly type: T,
    sentence: string,
    /** What a program wants to know. */
    readonly value: PinkErrors[T],
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    const hint = options.hint ?? ADVICE[type];
    super(`${sentence}. ${hint[0]?.toUpperCase()}${hint.slice(1)}.`, { cause: options.cause });
    this.hint = hint;
  }

  /** Whether it is of a type. */
  is<U extends PinkErrorType>(type: U): this is PinkError<U> {
    return (this.type as PinkErrorType) === type;
  }
}

/** The parts of a receipt that say what went wrong. */
type Ended = Pick<Receipt, "outcome" | "output" | "gasLimit">;

const DEPOSIT_ERRORS = ["StorageDepositNotEnoughFunds", "StorageDepositLimitExhausted"];

/**
 * The error that a receipt tells of; none if it is a success.
 *
 * @param decode Reads what the contract returned; it may throw.
 */
export function errorOfReceipt(
  { outcome, output, gasLimit }: Ended,
  decode?: (output: Uint8Array) => unknown,
): PinkError | undefined {
  const words = ({ error, detail }: Failure) => (detail ? `${error}: ${detail}` : error);
  switch (outcome.type) {
    case "Success":
      return undefined;
    case "Reverted": {
      let message: unknown;
      try {
        message = decode?.(output);
      } catch {
        // It is handed over raw.
      }
      return new PinkError("FlagReverted", "The contract reverted", { message, raw: output });
    }
    case "OutOfGas":
      return new PinkError("OutOfGas", `The gas limit of ${gasLimit.refTime} ps and ${gasLimit.proofSize} bytes is used up`, { gasLimit });
    case "Trapped":
    case "Rejected": {
      const failure = outcome.value;
      const deposit = DEPOSIT_ERRORS.includes(failure.error);
      return new PinkError(deposit ? "OutOfDeposit" : outcome.type, `${outcome.type === "Trapped" ? "The contract failed" : "The message was rejected"} (${words(failure)})`, failure);
    }
  }
}

/** What contracts emitted, of a cluster's events. */
export type ContractEmitted = Extract<ClusterEvent, { type: "ContractEmitted" }>["value"];
