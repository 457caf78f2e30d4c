import { useEffect, useState } from "preact/hooks";
import { learnt, of } from "../bundles.js";
import { useCell } from "../cell.js";
import { ends } from "../format.js";
import { link } from "../link.js";
import { call } from "../rpc.js";
import type { Made } from "../types.js";
import { ContractLink, Long, MessageLink, Open, Problem, Table, Title } from "../ui.js";
import { standing } from "../world.js";

interface Page {
  contracts: Made[];
  next: number;
  more: boolean;
  oldest: number;
}

/** What was listed, so that coming back costs one question: of one chain and cluster alone. */
const listed: { of: string; made: Made[]; next: number; oldest: number } = { of: "", made: [], next: 0, oldest: 0 };
const MOST = 5_000;

export function ContractsPage() {
  const { info } = useCell(standing);
  const { module } = useCell(link);
  useCell(learnt);
  const [, draw] = useState(0);
  const [error, setError] = useState<Error | undefined>();
  const [filter, setFilter] = useState("");
  const [busy, setBusy] = useState(true);
  const chain = `${info?.genesis} ${info?.cluster}`;
  useEffect(() => {
    if (!info) return;
    let current = true;
    if (listed.of !== chain) Object.assign(listed, { of: chain, made: [], next: 0, oldest: 0 });
    void (async () => {
      try {
        for (let more = true; more && current && listed.made.length < MOST; ) {
          const page: Page = await call<Page>("cluster_v1_contracts", { from: listed.next });
          if (!current) return;
          // What was taken back since and done again isn't there twice.
          const anew = new Set(page.contracts.map((it) => it.contract));
          listed.made = [...listed.made.filter((it) => !anew.has(it.contract)), ...page.contracts];
          more = page.more && page.next > listed.next;
          listed.next = page.next;
          listed.oldest = page.oldest;
          draw((it) => it + 1);
        }
        setError(undefined);
      } catch (cause) {
        if (current) setError(cause as Error);
      }
      if (current) setBusy(false);
    })();
    return () => void (current = false);
  }, [chain, info?.nextSeq]);
  const wanted = filter.trim().toLowerCase();
  const rows = listed.made
    .filter((it) => `${it.contract} ${it.codeHash} ${it.deployer} ${of(module, it.codeHash)?.name ?? ""}`.toLowerCase().includes(wanted))
    .reverse();
  return (
    <>
      <Title sub={busy ? "listing…" : `${listed.made.length}${listed.made.length >= MOST ? ", and more" : ""}`}>Contracts</Title>
      <p class="actions">
        <a class="button" href="#/deploy">
          Make a contract
        </a>
      </p>
      <div class="field narrow">
        <label for="contracts-filter">Only those with this in address, maker, code or name</label>
        <input id="contracts-filter" type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      </div>
      <Problem error={error} />
      <Table caption="Contracts, the newest first" head={["contract", "name", "code", "made by", "#block", "#message"]} empty={busy ? "Asking the worker…" : wanted ? "None has that." : "The worker knows of none: make the first one."}>
        {rows.slice(0, 500).map((it) => (
          <tr key={it.contract}>
            <th scope="row">
              <ContractLink address={it.contract} />
            </th>
            <td>{of(module, it.codeHash)?.name ?? <span class="dim">no metadata</span>}</td>
            <td>{it.codeHash ? <Long text={it.codeHash} /> : <span class="dim">by a contract</span>}</td>
            <td>
              <code title={it.deployer}>{ends(it.deployer)}</code>
            </td>
            <td class="number">{it.block}</td>
            <td class="number">
              <MessageLink seq={it.seq} />
            </td>
          </tr>
        ))}
      </Table>
      {rows.length > 500 && <p class="dim">The newest 500 of {rows.length} are shown: filter for the others.</p>}
      {listed.oldest > 0 && <p class="dim">This worker keeps receipts from message {listed.oldest} on: contracts that were made before aren't listed. They can be opened by their address.</p>}
      <Open id="open-address" label="Open a contract by its address" page={(text) => text && `#/contracts/${encodeURIComponent(text)}`} />
    </>
  );
}
