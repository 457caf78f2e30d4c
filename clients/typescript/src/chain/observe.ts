/** What an observable is to this client. */
interface Observable<T> {
  subscribe(observer: { next: (value: T) => void; error: (error: unknown) => void; complete: () => void }): { unsubscribe(): void };
}

/** What an observable tells, one after the other. Leaving the loop ends the subscription. */
export async function* iterate<T>(observable: Observable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  const waiting: T[] = [];
  let ended: { error?: unknown } | undefined;
  let wake = () => {};
  const end = (how: { error?: unknown }) => {
    ended ??= how;
    wake();
  };
  const subscription = observable.subscribe({
    next: (value) => {
      waiting.push(value);
      wake();
    },
    error: (error) => end({ error }),
    complete: () => end({}),
  });
  const aborted = () => end({ error: signal?.reason });
  signal?.addEventListener("abort", aborted);
  if (signal?.aborted) aborted();
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift() as T;
      if (ended) {
        if ("error" in ended) throw ended.error;
        return;
      }
      await new Promise<void>((woken) => {
        wake = woken;
      });
    }
  } finally {
    signal?.removeEventListener("abort", aborted);
    subscription.unsubscribe();
  }
}

/** Waits, but not beyond an abort. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const aborted = () => {
      clearTimeout(timer);
      failed(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      done();
    }, ms);
    signal?.addEventListener("abort", aborted);
    if (signal?.aborted) aborted();
  });
}
