import { learnt, of } from "../bundles.js";
import { useCell } from "../cell.js";
import { fromHex, size, time, written } from "../format.js";
import { cluster, link } from "../link.js";
import type { Asked, ClaimedMessage, Ordered } from "../chain.js";
import { OtherEngine } from "../otherengine.js";
import { Judged } from "../receipt.js";
import { call } from "../rpc.js";
import type { ContractJson } from "../types.js";
import { ContractLink, Facts, Long, Money, Note, Problem, Title, useAction, useLoaded } from "../ui.js";
import { standing } from "../world.js";

export function MessagePage({ seq }: { seq: number }) {
  const { info } = useCell(standing);
  const { view } = useCell(cluster);
  const { chain, module, error: unlinked } = useCell(link);
  const executed = info?.nextSeq !== null && info?.nextSeq !== undefined && seq < info.nextSeq;
  // By the worker's word alone only where there is no chain: what isn't compared yet isn't shown meanwhile.
  const { value: asked, error } = useLoaded<Asked | Told | undefined>(async () => {
    if (chain && module) return module.ordered(chain, seq);
    return unlinked && module ? { type: "told", ...(await module.told(seq)) } : undefined;
  }, [chain, module, unlinked !== undefined, seq, executed]);
  const ordered = asked === undefined || asked.type === "wrong" ? undefined : asked;
  const confirmed = view !== undefined && ordered !== undefined && view.confirmed >= ordered.block;
  const { value: verdict, error: unproven } = useLoaded(async () => (chain && module && asked ? module.prove(chain, seq) : undefined), [chain, asked, confirmed]);
  return (
    <>
      <Title sub={ordered?.message.kind}>Message {seq}</Title>
      <Problem error={error} />
      {!asked && !error && <p class="dim">Asking worker and chain…</p>}
      {asked && (
        <>
          <section aria-labelledby="h-way">
            <h2 id="h-way">Its way</h2>
            <ol class="way">
              {ordered ? (
                <li class="done">
                  <span aria-hidden="true">●</span> ordered by the chain: message {seq}, the {nth(ordered.index)} of block {ordered.block}{ordered.extrinsic !== undefined && <>, by its extrinsic {ordered.extrinsic}</>} <span class="dim">{new Date(ordered.nowMs).toLocaleString()}</span>
                  {!(ordered.type === "ordered" && ordered.placed) && <span class="dim"> ({ordered.type === "ordered" && ordered.from === "chain" ? "the place in its block and the time are" : "as"} the worker says)</span>}
                </li>
              ) : (
                <li class="wrong">
                  <span aria-hidden="true">✕</span> what the worker says of its order is WRONG
                </li>
              )}
              <li class="done">
                <span aria-hidden="true">●</span> executed by this worker
              </li>
              <li class={confirmed ? "done" : "open"}>
                <span aria-hidden="true">{confirmed ? "●" : "○"}</span> {confirmed ? `confirmed by a quorum: the chain has checkpoints up to block ${view?.confirmed}` : `not confirmed yet: the chain has checkpoints up to block ${view?.confirmed ?? "…"}`}
              </li>
              <li class={verdict?.type === "proven" ? "done" : verdict?.type === "wrong" ? "wrong" : "open"}>
                <span aria-hidden="true">{verdict?.type === "proven" ? "●" : verdict?.type === "wrong" ? "✕" : "○"}</span> {verdict === undefined ? "the receipt is being checked" : verdict.type === "proven" ? "the receipt is proven" : verdict.type === "wrong" ? "the receipt is WRONG" : "the receipt isn't proven"}
              </li>
            </ol>
          </section>
          <section aria-labelledby="h-what">
            <h2 id="h-what">What it asks</h2>
            <Word of={asked} />
            {ordered && <What message={ordered.message} />}
          </section>
          <section aria-labelledby="h-receipt">
            <h2 id="h-receipt">Receipt</h2>
            <div aria-live="polite">
              <Problem error={unproven} />
              {verdict ? <Judged verdict={verdict} /> : !unproven && <p class="dim">{unlinked ? "Without the chain nothing can be checked, so no receipt is shown." : "Asking worker and chain…"}</p>}
            </div>
          </section>
          <Tools key={seq} seq={seq} />
        </>
      )}
    </>
  );
}

type Told = ClaimedMessage & { type: "told" };

const nth = (index: number) => ["first", "second", "third"][index] ?? `${index + 1}th`;

/** Whose word it is what a message asks. */
function Word({ of }: { of: Asked | Told }) {
  if (of.type === "wrong") {
    return (
      <Note kind="wrong">
        <strong>Wrong. What the worker says isn't what the chain ordered.</strong> {of.why} Don't take it for true: ask another worker, and tell this one's operator. It isn't shown here.
      </Note>
    );
  }
  if (of.type === "ordered" && of.from === "chain") return <p class="dim">As the chain itself has it: the worker says the same.</p>;
  return (
    <Note kind="warn">
      <strong>One worker's word, not compared with the chain:</strong> {of.type === "told" ? "there is no chain here to ask" : of.why}.
    </Note>
  );
}

function What({ message }: { message: Ordered["message"] }) {
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
        message.origin !== undefined && ["signed by", <Long text={message.origin} />],
        message.dest !== undefined && ["to", <Long text={message.dest} />],
        message.contract !== undefined && ["contract", <ContractLink address={message.contract} />],
        decoded !== undefined && ["call", <code class="value">{decoded}</code>],
        decoded !== undefined && message.codeHash === undefined && ["read by", `the metadata of ${known?.name}; that the contract has this code is the worker's word`],
        message.input !== undefined && ["input", <Long text={message.input} head={26} />],
        message.codeHash !== undefined && ["code", <Long text={message.codeHash} />],
        message.codeBytes !== undefined && ["code that came along", size(message.codeBytes)],
        message.value !== undefined && message.value > 0n && ["money", <Money value={message.value} />],
        message.gasLimit !== undefined && ["gas limit", `${time(message.gasLimit.refTime)}, ${size(message.gasLimit.proofSize)} of state`],
        message.storageDepositLimit !== undefined && ["storage deposit, at most", <Money value={message.storageDepositLimit} />],
        message.engine !== undefined && ["engine", message.engine],
      ]}
    />
  );
}

function Tools({ seq }: { seq: number }) {
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
      <OtherEngine seq={seq} />
    </section>
  );
}
