import { useState } from "preact/hooks";
import { useCell } from "../cell.js";
import { counted, outcomeText, time } from "../format.js";
import { cluster } from "../link.js";
import type { Executed } from "../types.js";
import { ContractLink, MessageLink, Money, Note, Open, Table, Title } from "../ui.js";
import { standing, stream } from "../world.js";

const KINDS = [
  ["", "however they ended"],
  ["success", "successes"],
  ["failed", "everything but successes"],
] as const;

/** The contract that a message was about, as its events say. */
const about = (it: Executed) => {
  const called = it.receipt.events.filter((event) => event.event === "Called").at(-1) ?? it.receipt.events.find((event) => event.event === "ContractEmitted");
  return it.receipt.address ?? (called?.["contract"] as string | undefined);
};

export function MessagesPage() {
  const { info } = useCell(standing);
  const { view } = useCell(cluster);
  const told = useCell(stream);
  const [kind, setKind] = useState("");
  const [text, setText] = useState("");
  const [held, setHeld] = useState<Executed[] | undefined>();
  const wanted = text.trim();
  const rows = (held ?? told.receipts)
    .filter((it) => kind === "" || (kind === "success") === (it.receipt.outcome.type === "success"))
    .filter((it) => wanted === "" || String(it.seq) === wanted || JSON.stringify(it.receipt).includes(wanted))
    .slice(-200)
    .reverse();
  return (
    <>
      <Title sub={told.connected ? "as they come" : "not connected"}>Messages</Title>
      <div class="filters">
        <div class="field">
          <label for="messages-kind">Only</label>
          <select id="messages-kind" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            {KINDS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="messages-text">With this account, contract, event, error or number</label>
          <input id="messages-text" type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        <p class="actions">
          <button type="button" aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : told.receipts)}>
            {held ? "Go on" : "Hold"}
          </button>
        </p>
      </div>
      {told.error && <Note kind="warn">{told.error.message}</Note>}
      {told.lost > 0 && <p class="dim">Not kept here, of what was asked for: {counted(told.lost, "block")}.</p>}
      <Table caption="Messages, the newest first" head={["message", "#block", "ended", "contract", "#events", "#gas", "#fee", "confirmed"]} empty={wanted || kind ? "None is like that." : `No message in the last blocks, up to ${info?.block ?? "…"}.`}>
        {rows.map((it) => {
          const contract = about(it);
          const good = it.receipt.outcome.type === "success";
          return (
            <tr key={it.seq}>
              <th scope="row">
                <MessageLink seq={it.seq} />
              </th>
              <td class="number">{it.block}</td>
              <td class={good ? "good" : "bad"}>{outcomeText(it.receipt.outcome)}</td>
              <td>{contract ? <ContractLink address={contract} /> : ""}</td>
              <td class="number">{it.receipt.events.length}</td>
              <td class="number">{time(it.receipt.gasConsumed.refTime)}</td>
              <td class="number">
                <Money value={it.receipt.fee} />
              </td>
              <td>{!view ? "…" : view.confirmed >= it.block ? "yes" : "not yet"}</td>
            </tr>
          );
        })}
      </Table>
      <p class="dim">Messages of the last {told.receipts.length > 0 ? `blocks, from ${told.receipts[0]?.block} on` : "60 blocks"}. "Confirmed" says that a quorum confirmed the block; whether this receipt is the one it confirmed is proven on the message's own page.</p>
      <Open id="open-message" label="Open a message by its number" inputMode="numeric" page={(text) => (/^\d+$/.test(text) ? `#/messages/${text}` : undefined)} />
    </>
  );
}
