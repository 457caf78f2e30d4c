import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, learnt, of } from "../bundles.js";
import { useCell } from "../cell.js";
import { ends, fromHex, written } from "../format.js";
import { link } from "../link.js";
import { subscribe } from "../rpc.js";
import type { LogRecord } from "../types.js";
import { clock, ContractLink, Note, Title, useLoaded } from "../ui.js";

const KINDS = ["log", "event", "output", "commandRefused", "weightSet", "handlerSet"] as const;
const KIND_NAMES: Record<string, string> = { log: "lines", event: "events", output: "outputs", commandRefused: "refused commands", weightSet: "weights", handlerSet: "log handlers" };
const LEVELS = ["", "error", "warn", "info", "debug", "trace"];
const MOST = 1_000;

type Told = LogRecord | { event: "lost"; records: number } | { event: "restarted" };

export function LogsPage() {
  const [contract, setContract] = useState("");
  const [asked, setAsked] = useState("");
  const [kinds, setKinds] = useState<string[]>(["log", "event", "output", "commandRefused"]);
  const [level, setLevel] = useState(5);
  const [lines, setLines] = useState<(LogRecord | { event: "lost"; records: number } | { event: "restarted" })[]>([]);
  const [held, setHeld] = useState<typeof lines | undefined>();
  const [state, setState] = useState<{ connected: boolean; error?: Error }>({ connected: false });
  const waiting = useRef<Told[]>([]);
  useEffect(() => {
    setLines([]);
    waiting.current = [];
    let next: number | undefined;
    let drawing = false;
    return subscribe(
      "cluster_v1_subscribeLogs",
      () => ({ ...(asked ? { contract: asked } : {}), kinds, level, from: next ?? 0 }),
      (event) => {
        const told = event as Told;
        if (told.event === "record") next = told.sequence + 1;
        waiting.current.push(told);
        if (drawing) return;
        drawing = true;
        setTimeout(() => {
          drawing = false;
          const came = waiting.current;
          waiting.current = [];
          setLines((before) => [...before, ...came].slice(-MOST));
        }, 150);
      },
      (connected, error) => setState(error ? { connected, error } : { connected }),
    );
  }, [asked, kinds.join(), level]);
  const shown = (held ?? lines).slice(-300).reverse();
  return (
    <>
      <Title sub={state.connected ? "as they come" : "not connected"}>Logs</Title>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(contract.trim());
        }}
      >
        <div class="field">
          <label for="logs-contract">Of this contract</label>
          <input id="logs-contract" type="text" autocomplete="off" spellcheck={false} value={contract} onInput={(event) => setContract(event.currentTarget.value)} onBlur={() => setAsked(contract.trim())} />
        </div>
        <div class="field">
          <label for="logs-level">Lines up to</label>
          <select id="logs-level" value={level} onChange={(event) => setLevel(Number(event.currentTarget.value))}>
            {LEVELS.map((name, at) => at > 0 && <option key={name} value={at}>{name}</option>)}
          </select>
        </div>
        <fieldset class="inline">
          <legend>Kinds</legend>
          {KINDS.map((it) => (
            <label key={it}>
              <input type="checkbox" checked={kinds.includes(it)} onChange={(event) => setKinds(event.currentTarget.checked ? [...kinds, it] : kinds.filter((other) => other !== it))} /> {KIND_NAMES[it]}
            </label>
          ))}
        </fieldset>
        <p class="actions">
          <button type="button" aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : lines)}>
            {held ? "Go on" : "Hold"}
          </button>
        </p>
      </form>
      {state.error && <Note kind="warn">{state.error.message}</Note>}
      <div class="scroll log" tabIndex={0} role="log" aria-label="What contracts say, the newest first" aria-live="off">
        {shown.length === 0 && <p class="dim">Nothing was said yet. Lines that contracts say in queries are told to an operator on this machine alone.</p>}
        <ol>
          {shown.map((it, at) => (
            <Line key={it.event === "record" ? `r${it.sequence}` : `x${at}`} it={it} />
          ))}
        </ol>
      </div>
    </>
  );
}

/** What a contract emitted or returned: decoded, if it is known how. */
function Data({ it }: { it: LogRecord }) {
  const { module } = useCell(link);
  const turn = useCell(learnt);
  const { value: code } = useLoaded(async () => (it.contract ? codeOf(it.contract) : undefined), [it.contract, turn]);
  const known = of(module, code);
  if (known && module && it.kind === "event" && it.contract && it.data) {
    const value = { contract: it.contract, topics: it.topics ?? [], data: fromHex(it.data) };
    const [event] = module.decodeEvents(known.descriptor, it.contract, [{ type: "ContractEmitted", value }]);
    if (event?.decoded) {
      const { type, value: fields } = event.event as { type: string; value: unknown };
      return (
        <>
          <strong>{type}</strong> <span class="dim">of {known.name}</span> <code class="value data">{written(fields)}</code>
        </>
      );
    }
  }
  return (
    <>
      {it.topics && it.topics.length > 0 && <span class="dim">topics {it.topics.map((topic) => ends(topic)).join(" ")}</span>} <code class="value data">{ends(it.data ?? "", 66, 8)}</code>
    </>
  );
}

function Line({ it }: { it: Told }) {
  if (it.event === "lost") return <li class="warn">{it.records} lines were gone before this page came to them.</li>;
  if (it.event === "restarted") return <li class="warn">The worker was started anew: its numbers begin again.</li>;
  const level = it.level ? LEVELS[it.level] : undefined;
  return (
    <li class={level === "error" || it.kind === "commandRefused" ? "bad" : level === "warn" ? "warn" : undefined}>
      <span class="number dim">{it.sequence}</span> <span class="dim">{it.timestampMs ? clock(it.timestampMs) : `block ${it.block}`}</span> <span class="tag">{level ?? it.kind}</span> {it.contract && <ContractLink address={it.contract} />} {it.mode && it.mode !== "transaction" && <span class="dim">{it.mode}</span>} <span class="said">{it.text}</span>
      {it.command && <> {it.command}</>}
      {it.data !== undefined && <Data it={it} />}
      {it.origin && <span class="dim"> from {ends(it.origin)}</span>}
      {it.weight !== undefined && <span class="dim"> weight {written(it.weight)}</span>}
    </li>
  );
}
