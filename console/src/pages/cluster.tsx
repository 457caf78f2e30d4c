import { useState } from "preact/hooks";
import { useCell } from "../cell.js";
import { counted, grouped, newer, outcomeText, short, size, time } from "../format.js";
import { cluster, link } from "../link.js";
import { Plot } from "../plot.js";
import { call } from "../rpc.js";
import type { EngineJson, Rehearsal } from "../types.js";
import { Facts, lasting, Long, MessageLink, Money, Note, Problem, Table, Title, useAction, useLoaded } from "../ui.js";
import { gasByBlock, moments, standing, stream } from "../world.js";

export function ClusterPage() {
  const { info, at, why } = useCell(standing);
  const { view } = useCell(cluster);
  const { chain } = useCell(link);
  return (
    <>
      <Title sub={info ? info.status : "…"}>Cluster {info?.cluster ?? ""}</Title>
      <div class="columns">
        <section aria-labelledby="h-worker">
          <h2 id="h-worker">This worker</h2>
          {info ? (
            <Facts
              facts={[
                ["engine", info.engine ?? "none yet"],
                ["executed block", <span class="number">{info.block ?? "none yet"}</span>],
                ["newest final block", <span class="number">{info.finalized?.number ?? "unknown"}</span>],
                ["behind", info.lag === null ? "unknown" : `${info.lag} blocks`],
                ["ready", info.ready ? "yes" : `no: ${why.join("; ") || "below its thresholds"}`],
                ["messages", <span class="number">{info.nextSeq === null ? "none yet" : grouped(info.nextSeq)}</span>],
                ["state root", info.stateRoot ? <Long text={info.stateRoot} /> : "none yet"],
                ["state kept from", <span class="number">{info.oldestState ?? "nowhere"}</span>],
              ]}
            />
          ) : (
            <p class="dim">{at === undefined ? "Asking the worker…" : "Unknown."}</p>
          )}
        </section>
        <section aria-labelledby="h-chain">
          <h2 id="h-chain">The chain</h2>
          {view && chain ? (
            <Facts
              facts={[
                ["chain", `${chain.name}${chain.development ? " (development)" : ""}`],
                ["best block", <span class="number">{view.best}</span>],
                ["final block", <span class="number">{view.at.number}</span>],
                ["confirmed by a quorum", <><span class="number">{view.confirmed}</span> <span class="dim">{view.confirmed >= view.newest ? "all that there is" : `of ${view.newest}`}</span></>],
                ["engine, as confirmed", view.engine],
                ["owner", <Long text={view.owner} />],
                ["who may upload", view.permission === "Public" ? "everybody" : "the owner"],
                ["asked at", <code>{chain.url}</code>],
              ]}
            />
          ) : (
            <p class="dim">Asking the chain…</p>
          )}
        </section>
        <section aria-labelledby="h-prices">
          <h2 id="h-prices">Prices</h2>
          {info?.gasPrice ? (
            <Facts
              facts={[
                ["a millisecond of gas", <Money value={BigInt(info.gasPrice) * 1_000_000_000n} />],
                ["deposit for an item", <Money value={info.depositPerItem ?? "0"} />],
                ["deposit for a byte", <Money value={info.depositPerByte ?? "0"} />],
                ["least balance", <Money value={info.existentialDeposit ?? "0"} />],
              ]}
            />
          ) : (
            <p class="dim">Not known yet.</p>
          )}
        </section>
      </div>
      <Upgrade />
      <Plots />
      <Workers />
      <Engines />
    </>
  );
}

function Upgrade() {
  const { view } = useCell(cluster);
  const pending = view?.pending;
  if (!view || !pending) return null;
  const left = pending.at - view.best;
  return (
    <section aria-labelledby="h-upgrade">
      <h2 id="h-upgrade">Upgrade under way</h2>
      <Note kind="plain">
        <strong>
          To engine {pending.to} at block {pending.at}
        </strong>
        {left > 0 ? `: in ${left} blocks, about ${lasting(left, view.blockMs)}.` : pending.seq === undefined ? ": now." : <>: message <MessageLink seq={pending.seq} /> does it; it is done when a quorum has confirmed it.</>} {left > 0 && "Until then its owner can call it off. Every worker needs the engine's file by then; the rehearsal below says what contracts would feel."}
      </Note>
    </section>
  );
}

function Plots() {
  const { info } = useCell(standing);
  const told = useCell(stream);
  const seen = useCell(moments);
  const gas = gasByBlock(info?.block, told);
  const last = seen.at(-1);
  const blocks = gas.map((it) => it.block);
  const times = seen.map((it) => it.at / 1_000);
  const none = (value: number | undefined) => value ?? null;
  const most = gas.reduce((one, it) => Math.max(one, it.gas), 0);
  return (
    <section aria-labelledby="h-plots">
      <h2 id="h-plots">As it goes</h2>
      <div class="plots">
        <Plot name="Gas per block" unit="ms" bars x={blocks} lines={[{ name: "gas", values: gas.map((it) => it.gas / 1e9) }]} text={gas.length > 0 ? `last block ${time(gas.at(-1)?.gas ?? 0)}, most ${time(most)}` : "no block yet"} />
        <Plot name="Messages, questions" unit="a second" times x={times} lines={[{ name: "messages", values: seen.map((it) => none(it.messages)) }, { name: "questions", values: seen.map((it) => none(it.queries)) }]} text={last ? `now ${short(last.messages ?? 0)} messages and ${short(last.queries ?? 0)} questions a second` : "measuring…"} />
        <Plot name="Behind the chain" unit="blocks" times x={times} lines={[{ name: "lag", values: seen.map((it) => none(it.lag)) }]} text={last?.lag === undefined ? "unknown" : `now ${last.lag} blocks`} />
      </div>
    </section>
  );
}

function Workers() {
  const { view } = useCell(cluster);
  if (!view) return null;
  return (
    <section aria-labelledby="h-workers">
      <h2 id="h-workers">Workers</h2>
      <Table caption="Workers and their checkpoints" head={["worker", "#acknowledged up to", "#to acknowledge", "#heard in block", "state"]} empty="The cluster has no workers: nothing will be confirmed until some are added.">
        {view.members.map((it) => {
          const wrong = it.diverged !== undefined;
          return (
            <tr key={it.worker} class={wrong ? "wrong" : undefined}>
              <th scope="row">
                <Long text={it.worker} />
              </th>
              <td class="number">{it.acked}</td>
              <td class="number">{it.acked >= view.newest ? "nothing" : `up to ${view.newest}`}</td>
              <td class="number">{it.ackedAt}</td>
              <td>
                {wrong
                  ? `DIVERGED at block ${it.diverged}: nothing it says counts. Its operator compares its state with another worker's (pink-worker compare), keeps it for the search, and begins anew from a snapshot.`
                  : it.parked
                    ? `parked before block ${it.parked.block} at message ${it.parked.seq}: ${it.parked.cause}`
                    : it.lapsed !== undefined
                      ? `silent: left out since block ${it.lapsed}, until it is heard again`
                      : it.leaves !== undefined
                        ? `leaving, until block ${it.leaves}`
                        : "a member"}
              </td>
            </tr>
          );
        })}
      </Table>
      {view.disputed.map((it) => (
        <Note key={it.block} kind="wrong">
          <strong>Workers say different things about block {it.block}:</strong>{" "}
          {it.sides.map((side) => (
            <span key={side.root}>
              <Long text={side.root} /> ({side.voters.length} {side.voters.length === 1 ? "worker" : "workers"}){" "}
            </span>
          ))}
          Where no quorum agrees, governance has to resolve it.
        </Note>
      ))}
    </section>
  );
}

function Engines() {
  const { info } = useCell(standing);
  const { view } = useCell(cluster);
  const { value: engines, error } = useLoaded(() => call<EngineJson[]>("worker_v1_engines"), [info?.engine, view?.interpreted.join()]);
  const [last, setLast] = useState("100");
  const [to, setTo] = useState("");
  const rehearsal = useAction((version: string) => {
    setTo(version);
    const count = Number(last);
    if (!Number.isInteger(count) || count < 1) throw new Error("How many messages? A whole number from 1 on.");
    return call<Rehearsal>("worker_v1_rehearse", { to: version, last: count }, 600_000);
  });
  const newest = engines?.filter((it) => newer(it.version, info?.engine)) ?? [];
  return (
    <section aria-labelledby="h-engines">
      <h2 id="h-engines">Engines here</h2>
      <Problem error={error} />
      <Table caption="Engine files of this worker" head={["version", "on the chain", "file", "#memory", "rehearsal"]} empty={engines ? "No engine files." : "Asking…"}>
        {(engines ?? []).map((it) => (
          <tr key={it.version}>
            <th scope="row">
              {it.version} {it.current && <span class="tag">runs</span>} {it.mode === "native" && <span class="tag">compiles</span>} {it.compiles && it.mode === "interpreted" && <span class="tag bad">interprets</span>}
            </th>
            <td>{view ? (view.engines.find((record) => record.version === it.version)?.status ?? "not registered") : "…"}{view?.interpreted.includes(it.version) && ", to be interpreted"}</td>
            <td>{it.files.map((hash) => <Long key={hash} text={hash} />)}</td>
            <td class="number">{it.allocatedBytes === null ? "not loaded" : `${size(it.allocatedBytes)}, most ${size(it.peakBytes ?? 0)}`}</td>
            <td>
              {newest.includes(it) && (
                <button type="button" disabled={rehearsal.busy} onClick={() => rehearsal.act(it.version)}>
                  Rehearse {it.version}
                </button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {newest.length > 0 && (
        <div class="field narrow">
          <label for="rehearse-last">How many of the last messages to rehearse</label>
          <input id="rehearse-last" type="text" inputMode="numeric" value={last} onInput={(event) => setLast(event.currentTarget.value)} />
        </div>
      )}
      <div aria-live="polite">
        {rehearsal.busy && <p>Executing the last {last} messages under engine {to}…</p>}
        {rehearsal.error && <Problem error={rehearsal.error} />}
        {rehearsal.done && <Report it={rehearsal.done} />}
      </div>
    </section>
  );
}

const ENDINGS = [
  ["success", "success"],
  ["reverted", "reverted"],
  ["trapped", "failed"],
  ["outOfGas", "out of gas"],
  ["rejected", "rejected"],
] as const;

function Report({ it }: { it: Rehearsal }) {
  const fits = it.upgrade.type === "success";
  return (
    <>
      <h3>
        Rehearsal: {it.from} → {it.to}
      </h3>
      <Note kind={fits && it.differing === 0 && it.refusedCodes.length === 0 ? "good" : fits ? "warn" : "wrong"}>
        The move itself would end: <strong>{outcomeText(it.upgrade)}</strong>. {fits ? `${counted(it.messages, "message")} of ${counted(it.blocks, "block")} executed under both; ${it.differing === 0 ? "all do the same" : `${it.differing} do something else`}.` : "Nothing else was tried."}
      </Note>
      {fits && (
        <div class="columns">
          <Table caption="How messages end" head={["they end", `#under ${it.from}`, `#under ${it.to}`]} empty="">
            {ENDINGS.map(([key, name]) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td class="number">{it.was[key]}</td>
                <td class="number">{it.other[key]}</td>
              </tr>
            ))}
          </Table>
          <Table caption="Messages that do something else" head={["message", "#block", `under ${it.from}`, `under ${it.to}`, "answer", "events"]} empty="None does something else.">
            {it.differences.map((one) => (
              <tr key={one.seq}>
                <th scope="row">
                  <MessageLink seq={one.seq} />
                </th>
                <td class="number">{one.block}</td>
                <td>{outcomeText(one.was)}</td>
                <td>{outcomeText(one.other)}</td>
                <td>{one.output ? "another" : "the same"}</td>
                <td>{one.events ? "others" : "the same"}</td>
              </tr>
            ))}
          </Table>
        </div>
      )}
      {it.refusedCodes.length > 0 && (
        <Table caption="Codes that the newer engine doesn't call" head={["code", "why"]} empty="">
          {it.refusedCodes.map(([hash, why]) => (
            <tr key={hash}>
              <th scope="row">
                <Long text={hash} />
              </th>
              <td>{why}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
