import { useState } from "preact/hooks";
import { learnt, of } from "../bundles.js";
import { useCell } from "../cell.js";
import { fromHex, outcomeText, size, time, written } from "../format.js";
import { cluster, link } from "../link.js";
import { Judged } from "../receipt.js";
import { call } from "../rpc.js";
import type { ContractJson, EngineJson, Executed, Ordered, Rehearsal } from "../types.js";
import { ContractLink, Facts, Long, Money, Note, Problem, Title, useAction, useLoaded } from "../ui.js";
import { standing } from "../world.js";

export function MessagePage({ seq }: { seq: number }) {
  const { info } = useCell(standing);
  const { view } = useCell(cluster);
  const { chain, error: unlinked } = useCell(link);
  const executed = info?.nextSeq !== null && info?.nextSeq !== undefined && seq < info.nextSeq;
  const { value: ordered, error } = useLoaded(() => call<Ordered>("cluster_v1_message", { seq }), [seq, executed]);
  const confirmed = view !== undefined && ordered !== undefined && view.confirmed >= ordered.block;
  const { value: verdict, error: unproven } = useLoaded(async () => {
    if (!chain || !link.value.module || !ordered) return undefined;
    // Asked again with it: what was executed anew meanwhile has another receipt.
    const [claimed, now] = await Promise.all([call<Executed>("cluster_v1_receipt", { seq, proof: true }), call<Ordered>("cluster_v1_message", { seq })]);
    return link.value.module.prove(chain, claimed, now.checkpoint, seq);
  }, [chain, ordered, confirmed]);
  const shown = verdict;
  return (
    <>
      <Title sub={ordered?.message.kind}>Message {seq}</Title>
      <Problem error={error} />
      {ordered && (
        <>
          <section aria-labelledby="h-way">
            <h2 id="h-way">Its way</h2>
            <ol class="way">
              <li class="done">
                <span aria-hidden="true">●</span> ordered by the chain: message {seq}, the {nth(ordered.index)} of block {ordered.block} <span class="dim">{new Date(ordered.nowMs).toLocaleString()}</span>
              </li>
              <li class="done">
                <span aria-hidden="true">●</span> executed by this worker
              </li>
              <li class={confirmed ? "done" : "open"}>
                <span aria-hidden="true">{confirmed ? "●" : "○"}</span> {confirmed ? `confirmed by a quorum: the chain has checkpoints up to block ${view?.confirmed}` : `not confirmed yet: the chain has checkpoints up to block ${view?.confirmed ?? "…"}`}
              </li>
              <li class={shown?.type === "proven" ? "done" : shown?.type === "wrong" ? "wrong" : "open"}>
                <span aria-hidden="true">{shown?.type === "proven" ? "●" : shown?.type === "wrong" ? "✕" : "○"}</span> {shown === undefined ? "the receipt is being checked" : shown.type === "proven" ? "the receipt is proven" : shown.type === "wrong" ? "the receipt is WRONG" : "the receipt isn't proven"}
              </li>
            </ol>
          </section>
          <section aria-labelledby="h-what">
            <h2 id="h-what">What it asks</h2>
            <What it={ordered} />
          </section>
        </>
      )}
      {ordered && (
        <section aria-labelledby="h-receipt">
          <h2 id="h-receipt">Receipt</h2>
          <div aria-live="polite">
            <Problem error={unproven} />
            {shown ? <Judged verdict={shown} /> : !unproven && <p class="dim">{unlinked ? "Without the chain nothing can be checked, so no receipt is shown." : "Asking worker and chain…"}</p>}
          </div>
        </section>
      )}
      {ordered && <Tools seq={seq} next={info?.nextSeq ?? undefined} engine={info?.engine ?? undefined} />}
    </>
  );
}

const nth = (index: number) => ["first", "second", "third"][index] ?? `${index + 1}th`;

function What({ it: { message } }: { it: Ordered }) {
  const { module } = useCell(link);
  useCell(learnt);
  const { value: code } = useLoaded(async () => message.codeHash ?? (message.contract ? (await call<ContractJson>("cluster_v1_contract", { contract: message.contract })).codeHash : undefined), [message]);
  const known = of(module, code);
  let decoded: string | undefined;
  if (known && module && message.input) {
    const input = fromHex(message.input);
    const selector = message.input.slice(0, 10);
    const specs = known.metadata.spec as unknown as Record<string, { label: string; selector: string; args: { label: string; type: { type: number } }[] }[]>;
    const spec = (message.kind === "instantiate" ? specs["constructors"] : specs["messages"])?.find((it) => it.selector === selector);
    if (spec) {
      try {
        decoded = `${spec.label}(${module.decodeCall(known.metadata, message.kind === "instantiate" ? "constructor" : "message", spec.label, input).map(([name, value]) => `${name}: ${written(value)}`).join(", ")})`;
      } catch {
        decoded = `${spec.label}(arguments that can't be read)`;
      }
    }
  }
  return (
    <Facts
      facts={[
        ["kind", message.kind],
        message.origin !== null && ["signed by", <Long text={message.origin} />],
        message.dest !== null && ["to", <Long text={message.dest} />],
        message.contract !== null && ["contract", <ContractLink address={message.contract} />],
        decoded !== undefined && ["call", <code class="value">{decoded}</code>],
        message.input !== null && ["input", <Long text={message.input} head={26} />],
        message.codeHash !== null && ["code", <Long text={message.codeHash} />],
        message.codeBytes !== null && ["code that came along", size(message.codeBytes)],
        message.value !== null && BigInt(message.value) > 0n && ["money", <Money value={message.value} />],
        message.gasLimit !== null && ["gas limit", `${time(message.gasLimit.refTime)}, ${size(message.gasLimit.proofSize)} of state`],
        message.storageDepositLimit !== null && ["storage deposit, at most", <Money value={message.storageDepositLimit} />],
        message.engine !== null && ["engine", message.engine],
      ]}
    />
  );
}

/** A rehearsal looks at so many of the last messages. */
const REACH = 1_000;

function Tools({ seq, next, engine }: { seq: number; next: number | undefined; engine: string | undefined }) {
  const { value: engines } = useLoaded(() => call<EngineJson[]>("worker_v1_engines"), [engine]);
  const others = (engines ?? []).filter((it) => !it.current && engine !== undefined && it.version.localeCompare(engine, undefined, { numeric: true }) > 0);
  const [to, setTo] = useState("");
  const chosen = to || (others[0]?.version ?? "");
  const witness = useAction(async () => {
    const it = await call<{ block: number; engine: string; witness: `0x${string}` }>("worker_v1_witness", { seq }, 60_000);
    const bytes = fromHex(it.witness);
    const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `message-${seq}.witness`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    return { ...it, length: bytes.length };
  });
  const rehearsal = useAction(async () => {
    const last = (next ?? 0) - seq;
    if (last < 1 || last > REACH) throw new Error(`A rehearsal from here on takes in ${last} messages: no more than ${REACH} are tried in a page. Use the command line (pink-worker engine rehearse).`);
    const it = await call<Rehearsal>("worker_v1_rehearse", { to: chosen, last }, 600_000);
    return { it, found: it.differences.find((one) => one.seq === seq), last };
  });
  const { it, found } = rehearsal.done ?? {};
  return (
    <section aria-labelledby="h-tools">
      <h2 id="h-tools">For a closer look</h2>
      <p class="actions">
        <button type="button" disabled={witness.busy} onClick={() => witness.act()}>
          {witness.busy ? "Executing it again…" : "Download its witness"}
        </button>
        <span class="dim">The message with all that it read and gave: pink-worker executes it alone, without a chain.</span>
      </p>
      <div aria-live="polite">
        <Problem error={witness.error} />
        {witness.done && (
          <p>
            message-{seq}.witness, {size(witness.done.length)}, of engine {witness.done.engine}.
          </p>
        )}
      </div>
      {others.length > 0 ? (
        <p class="actions">
          <label for="other-engine">Execute it under engine</label>
          <select id="other-engine" value={chosen} onChange={(event) => (setTo(event.currentTarget.value), rehearsal.clear())}>
            {others.map((one) => (
              <option key={one.version}>{one.version}</option>
            ))}
          </select>
          <button type="button" disabled={rehearsal.busy} onClick={() => rehearsal.act()}>
            {rehearsal.busy ? "Rehearsing…" : "Execute"}
          </button>
        </p>
      ) : (
        engines && <p class="dim">This worker has no newer engine to execute it under.</p>
      )}
      <div aria-live="polite">
        <Problem error={rehearsal.error} />
        {it &&
          (it.upgrade.type !== "success" ? (
            <Note kind="warn">
              The move to {it.to} itself would end: <strong>{outcomeText(it.upgrade)}</strong>. The message wasn't tried.
            </Note>
          ) : found ? (
            <Note kind="warn">
              Under {it.to} it does something else: it ended <strong>{outcomeText(found.was)}</strong>, and would end <strong>{outcomeText(found.other)}</strong>; its answer is {found.output ? "another" : "the same"}, its events are {found.events ? "others" : "the same"}.
            </Note>
          ) : it.differing > it.differences.length ? (
            <Note kind="warn">So many messages behind it do something else that the worker didn't list it: use the command line.</Note>
          ) : (
            <Note kind="good">Under {it.to} it does the same: it ends as it did, with the same answer and events.</Note>
          ))}
      </div>
    </section>
  );
}
