import type { PolkadotSigner, TxEvent } from "polkadot-api";
import type { Hex } from "./bytes.js";
import type { Pallet, Extrinsic, Queued } from "./chain/pallet.js";
import { iterate } from "./chain/observe.js";
import { errorOfReceipt, PinkError } from "./errors.js";
import type { Receipts, ReceiptStage } from "./receipts.js";
import type { MessageReceipt } from "./scale/types.js";

/** What a transaction has come to. Each stage comes once and in this order, but `waiting`. */
export type Stage =
  | { type: "signed"; txHash: Hex }
  | { type: "broadcasted"; txHash: Hex }
  /** In the best block; a fork may take it back, and then it comes anew. */
  | { type: "inBestBlock"; block: { hash: string; number: number } }
  | { type: "finalized"; block: { hash: string; number: number }; seq: bigint; address: string | undefined }
  | ReceiptStage;

/** Options of a submission. */
export interface SubmitOptions {
  /**
   * Until when to wait: a receipt of one worker (`executed`), or one that is proven against the checkpoint that a
   * quorum confirmed [default].
   */
  until?: "executed" | "confirmed";
  /** How long the worker and the quorum have, in milliseconds [default: 120 000]. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Options of `polkadot-api`. */
  tx?: { tip?: bigint; nonce?: number; at?: string; mortality?: { mortal: false } | { mortal: true; period: number } };
}

/** How a message ended. */
export interface Executed<R = unknown> {
  /** It succeeded. */
  ok: boolean;
  /** Why it didn't. */
  error: PinkError | undefined;
  /** The receipt is proven against the checkpoint that a quorum confirmed; else it is one worker's word. */
  confirmed: boolean;
  seq: bigint;
  /** The block that ordered it. */
  block: { hash: string; number: number };
  txHash: Hex;
  /** The contract that was made. */
  address: string | undefined;
  receipt: MessageReceipt["receipt"];
  engine: MessageReceipt["engine"];
  /** What the contract returned, decoded, of a success. */
  response: R | undefined;
}

/** A message for a cluster, ready to be signed. */
export class Transaction<R = unknown> {
  constructor(
    private readonly pallet: Pallet,
    private readonly receipts: Receipts,
    private readonly prepare: (signer: PolkadotSigner) => Promise<Extrinsic>,
    private readonly decode?: (output: Uint8Array) => { response?: R; message?: unknown },
  ) {}

  /** The extrinsic, with its limits filled in for an account: to be wrapped, or looked at before it is signed. */
  extrinsic(signer: Pick<PolkadotSigner, "publicKey">): Promise<Extrinsic> {
    return this.prepare(signer as PolkadotSigner);
  }

  /**
   * Signs it, sends it, and tells each stage.
   *
   * @throws {@link PinkError}: what kept it from being ordered, or from being seen executed.
   */
  async *watch(signer: PolkadotSigner, options: SubmitOptions = {}): AsyncGenerator<Stage> {
    // Before it is sent, so that its confirmation isn't missed.
    const unfollow = this.pallet.confirmations.follow();
    try {
      const extrinsic = await this.prepare(signer);
      let ordered: (Queued & { block: { hash: string; number: number } }) | undefined;
      const told = iterate<TxEvent>(extrinsic.signSubmitAndWatch(signer, options.tx as never), options.signal);
      let signed = false;
      try {
        for await (const event of told) {
          const txHash = event.txHash as Hex;
          if (event.type === "signed" || event.type === "broadcasted") {
            signed = true;
            yield { type: event.type, txHash };
          } else if (event.type === "txBestBlocksState") {
            if (event.found) yield { type: "inBestBlock", block: event.block };
          } else if (event.type === "finalized") {
            if (!event.ok) throw moduleError(event.dispatchError);
            const queued = this.pallet.queued(event.events as never);
            if (!queued) throw new PinkError("ModuleError", "The extrinsic queued no message for this cluster", { pallet: this.pallet.name, error: "NotQueued" });
            ordered = { ...queued, block: event.block };
          }
        }
      } catch (error) {
        throw submissionError(error, signed, options.signal);
      }
      if (!ordered) throw new PinkError("InvalidTransaction", "The chain told nothing of the extrinsic", { reason: undefined });
      const { seq, address, block } = ordered;
      yield { type: "finalized", block, seq, address };
      yield* this.receipts.follow(seq, { ...options, block: block.number });
    } finally {
      unfollow();
    }
  }

  /**
   * Signs it, sends it, and waits until it is executed and confirmed.
   *
   * That the contract failed isn't thrown: it is in the result's `error`.
   *
   * @throws {@link PinkError}: what kept it from being ordered, or from being seen executed.
   */
  async signAndSubmit(signer: PolkadotSigner, options: SubmitOptions = {}): Promise<Executed<R>> {
    let txHash: Hex = "0x";
    let ordered: Extract<Stage, { type: "finalized" }> | undefined;
    let receipt: Extract<Stage, { type: "executed" | "confirmed" }> | undefined;
    for await (const stage of this.watch(signer, options)) {
      if (stage.type === "signed") txHash = stage.txHash;
      if (stage.type === "finalized") ordered = stage;
      if (stage.type === "executed" || stage.type === "confirmed") receipt = stage;
    }
    if (!ordered || !receipt) throw new PinkError("TimedOut", "The message was ordered and not seen executed", { waitedMs: 0 });
    return { ...this.ended(receipt), block: ordered.block, txHash };
  }

  /** What a receipt says of this message. */
  ended({ type, receipt: { seq, engine, receipt } }: Extract<Stage, { type: "executed" | "confirmed" }>): Omit<Executed<R>, "block" | "txHash"> {
    let error = errorOfReceipt(receipt, (output) => this.decode?.(output).message);
    let response: R | undefined;
    if (!error && this.decode) {
      try {
        response = this.decode(receipt.output).response;
      } catch (cause) {
        error =
          cause instanceof PinkError
            ? cause
            : new PinkError("LangError", "What the contract returned can't be read by its metadata", { message: undefined, raw: receipt.output }, { cause });
      }
    }
    return { ok: !error, error, confirmed: type === "confirmed", seq, address: receipt.address, receipt, engine, response };
  }
}

function moduleError(dispatch: { type: string; value: unknown }): PinkError {
  const { type, value } = (dispatch.type === "Module" ? dispatch.value : dispatch) as { type: string; value: { type?: string } | undefined };
  const error = value?.type ?? type;
  return new PinkError("ModuleError", `The chain refused the extrinsic: ${type}.${error}`, { pallet: type, error }, { hint: MODULE_HINTS[error] });
}

/** What to do about errors of the pallet that a page meets. */
const MODULE_HINTS: Record<string, string> = {
  OrderingFeeTooHigh: "the cluster is crowded: raise maxOrderingFee, or send later",
  QueueFull: "the cluster's queue is full: send later",
  BlockGasExhausted: "the block was full: send again",
  SenderGasExhausted: "one sender has no more of a block than a quarter: send again in the next one, or with less gas",
  GasLimitTooHigh: "send with a lower gas limit",
  ClusterNotFound: "give the number of a cluster that there is",
  ClusterClosing: "the cluster is being closed: take money out of it, nothing else goes in",
  ClusterPermissionDenied: "only the cluster's owner may upload and instantiate here",
  ReservedSalt: "take another salt",
  AmountTooLow: "send at least the existential deposit",
};

function submissionError(error: unknown, signed: boolean, signal?: AbortSignal): unknown {
  if (error instanceof PinkError || signal?.aborted) return error;
  const known = error as { name?: string; error?: unknown } | undefined;
  if (known?.name === "InvalidTxError" || signed) {
    const reason = known?.error ?? error;
    return new PinkError("InvalidTransaction", `The chain didn't take the extrinsic (${describeReason(reason)})`, { reason }, { cause: error });
  }
  return new PinkError("WalletRefused", `The wallet didn't sign (${describeReason(error)})`, { reason: error }, { cause: error });
}

function describeReason(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  const typed = reason as { type?: string; value?: { type?: string } } | undefined;
  return [typed?.type, typed?.value?.type].filter(Boolean).join(".") || String(reason);
}

