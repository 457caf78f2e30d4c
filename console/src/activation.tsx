/** Whether a contract's code runs compiled, and what makes it so. */
import { useCell } from "./cell.js";
import { size, time } from "./format.js";
import { account, cluster, link } from "./link.js";
import { call } from "./rpc.js";
import { Progress, useSending } from "./sending.js";
import type { AskedJson, EngineJson } from "./types.js";
import { Facts, Money, Note, Problem, useAction, useLoaded } from "./ui.js";
import { standing } from "./world.js";

/** How code runs, by what its activation would come to. */
type Class = { compiledFrom: string } | { interpreted: string; may: boolean };

function classOf({ engine, receipt: { outcome } }: AskedJson): Class {
  const { error, detail = "" } = outcome;
  if (error === "Unsupported") return { interpreted: `engine ${engine} compiles nothing`, may: false };
  // The words are the engine's, and part of what workers agree on.
  if (error === "CodeAlreadyActive") return { compiledFrom: / from block (\d+) on/.exec(detail)?.[1] ?? detail };
  if (error === "CodeNotCompilable") return { interpreted: `it is more than is compiled: ${detail}`, may: false };
  return { interpreted: "nobody paid for compiling it", may: true };
}

export function Activation({ codeHash }: { codeHash: string }) {
  const { info } = useCell(standing);
  const { view } = useCell(cluster);
  const { chain } = useCell(link);
  const signs = useCell(account);
  const { value: asked, error } = useLoaded(() => call<AskedJson>("cluster_v1_estimateActivate", { codeHash, origin: signs?.address }), [codeHash, signs?.address, info?.engine, info?.nextSeq]);
  const { value: engines } = useLoaded(() => call<EngineJson[]>("worker_v1_engines"), [info?.engine, view?.interpreted.join()]);
  const sending = useSending();
  const activate = () => {
    if (!chain) throw new Error("The chain isn't there yet.");
    return chain.client.activateCode(codeHash as `0x${string}`);
  };
  const estimate = useAction(async () => {
    if (!signs) throw new Error("Choose who signs first: who signs pays.");
    const extrinsic = await activate().extrinsic(signs.signer);
    const { gas_limit: gas } = (extrinsic.decodedCall as unknown as { value: { value: { gas_limit: { ref_time: bigint; proof_size: bigint } } } }).value.value;
    return { gas, fee: await extrinsic.getEstimatedFees(signs.signer.publicKey) };
  }, signs?.address ?? "");
  if (!asked) return <Problem error={error} />;
  const is = classOf(asked);
  const { engine } = asked;
  const here = engines?.find((it) => it.version === engine);
  const since = "compiledFrom" in is ? Number(is.compiledFrom) : undefined;
  const governed = view?.interpreted.includes(engine);
  return (
    <section aria-labelledby="h-runs">
      <h2 id="h-runs">How it runs</h2>
      <Facts
        facts={[
          [
            "its code",
            "interpreted" in is ? (
              <>interpreted: {is.interpreted}</>
            ) : since !== undefined && info?.block !== null && info?.block !== undefined && info.block < since ? (
              <>interpreted, and compiled from block {is.compiledFrom} on</>
            ) : (
              <>compiled from block {is.compiledFrom} on</>
            ),
          ],
          (governed === true || (here?.compiles === true && here.mode === "interpreted")) && ["meanwhile", governed ? `governance has every worker interpret all code under ${engine}` : "this worker's operator has it interpret all code; what comes out is the same"],
        ]}
      />
      {"interpreted" in is && is.may && (
        <>
          <p class="actions">
            <button type="button" disabled={!chain || !signs || estimate.busy} onClick={() => estimate.act()}>
              {estimate.busy ? "Asking…" : "What would compiling cost?"}
            </button>
            <button type="button" class="primary" disabled={!estimate.done || sending.busy} onClick={() => sending.start(() => activate() as never)}>
              Activate
            </button>
            <span class="dim">Paid once, by whoever signs, for all contracts of this code.</span>
          </p>
          <div aria-live="polite">
            <Problem error={estimate.error} />
            {estimate.done && (
              <Note kind="plain">
                <Facts
                  facts={[
                    ["gas limit", `${time(estimate.done.gas.ref_time)}, ${size(estimate.done.gas.proof_size)} of state`],
                    ["that costs at most", <Money value={estimate.done.gas.ref_time * BigInt(info?.gasPrice ?? 0)} />],
                    ["the chain's own fee", <Money value={estimate.done.fee} />],
                  ]}
                />
                <p class="dim">A tenth more than it needs, beside the message's base; what isn't used comes back.</p>
              </Note>
            )}
          </div>
        </>
      )}
      <Progress of={sending} id="h-activation" />
    </section>
  );
}
