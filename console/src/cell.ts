import { useEffect, useState } from "preact/hooks";

/** A value that changes, and whoever wants to know. */
export class Cell<T> {
  readonly #told = new Set<(value: T) => void>();
  constructor(public value: T) {}

  set(value: T): void {
    this.value = value;
    for (const tell of this.#told) tell(value);
  }

  subscribe(tell: (value: T) => void): () => void {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  }
}

/** A cell's value, as of now. */
export function useCell<T>(cell: Cell<T>): T {
  const [value, set] = useState<{ of: T }>({ of: cell.value });
  useEffect(() => {
    set({ of: cell.value });
    return cell.subscribe((now) => set({ of: now }));
  }, [cell]);
  return value.of;
}
