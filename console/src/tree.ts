/** Who called whom, from a receipt's events. */

/** A call, with those that it made. */
export interface Node {
  kind: "call" | "instantiate" | "delegate";
  caller: string | undefined;
  target: string;
  children: Node[];
}

interface Event {
  type: string;
  value: unknown;
}

/** Calls, below those that made them; or beside one another, in the order in which they ended, where events don't tell which call made which. */
export interface Calls {
  roots: Node[];
  flat: boolean;
}

/**
 * The tree of calls. An engine tells of a call when it has ended, so those that a contract made stand ahead of its own.
 * What was rolled back told nothing and isn't here.
 *
 * An event names caller and contract, and neither the depth nor which of a contract's calls it was. That is enough as
 * long as no contract calls others in two calls of which one is within the other: then a call's own are those that stand
 * right ahead of it. Where one does, they may be of either call, and nothing is drawn that isn't known.
 */
export function callTree(events: readonly Event[]): Calls {
  const calls = events.flatMap(callOf);
  const ended: Node[] = [];
  for (const { self, ...it } of calls) {
    let first = ended.length;
    while (first > 0 && self !== undefined && ended[first - 1]?.caller === self) first -= 1;
    ended.push({ ...it, children: ended.splice(first) });
  }
  if (ended.some((root) => doubtful(root, []))) return { roots: calls.map(({ self: _, ...it }) => ({ ...it, children: [] })), flat: true };
  return { roots: ended, flat: false };
}

/** Whether there are calls that a contract may have made in this call or in one around it. */
const doubtful = ({ target, children }: Node, around: string[]): boolean => children.length > 0 && (around.includes(target) || children.some((it) => doubtful(it, [...around, target])));

function callOf({ type, value }: Event): (Omit<Node, "children"> & { self: string | undefined })[] {
  const it = value as Record<string, string>;
  const target = it["contract"] ?? "";
  if (type === "Called") return [{ kind: "call", caller: it["caller"], target, self: target }];
  if (type === "Instantiated") return [{ kind: "instantiate", caller: it["deployer"], target, self: target }];
  // What foreign code does in a contract's name, the contract does: its calls stay beside it.
  if (type === "DelegateCalled") return [{ kind: "delegate", caller: target, target: it["codeHash"] ?? "", self: undefined }];
  return [];
}
