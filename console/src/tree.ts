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

/**
 * The tree of calls. An engine tells of a call when it has ended, so those that a contract made stand ahead of its own.
 * What was rolled back told nothing and isn't here.
 */
export function callTree(events: readonly Event[]): Node[] {
  const ended: Node[] = [];
  const add = (kind: Node["kind"], caller: string | undefined, target: string, self: string | undefined) => {
    let first = ended.length;
    while (first > 0 && self !== undefined && ended[first - 1]?.caller === self) first -= 1;
    ended.push({ kind, caller, target, children: ended.splice(first) });
  };
  for (const { type, value } of events) {
    const it = value as Record<string, string>;
    if (type === "Called") add("call", it["caller"], it["contract"] ?? "", it["contract"]);
    if (type === "Instantiated") add("instantiate", it["deployer"], it["contract"] ?? "", it["contract"]);
    // What foreign code does in a contract's name, the contract does: its calls stay beside it.
    if (type === "DelegateCalled") add("delegate", it["contract"], it["codeHash"] ?? "", undefined);
  }
  return ended;
}
