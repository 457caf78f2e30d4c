/** One message under a newer engine than the one that executed it. */
import { useState } from "preact/hooks";
import { newer, outcomeText, time } from "./format.js";
import { call } from "./rpc.js";
import type { EngineJson, Executed, Rehearsed } from "./types.js";
import { Money, Note, Problem, Table, useAction, useLoaded } from "./ui.js";

export function OtherEngine({ seq }: { seq: number }) {
  const { value: known } = useLoaded(async () => {
    const [{ engine }, all] = await Promise.all([call<Executed>("cluster_v1_receipt", { seq }), call<EngineJson[]>("worker_v1_engines")]);
    return { engine, others: all.map((it) => it.version).filter((it) => newer(it, engine)) };
  }, [seq]);
  const [to, setTo] = useState("");
  const chosen = to || (known?.others[0] ?? "");
  const rehearsal = useAction(() => call<Rehearsed>("worker_v1_rehearseMessage", { seq, to: chosen }, 120_000));
  return (
    <>
      {known && known.others.length > 0 && (
        <>
          <p class="actions">
            <label for="other-engine">Execute it under engine</label>
            <select id="other-engine" value={chosen} onChange={(event) => (setTo(event.currentTarget.value), rehearsal.clear())}>
              {known.others.map((it) => (
                <option key={it}>{it}</option>
              ))}
            </select>
            <button type="button" disabled={rehearsal.busy} onClick={() => rehearsal.act()}>
              {rehearsal.busy ? "Executing…" : "Execute"}
            </button>
            <span class="dim">On the very state that it met. Nothing is changed by it.</span>
          </p>
        </>
      )}
      {known?.others.length === 0 && <p class="dim">This worker has no newer engine than {known.engine} to execute it under.</p>}
      <div aria-live="polite">
        <Problem error={rehearsal.error} />
        {rehearsal.done && <Both it={rehearsal.done} />}
      </div>
    </>
  );
}

function Both({ it }: { it: Rehearsed }) {
  const { was, other, differs } = it;
  if (!other || !differs) {
    return (
      <Note kind="warn">
        The move to {it.to} itself would end: <strong>{outcomeText(it.upgrade)}</strong>. The message wasn't tried.
      </Note>
    );
  }
  const same = !differs.outcome && !differs.output && !differs.events;
  return (
    <>
      {same ? (
        <Note kind="good">Under {it.to} it does the same: it ends as it did, with the same answer and events.</Note>
      ) : (
        <Note kind="warn">
          Under {it.to} it does something else: it ended <strong>{outcomeText(was.outcome)}</strong>, and would end <strong>{outcomeText(other.outcome)}</strong>; its answer is {differs.output ? "another" : "the same"}, its events are {differs.events ? "others" : "the same"}.
        </Note>
      )}
      <Table caption={`Message ${it.seq} under both engines, as this worker says`} head={["", `#under ${it.from}`, `#under ${it.to}`]} empty="">
        <tr>
          <th scope="row">gas used</th>
          <td class="number">{time(was.gasConsumed.refTime)}</td>
          <td class="number">{time(other.gasConsumed.refTime)}</td>
        </tr>
        <tr>
          <th scope="row">least limit that it needs</th>
          <td class="number">{time(was.gasRequired.refTime)}</td>
          <td class="number">{time(other.gasRequired.refTime)}</td>
        </tr>
        <tr>
          <th scope="row">fee</th>
          <td class="number">
            <Money value={was.fee} />
          </td>
          <td class="number">
            <Money value={other.fee} />
          </td>
        </tr>
      </Table>
    </>
  );
}
