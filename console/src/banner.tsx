import { useCell } from "./cell.js";
import { cluster, link } from "./link.js";
import { clock, Note } from "./ui.js";
import { standing } from "./world.js";

/** What a parked worker's cause wants done. */
const PARKED: Record<string, string> = {
  EngineMissing: "its operator has to put the engine's file, as the chain recorded it, into the folder of engines",
  EnginePanicked: "its operator keeps the log and reports it; governance can amend the message if every worker stands there",
  EngineFault: "its operator looks at memory and disk, and starts it again",
};

/** How the worker stands where it doesn't stand well, on every page. */
export function Banner() {
  const { info, why, at, error } = useCell(standing);
  const { error: unlinked } = useCell(link);
  const { view, error: unread } = useCell(cluster);
  const diverged = view?.members.filter((it) => it.diverged !== undefined) ?? [];
  return (
    <>
      {error && (
        <Note kind="wrong">
          <strong>The worker doesn't answer{at ? ` since ${clock(at)}` : ""}.</strong> {at ? "What is shown here is from then. " : ""}Its operator looks whether it runs; this page goes on by itself when it does.
        </Note>
      )}
      {info?.status === "parked" && (
        <Note kind="wrong">
          <strong>
            This worker is parked before block {info.parked?.block}
            {info.parked?.seq !== null && info.parked?.seq !== undefined ? `, at message ${info.parked.seq}` : ""}
          </strong>{" "}
          ({info.parked?.reason ?? info.parked?.cause ?? "for a reason of its own"}). What it answers is from block {info.block}. What to do: {PARKED[info.parked?.cause ?? ""] ?? "its operator looks at its log, and at the runbook of its cause"}; ask another worker in the meantime.
        </Note>
      )}
      {info?.status === "destroyed" && <Note kind="warn">This cluster was destroyed: nothing can be asked or sent any more.</Note>}
      {info?.status === "waiting" && <Note kind="plain">The worker has executed no block yet: it begins when it has followed the chain to the cluster.</Note>}
      {info && !info.ready && info.status === "running" && !error && (
        <Note kind="warn">
          <strong>The worker isn't ready:</strong> {why.length > 0 ? why.join("; ") : "its operator's thresholds aren't met"}. What it answers is from block {info.block}
          {info.lag ? `, ${info.lag} blocks ago` : ""}.
        </Note>
      )}
      {view?.diverged !== undefined && (
        <Note kind="wrong">
          <strong>Workers disagree about the cluster since block {view.diverged}.</strong> Nothing behind it is confirmed; take no answer for true. What to do: compare workers' states by <code>pink-worker compare</code>, and have governance resolve it (<code>resolve_divergence</code>).
        </Note>
      )}
      {diverged.length > 0 && view?.diverged === undefined && (
        <Note kind="wrong">
          <strong>{diverged.length === 1 ? "A worker was" : `${diverged.length} workers were`} found to disagree with the others.</strong> Nothing that it says counts any more. The table of workers names it; if it is this one, take no answer of it for true.
        </Note>
      )}
      {(unlinked ?? unread) && <Note kind="warn">{(unlinked ?? unread)?.message}</Note>}
    </>
  );
}
