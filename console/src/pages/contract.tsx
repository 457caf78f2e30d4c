import { useEffect, useState } from "preact/hooks";
import { forgetCode, learn, learnt, of, type Known } from "../bundles.js";
import { Activation } from "../activation.js";
import { specsOf, useForm, useKeyForm } from "../callable.js";
import { useCell } from "../cell.js";
import { Drop } from "../drop.js";
import { grouped, readAmount, size, time, written } from "../format.js";
import { account, link } from "../link.js";
import { call } from "../rpc.js";
import { Progress, useSending } from "../sending.js";
import { sessions } from "../sessions.js";
import type { ContractJson } from "../types.js";
import { Facts, Long, MessageLink, Money, MoneyField, Note, Problem, Table, Title, useAction, useLoaded } from "../ui.js";
import { standing, stream } from "../world.js";
import { outcomeText } from "../format.js";

export function ContractPage({ address }: { address: string }) {
  const { info } = useCell(standing);
  const { module } = useCell(link);
  useCell(learnt);
  const { value: it, error } = useLoaded(() => call<ContractJson>("cluster_v1_contract", { contract: address }), [address, info?.nextSeq]);
  const known = of(module, it?.codeHash);
  const [strange, setStrange] = useState<Error | undefined>();
  useEffect(() => forgetCode(address), [it?.codeHash]);
  return (
    <>
      <Title sub={known?.name}>Contract</Title>
      <p class="address">
        <Long text={address} head={48} />
      </p>
      <Problem error={error} />
      {it?.tombstone && <Note kind="warn">It is a tombstone: it couldn't pay its rent, and its storage is gone.</Note>}
      {it && (
        <Facts
          facts={[
            ["code", <Long text={it.codeHash} />],
            ["can spend", <Money value={it.free} />],
            ["held as deposits", <Money value={it.held} />],
            ["storage", `${grouped(it.storageItems)} items, ${size(it.storageBytes)}`],
            ["engine", it.engine],
            ["after block", <span class="number">{it.block}</span>],
            it.rent !== null && ["rent", `${it.rent.verdict}${it.rent.evictionAt === null ? "" : `, eviction from block ${it.rent.evictionAt}`}`],
          ]}
        />
      )}
      {it && !it.tombstone && <Activation key={it.codeHash} codeHash={it.codeHash} />}
      {it && !known && (
        <section aria-labelledby="h-metadata">
          <h2 id="h-metadata">Metadata</h2>
          <p>To call it by forms, this page needs the .contract file that it was made from. It stays in this browser.</p>
          <Drop
            label="Drop its .contract or metadata file here, or choose one"
            taken={(bundle) => {
              const loaded = link.value.module;
              if (bundle.codeHash !== it.codeHash) {
                setStrange(new Error(`This file belongs to the code ${bundle.codeHash}, and the contract has ${it.codeHash}. Take the .contract file that the contract was made from.`));
              } else if (loaded) {
                setStrange(undefined);
                learn(loaded, bundle);
              }
            }}
          />
          <Problem error={strange} />
        </section>
      )}
      {it && known && (
        <>
          <Call key={known.codeHash} address={address} known={known} />
          <Storage key={`s${known.codeHash}`} address={address} known={known} />
        </>
      )}
      {it && <Raw address={address} />}
      <Recent address={address} />
    </>
  );
}

function Call({ address, known }: { address: string; known: Known }) {
  const { chain } = useCell(link);
  const signs = useCell(account);
  const begun = useCell(sessions);
  const { info } = useCell(standing);
  const messages = specsOf(known, "messages");
  const [label, setLabel] = useState((messages.find((it) => !it.mutates) ?? messages[0])?.label ?? "");
  const spec = messages.find((it) => it.label === label);
  const form = useForm(known, spec, "call");
  const [value, setValue] = useState("0");
  const [nobody, setNobody] = useState(false);
  const sending = useSending();
  const asks = signs && !nobody && begun.some((it) => it.account === signs.address) ? signs.address : undefined;
  const contract = () => {
    if (!chain) throw new Error("The chain isn't there yet.");
    return chain.client.getContract(known.descriptor, address);
  };
  const terms = () => ({ data: form.values(), value: spec?.payable && chain ? readAmount(value, chain.unit) : 0n });
  // An estimate, and an answer, are of just this, and of who signs or asks.
  const about = (who: string | undefined) => JSON.stringify([form.written, value, who]);
  // What it would use and cost is told of everybody; what the contract would answer, to its sender alone.
  const estimate = useAction(async () => {
    if (!signs) throw new Error("Choose who signs first: what it costs depends on that.");
    const extrinsic = await contract().send(label as never, terms() as never).extrinsic(signs.signer);
    const { gas_limit: gas, storage_deposit_limit: deposit } = (extrinsic.decodedCall as unknown as { value: { value: { gas_limit: { ref_time: bigint; proof_size: bigint }; storage_deposit_limit: bigint } } }).value.value;
    return { gas, deposit, fee: await extrinsic.getEstimatedFees(signs.signer.publicKey) };
  }, about(signs?.address));
  const ask = useAction(async () => {
    const asked = await contract().query(label as never, { ...terms(), origin: asks ?? null } as never);
    if (!asked.success) throw asked.value;
    return { ...asked.value, response: asked.value.response as unknown };
  }, about(asks));
  const pick = (to: string) => {
    setLabel(to);
    sending.clear();
  };
  const answered = ask.done;
  return (
    <form
      aria-labelledby="h-call"
      onSubmit={(event) => {
        event.preventDefault();
        if (spec?.mutates) estimate.act();
        if (!spec?.mutates || asks) ask.act();
      }}
    >
      <h2 id="h-call">Messages</h2>
      <div class="field">
        <label for="message">Message</label>
        <select id="message" value={label} onChange={(event) => pick(event.currentTarget.value)}>
          {messages.map((it) => (
            <option key={it.label} value={it.label}>
              {it.label}
              {it.mutates ? "" : " (asks only)"}
              {it.payable ? " (takes money)" : ""}
            </option>
          ))}
        </select>
        <p class="dim docs">{spec?.docs?.join(" ")}</p>
      </div>
      {form.fields}
      {spec?.payable && <MoneyField id="call-money" value={value} set={setValue} />}
      {signs && begun.some((it) => it.account === signs.address) && (
        <div class="field tick">
          <input id="as-nobody" type="checkbox" checked={nobody} onChange={(event) => setNobody(event.currentTarget.checked)} />
          <label for="as-nobody">ask as nobody, though there is a session for {signs.name}</label>
        </div>
      )}
      <p class="actions">
        <button disabled={!chain || ask.busy || estimate.busy || (spec?.mutates && !signs)}>{ask.busy || estimate.busy ? "Asking…" : spec?.mutates ? "Estimate" : "Ask"}</button>
        {spec?.mutates && (
          <button type="button" class="primary" disabled={!chain || !signs || sending.busy} onClick={() => sending.start(() => contract().send(label as never, terms() as never) as never)}>
            Sign and send
          </button>
        )}
        <span class="dim">{asks ? `Asked as ${signs?.name}, by the session.` : spec?.mutates ? "What it would answer is told by a session alone." : "Asked as nobody: begin a session to be somebody."}</span>
      </p>
      <div aria-live="polite">
        <Problem error={estimate.error} />
        <Problem error={ask.error} />
        {estimate.done && (
          <Note kind="plain">
            <strong>It would succeed.</strong>
            <Facts
              facts={[
                ["gas limit", `${time(estimate.done.gas.ref_time)}, ${size(estimate.done.gas.proof_size)} of state`],
                ["that costs at most", <Money value={estimate.done.gas.ref_time * BigInt(info?.gasPrice ?? 0)} />],
                ["storage deposit, at most", <Money value={estimate.done.deposit} />],
                ["the chain's own fee", <Money value={estimate.done.fee} />],
              ]}
            />
            <p class="dim">A tenth more than it needs, beside the message's base; what isn't used comes back.</p>
          </Note>
        )}
        {answered && (
          <Note kind="plain">
            <p class="answer">
              <span class="dim">answer</span> <code class="value">{written(answered.response)}</code>
            </p>
            <p class="dim">
              One worker's word, after block {answered.block}. As a transaction it needs {time(answered.gasRequired.refTime)} and {size(answered.gasRequired.proofSize)} of gas.
            </p>
            {answered.events.length > 0 && (
              <ul>
                {answered.events.map((it, at) => (
                  <li key={at}>would emit {it.decoded ? <code class="value">{written(it.event)}</code> : "an event that can't be decoded"}</li>
                ))}
              </ul>
            )}
            {answered.log.map((it, at) => (
              <p key={at} class="dim">
                log: {it.text}
              </p>
            ))}
          </Note>
        )}
      </div>
      <Progress of={sending} />
    </form>
  );
}

function Storage({ address, known }: { address: string; known: Known }) {
  const { chain, module } = useCell(link);
  const { info } = useCell(standing);
  const layout = module ? module.getInkLookup(known.metadata).storage : {};
  const nested = Object.entries(layout).filter(([label]) => label !== "");
  const { value: root, error } = useLoaded(async () => (chain ? { is: await chain.client.getContract(known.descriptor, address).getStorage().getRoot() } : undefined), [chain, info?.nextSeq]);
  const [label, setLabel] = useState(nested[0]?.[0] ?? "");
  const keyType = layout[label]?.key;
  const form = useKeyForm(known, keyType, "key");
  const look = useAction(async () => {
    if (!chain) throw new Error("The chain isn't there yet.");
    const key = form.values()["key"];
    return { is: await chain.client.getContract(known.descriptor, address).getStorage().getNested(label as never, key as never) };
  }, JSON.stringify([label, form.written]));
  return (
    <section aria-labelledby="h-storage">
      <h2 id="h-storage">Storage</h2>
      <Problem error={error} />
      {root && root.is !== undefined && root.is !== null && typeof root.is === "object" ? (
        <Table caption="Fields at the contract's root" head={["field", "value"]} empty="It has no fields at its root.">
          {Object.entries(root.is as object).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code class="value">{written(value)}</code>
              </td>
            </tr>
          ))}
        </Table>
      ) : (
        root && (
          <p>
            root <code class="value">{written(root.is)}</code>
          </p>
        )
      )}
      {nested.length > 0 && (
        <form
          aria-label="Look up a mapping or a lazy field"
          onSubmit={(event) => {
            event.preventDefault();
            look.act();
          }}
        >
          <div class="field">
            <label for="storage-label">Mapping or lazy field</label>
            <select id="storage-label" value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
              {nested.map(([it]) => (
                <option key={it}>{it}</option>
              ))}
            </select>
          </div>
          {form.fields}
          <p class="actions">
            <button disabled={!chain || look.busy}>Look up</button>
          </p>
          <div aria-live="polite">
            <Problem error={look.error} />
            {look.done && (
              <p>
                {label} <code class="value">{look.done.is === undefined ? "nothing there" : written(look.done.is)}</code>
              </p>
            )}
          </div>
        </form>
      )}
    </section>
  );
}

function Raw({ address }: { address: string }) {
  const [key, set] = useState("0x00000000");
  const look = useAction(() => call<{ block: number; value: string | null }>("cluster_v1_storage", { contract: address, key: key.trim() }), key.trim());
  return (
    <details>
      <summary>Storage by its key</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look.act();
        }}
      >
        <div class="field">
          <label for="raw-key">
            Key, as the contract uses it <span class="dim">0x…</span>
          </label>
          <input id="raw-key" type="text" value={key} onInput={(event) => set(event.currentTarget.value)} />
        </div>
        <p class="actions">
          <button disabled={look.busy}>Look up</button>
        </p>
        <div aria-live="polite">
          <Problem error={look.error} />
          {look.done && (
            <p>
              <code class="value">{look.done.value ?? "nothing there"}</code> <span class="dim">after block {look.done.block}</span>
            </p>
          )}
        </div>
      </form>
    </details>
  );
}

function Recent({ address }: { address: string }) {
  const { receipts } = useCell(stream);
  const mine = receipts.filter((it) => it.receipt.address === address || it.receipt.events.some((event) => event["contract"] === address)).slice(-20).reverse();
  return (
    <section aria-labelledby="h-recent">
      <h2 id="h-recent">Lately</h2>
      <Table caption="Messages that touched this contract, since this page was opened and a little before" head={["message", "#block", "ended", "#gas"]} empty="No message touched it lately.">
        {mine.map((it) => (
          <tr key={it.seq}>
            <th scope="row">
              <MessageLink seq={it.seq} />
            </th>
            <td class="number">{it.block}</td>
            <td class={it.receipt.outcome.type === "success" ? "good" : "bad"}>{outcomeText(it.receipt.outcome)}</td>
            <td class="number">{time(it.receipt.gasConsumed.refTime)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
