/** Small parts that all pages are made of. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useCell } from "./cell.js";
import { amount, ends, grouped, size, time } from "./format.js";
import { link } from "./link.js";

/** Something long, shortened; whole for a screen reader, in the tooltip, and in the clipboard. */
export function Long({ text, head = 8, tail = 6 }: { text: string; head?: number; tail?: number }) {
  const [copied, set] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    set(true);
    setTimeout(() => set(false), 1_500);
  };
  return (
    <span class="long">
      <code title={text}>{ends(text, head, tail)}</code>
      <button type="button" class="copy" onClick={copy} aria-label={`Copy ${text}`} title="Copy">
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
          <path d={copied ? "M2 6.5 5 9.5 10 3" : "M4.5 3.5h6v7h-6zM7.5 3.5v-2h-6v7h3"} fill="none" stroke="currentColor" stroke-width={copied ? 1.6 : 1} />
        </svg>
      </button>
    </span>
  );
}

export const ContractLink = ({ address }: { address: string }) => (
  <a href={`#/contracts/${address}`} title={address}>
    <code>{ends(address)}</code>
  </a>
);

export const MessageLink = ({ seq }: { seq: number | bigint }) => <a href={`#/messages/${seq}`}>{String(seq)}</a>;

/** An amount in the chain's currency. */
export function Money({ value }: { value: bigint | string }) {
  const { chain } = useCell(link);
  return <span class="number">{amount(value, chain?.unit)}</span>;
}

/** Money that goes to a contract, to be typed in. */
export function MoneyField({ id, value, set }: { id: string; value: string; set: (value: string) => void }) {
  const { chain } = useCell(link);
  return (
    <div class="field">
      <label for={id}>
        Money for the contract <span class="dim">{chain?.unit.symbol}</span>
      </label>
      <input id={id} type="text" inputMode="decimal" value={value} onInput={(event) => set(event.currentTarget.value)} />
    </div>
  );
}

/** Opens a page by what a person types; nothing happens where it can't be that. */
export function Open({ id, label, inputMode, page }: { id: string; label: string; inputMode?: "numeric"; page: (text: string) => string | undefined }) {
  const [text, set] = useState("");
  return (
    <form
      class="field narrow"
      onSubmit={(event) => {
        event.preventDefault();
        const to = page(text.trim());
        if (to) location.hash = to;
      }}
    >
      <label for={id}>{label}</label>
      <span class="row">
        <input id={id} type="text" inputMode={inputMode} autocomplete="off" spellcheck={false} value={text} onInput={(event) => set(event.currentTarget.value)} />
        <button>Open</button>
      </span>
    </form>
  );
}

/** A definition list of what is known. */
export const Facts = ({ facts }: { facts: ([string, ComponentChildren] | undefined | false)[] }) => (
  <dl class="facts">
    {facts.map(
      (fact) =>
        fact && (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
    )}
  </dl>
);

/** Something that a person should know. Red is said at once. */
export const Note = ({ kind, children }: { kind: "good" | "warn" | "wrong" | "plain"; children: ComponentChildren }) => (
  <div class={`note ${kind}`} role={kind === "wrong" ? "alert" : "status"}>
    {children}
  </div>
);

/** What to do about it on this page, where the client speaks to whoever writes one. */
const ADVICE: Record<string, string> = {
  // What it answered stands behind it, where it is told.
  FlagReverted: "",
  LangError: "The metadata may be of another version of the contract.",
  Trapped: "Its log may say more: see Logs.",
  OutOfGas: "Send it again: what it needs is estimated anew.",
  OutOfDeposit: "Bring more money into the cluster, or have it store less.",
  WalletRefused: "Nothing was sent: press again, and sign in the wallet.",
  SessionExpired: "Begin another one, above, where it says who signs.",
  SessionScope: "Begin another one, above, where it says who signs.",
  NotSigned: "Begin a session, above, where it says who signs.",
  TimedOut: "What was sent may still come: see Messages.",
  Unreachable: "Look whether it runs; this page goes on by itself when it does.",
};

/** An error's sentences. */
function sentences(error: Error): string {
  const { type, hint } = error as { type?: string; hint?: string };
  const advice = type === undefined ? undefined : ADVICE[type];
  // The client's own advice stands at the end.
  if (advice === undefined || hint === undefined || !error.message.endsWith(`${hint.slice(1)}.`)) return error.message;
  return `${error.message.slice(0, -hint.length - 2)} ${advice}`.trim();
}

/** What went wrong, in its own words. */
export function Problem({ error }: { error: Error | undefined }) {
  if (!error) return null;
  const type = (error as { type?: string }).type;
  const untrue = type === "ProofMismatch" || type === "Diverged";
  return (
    <Note kind={untrue ? "wrong" : "warn"}>
      {untrue && <strong>Not true. </strong>}
      {sentences(error)}
      <Reverted error={error} />
    </Note>
  );
}

function Reverted({ error }: { error: Error }) {
  const { type, value } = error as { type?: string; value?: { message?: unknown } };
  if (type !== "FlagReverted") return null;
  if (value?.message === undefined) return <> What it answered is told by a session alone.</>;
  const message = value.message as { type?: string; value?: unknown };
  return <> Its answer: <code>{typeof message === "object" ? (message.type ?? JSON.stringify(message)) : String(message)}</code>.</>;
}

/** What a bar is of, in words: gas has two dimensions. */
interface Gas {
  refTime: bigint;
  proofSize: bigint;
}

/** Gas as bars: limit, used, given back. */
export function GasBars({ limit, used, required }: { limit: Gas; used: Gas; required?: Gas }) {
  const rows = [
    ["time", limit.refTime, used.refTime, time] as const,
    ["state read", limit.proofSize, used.proofSize, size] as const,
  ];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Gas">
    <table class="gas">
      <caption class="hidden">Gas: limit, used, given back</caption>
      <thead>
        <tr>
          <th scope="col">gas</th>
          <th scope="col" class="bar">
            <span class="hidden">share of the limit that was used</span>
          </th>
          <th scope="col" class="number">used</th>
          <th scope="col" class="number">limit</th>
          <th scope="col" class="number">given back</th>
          {required && <th scope="col" class="number">least limit</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, most, part, write]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="bar">
              <progress max={1000} value={most > 0n ? Number((part * 1000n) / most) : 0} aria-label={`${name}: ${write(part)} used of ${write(most)}`} />
            </td>
            <td class="number">{write(part)}</td>
            <td class="number">{write(most)}</td>
            <td class="number">{write(most > part ? most - part : 0n)}</td>
            {required && <td class="number">{write(name === "time" ? required.refTime : required.proofSize)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
    </div>
  );
}

/** A table. A head with `#` in front is of numbers. */
export const Table = ({ caption, head, children, empty }: { caption: string; head: string[]; children: JSX.Element[]; empty: string }) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {head.map((it) => (
            <th key={it} scope="col" class={it.startsWith("#") ? "number" : undefined}>
              {it.replace("#", "")}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {children}
        {children.length === 0 && (
          <tr>
            <td colSpan={head.length} class="dim">
              {empty}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  </div>
);

let come = false;

/** A page's title, which takes the focus when it is come to from another one. */
export function Title({ children, sub }: { children: ComponentChildren; sub?: ComponentChildren }) {
  const there = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (come) there.current?.focus({ preventScroll: true });
    come = true;
  }, []);
  return (
    <h1 tabIndex={-1} ref={there}>
      {children}
      {sub && <small> {sub}</small>}
    </h1>
  );
}

/**
 * What is done at a click: once at a time, and what came of it.
 *
 * @param of What it is done about. What came of it isn't there any more as soon as that is something else.
 */
export function useAction<A extends unknown[], T>(work: (...args: A) => Promise<T>, of = ""): { busy: boolean; done: T | undefined; error: Error | undefined; act: (...args: A) => void; clear: () => void } {
  const [state, set] = useState<{ busy: boolean; of: string; done?: T; error?: Error }>({ busy: false, of });
  const turn = useRef(0);
  const act = (...args: A) => {
    turn.current += 1;
    const mine = turn.current;
    set({ busy: true, of });
    work(...args).then(
      (done) => mine === turn.current && set({ busy: false, of, done }),
      (error: unknown) => mine === turn.current && set({ busy: false, of, error: error instanceof Error ? error : new Error(String(error)) }),
    );
  };
  const clear = () => {
    turn.current += 1;
    set({ busy: false, of });
  };
  const current = state.of === of;
  return { busy: state.busy, done: current ? state.done : undefined, error: current ? state.error : undefined, act, clear };
}

/** What is loaded for a page, anew when what it depends on changes. */
export function useLoaded<T>(load: () => Promise<T>, on: unknown[]): { value: T | undefined; error: Error | undefined; again: () => void } {
  const [state, set] = useState<{ value?: T; error?: Error }>({});
  const [turn, next] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (value) => current && set({ value }),
      (error: unknown) => current && set((before) => ({ ...before, error: error as Error })),
    );
    return () => void (current = false);
  }, [...on, turn]);
  return { value: state.value, error: state.error, again: () => next((it) => it + 1) };
}

/** A time of day. */
export const clock = (ms: number) => new Date(ms).toLocaleTimeString();

/** So many blocks as a time. */
export function lasting(blocks: number, blockMs: number): string {
  const seconds = Math.round((blocks * blockMs) / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${grouped(Math.round(seconds / 3_600))} h`;
}
