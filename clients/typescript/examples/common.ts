import type { PinkError, Queried, Result } from "pink-client";

/** What a query answered; throws what kept it from answering. */
export function response<R, E>(asked: Result<Queried<R, E>>): R {
  if (!asked.success) throw asked.value;
  return asked.value.response;
}

/** What a transaction came to; throws the contract's error. */
export function done<D extends { ok: boolean; error?: PinkError | undefined }>(outcome: D): D {
  if (!outcome.ok) throw outcome.error ?? new Error("it failed");
  return outcome;
}
