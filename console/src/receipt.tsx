/** A receipt: how it ended, what it cost, what happened. */
import { useEffect, useState } from "preact/hooks";
import { codeOf, learnt, of, type Known } from "./bundles.js";
import { useCell } from "./cell.js";
import type { ClusterEvent, MessageReceipt } from "./chain.js";
import { amount, ends, toHex, written } from "./format.js";
import { link } from "./link.js";
import { callTree, type Node } from "./tree.js";
import { ContractLink, Facts, GasBars, Long, Money, Note } from "./ui.js";

/** What is known of contracts' codes, by address. */
function useKnown(addresses: string[]): Map<string, Known> {
  const { module } = useCell(link);
  const turn = useCell(learnt);
  const [known, set] = useState<Map<string, Known>>(new Map());
  useEffect(() => {
    let current = true;
    void Promise.all(addresses.map(async (it) => [it, of(module, await codeOf(it))] as const)).then((all) => {
      if (current) set(new Map(all.filter((it): it is [string, Known] => it[1] !== undefined)));
    });
    return () => void (current = false);
  }, [module, turn, addresses.join()]);
  return known;
}

export function ReceiptView({ it: { receipt, engine } }: { it: MessageReceipt }) {
  const { outcome } = receipt;
  const good = outcome.type === "Success";
  const failure = outcome.type === "Trapped" || outcome.type === "Rejected" ? `${outcome.value.error}${outcome.value.detail ? `: ${outcome.value.detail}` : ""}` : undefined;
  const names: Record<string, string> = { Success: "success", Reverted: "the contract reverted", Trapped: "the contract failed", OutOfGas: "the gas limit was used up", Rejected: "rejected: it didn't begin, nothing was charged" };
  const { storageDeposit } = receipt;
  return (
    <>
      <Facts
        facts={[
          ["ended", <span class={good ? "good" : "bad"}>{names[outcome.type]}{failure ? ` (${failure})` : ""}</span>],
          ["engine", `${engine.major}.${engine.minor}`],
          ["fee", <Money value={receipt.fee} />],
          ["given back", <Money value={receipt.refund} />],
          [storageDeposit.type === "Charge" ? "deposit taken" : "deposit given back", <Money value={storageDeposit.value} />],
          receipt.address !== undefined && ["contract made", <ContractLink address={receipt.address} />],
          receipt.codeHash !== undefined && ["code", <Long text={receipt.codeHash} />],
          receipt.output.length > 0 && ["returned", <Long text={toHex(receipt.output)} head={26} />],
        ]}
      />
      <GasBars limit={receipt.gasLimit} used={receipt.gasConsumed} required={receipt.gasRequired} />
      <Calls events={receipt.events} engine={engine.major} />
      <Events events={receipt.events} />
    </>
  );
}

function Calls({ events, engine }: { events: readonly ClusterEvent[]; engine: number }) {
  const { roots, flat } = callTree(events);
  if (engine < 2) return <p class="dim">Engines before 2.0 don't tell who called whom: there is no tree of calls.</p>;
  if (roots.length === 0) return null;
  return (
    <>
      <h3>Calls</h3>
      {flat && <p class="dim">A contract was called again while it ran, and called others: which of its calls did so isn't told. So the calls stand beside one another, in the order in which they ended.</p>}
      <ul class="tree">
        {roots.map((it, at) => (
          <Call key={at} it={it} />
        ))}
      </ul>
    </>
  );
}

function Call({ it }: { it: Node }) {
  const verb = { call: "called", instantiate: "made", delegate: "ran the code" }[it.kind];
  return (
    <li>
      <span class="dim">{verb}</span> {it.kind === "delegate" ? <Long text={it.target} /> : <ContractLink address={it.target} />}{" "}
      {it.caller && <span class="dim">by {ends(it.caller)}</span>}
      {it.children.length > 0 && (
        <ul>
          {it.children.map((child, at) => (
            <Call key={at} it={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Events({ events }: { events: readonly ClusterEvent[] }) {
  const { module, chain } = useCell(link);
  const from = [...new Set(events.flatMap((it) => (it.type === "ContractEmitted" ? [it.value.contract] : [])))];
  const known = useKnown(from);
  if (events.length === 0) return <p class="dim">It has no events.</p>;
  const own = (it: ClusterEvent) => Object.entries((it.value as object | undefined) ?? {}).map(([name, value]) => `${name}: ${typeof value === "bigint" ? amount(value, chain?.unit) : written(value)}`);
  const decoded = (it: ClusterEvent) => {
    if (it.type !== "ContractEmitted") return undefined;
    const code = known.get(it.value.contract);
    const [event] = code && module ? module.decodeEvents(code.descriptor, it.value.contract, [it]) : [];
    return event?.decoded ? { name: code?.name, event: event.event as { type: string; value: unknown } } : undefined;
  };
  return (
    <>
      <h3>Events</h3>
      <ol class="events">
        {events.map((it, at) => {
          const known = decoded(it);
          if (known) {
            return (
              <li key={at}>
                <strong>{known.event.type}</strong> <span class="dim">of {known.name}</span> {(it.value as { contract: string }).contract && <ContractLink address={(it.value as { contract: string }).contract} />}
                <code class="value">{written(known.event.value)}</code>
              </li>
            );
          }
          return (
            <li key={at} class="dim">
              {it.type} <code class="value">{own(it).join(", ")}</code>
              {it.type === "ContractEmitted" && <> Not decoded: this page has no metadata of the contract, or the metadata has no such event.</>}
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** A receipt with how sure it is. What is wrong isn't shown as if it were true. */
export function Judged({ verdict }: { verdict: import("./chain.js").Verdict }) {
  if (verdict.type === "wrong") {
    return (
      <Note kind="wrong">
        <strong>Wrong. What the worker says isn't what the chain confirmed.</strong> {verdict.why} Don't take it for true: ask another worker, and tell this one's operator. It isn't shown here.
      </Note>
    );
  }
  return (
    <>
      {verdict.type === "proven" ? (
        <Note kind="good">
          <strong>Proven.</strong> The receipt is under the root that a quorum of workers confirmed, by {verdict.how}; it was checked here, node by node. The chain itself is taken at its node's word.
        </Note>
      ) : (
        <Note kind="warn">
          <strong>One worker's word, not proven.</strong> {verdict.why}.
        </Note>
      )}
      <ReceiptView it={verdict.receipt} />
    </>
  );
}
