/** A transaction on its way, stage by stage. */
import { useRef, useState } from "preact/hooks";
import type { Stage, Transaction } from "./chain.js";
import { account } from "./link.js";
import { ReceiptView } from "./receipt.js";
import { clock, MessageLink, Note, Problem } from "./ui.js";

interface Step {
  stage: Stage;
  at: number;
}

/** What is sent, and how far it is. */
export interface Sending {
  steps: Step[];
  busy: boolean;
  error: Error | undefined;
  /** Another thing is looked at: what was sent and has ended isn't shown any more. */
  clear: () => void;
  start: (make: () => Transaction<unknown>, done?: (receipt: Extract<Stage, { type: "executed" | "confirmed" }>) => void) => void;
}

export function useSending(): Sending {
  const [state, set] = useState<{ steps: Step[]; busy: boolean; error?: Error }>({ steps: [], busy: false });
  const turn = useRef(0);
  const start: Sending["start"] = (make, done) => {
    turn.current += 1;
    const mine = turn.current;
    let steps: Step[] = [];
    set({ steps, busy: true });
    void (async () => {
      try {
        const signs = account.value;
        if (!signs) throw new Error("Choose who signs first: an account of a wallet.");
        for await (const stage of make().watch(signs.signer, { timeoutMs: 600_000 })) {
          if (mine !== turn.current) return;
          // A fork or a wait tells a stage again.
          steps = [...steps.filter((it) => it.stage.type !== stage.type), { stage, at: Date.now() }];
          set({ steps, busy: true });
          if (stage.type === "executed") done?.(stage);
        }
        if (mine === turn.current) set({ steps, busy: false });
      } catch (error) {
        if (mine === turn.current) set({ steps, busy: false, error: error as Error });
      }
    })();
  };
  const clear = () => {
    if (!state.busy) set({ steps: [], busy: false });
  };
  return { steps: state.steps, busy: state.busy, error: state.error, start, clear };
}

const STAGES = ["signed", "broadcasted", "inBestBlock", "finalized", "executed", "confirmed"] as const;
const WORDS: Record<(typeof STAGES)[number], string> = {
  signed: "signed",
  broadcasted: "sent",
  inBestBlock: "in a block",
  finalized: "final: its place in the queue is fixed",
  executed: "executed: one worker's word",
  confirmed: "confirmed: proven against the checkpoint of a quorum",
};

/** How far it is. Where a page has several, each has an `id` of its own. */
export function Progress({ of, id = "h-way" }: { of: Sending; id?: string }) {
  if (of.steps.length === 0 && !of.busy && !of.error) return null;
  const step = (type: Stage["type"]) => of.steps.find((it) => it.stage.type === type);
  const final = step("finalized")?.stage as Extract<Stage, { type: "finalized" }> | undefined;
  const last = (step("confirmed") ?? step("executed"))?.stage as Extract<Stage, { type: "executed" | "confirmed" }> | undefined;
  const waiting = step("waiting")?.stage as Extract<Stage, { type: "waiting" }> | undefined;
  const untrue = (of.error as { type?: string } | undefined)?.type === "ProofMismatch";
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>On its way</h3>
      {(of.busy || of.steps.length > 0) && <ol class="way" aria-live="polite">
        {STAGES.map((type) => {
          const there = step(type);
          return (
            <li key={type} class={there ? "done" : of.busy ? "open" : "never"}>
              <span aria-hidden="true">{there ? "●" : "○"}</span> {WORDS[type]}
              {type === "finalized" && final && (
                <>
                  , message <MessageLink seq={final.seq} /> in block {final.block.number}
                </>
              )}
              {there ? <span class="dim"> {clock(there.at)}</span> : <span class="hidden"> not yet</span>}
            </li>
          );
        })}
      </ol>}
      {of.busy && of.steps.length === 0 && <p role="status">Estimating, and waiting for the signature…</p>}
      {of.busy && waiting && !step("confirmed") && <Note kind="warn">It takes longer: {waiting.reason.message}</Note>}
      <Problem error={of.error} />
      {last && !untrue && (
        <>
          <h3>Receipt</h3>
          {last.type === "executed" && <p class="dim">One worker's word, until it is confirmed.</p>}
          <ReceiptView it={last.receipt} />
        </>
      )}
    </section>
  );
}
