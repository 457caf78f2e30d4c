import { useState } from "preact/hooks";
import { learn, type Known } from "../bundles.js";
import type { Bundle } from "../bundle-types.js";
import { specsOf, useForm } from "../callable.js";
import { useCell } from "../cell.js";
import { Drop } from "../drop.js";
import { fromHex, grouped, readAmount, size, time } from "../format.js";
import { account, link } from "../link.js";
import { Progress, useSending } from "../sending.js";
import { ContractLink, Facts, Long, Money, MoneyField, Note, Problem, Title, useAction } from "../ui.js";
import { importsOf } from "../wasm.js";
import { standing } from "../world.js";

export function DeployPage() {
  const [given, set] = useState<{ bundle: Bundle; known: Known; file: string } | undefined>();
  const { module } = useCell(link);
  return (
    <>
      <Title>Make a contract</Title>
      <Drop
        label="Drop a .contract file here, or choose one"
        taken={(bundle, file) => {
          const loaded = module ?? link.value.module;
          if (loaded) set({ bundle, file, known: learn(loaded, bundle) });
        }}
      />
      {given && <Make key={given.bundle.codeHash} {...given} />}
    </>
  );
}

function Make({ bundle, known, file }: { bundle: Bundle; known: Known; file: string }) {
  const { info } = useCell(standing);
  const { chain } = useCell(link);
  const signs = useCell(account);
  const constructors = specsOf(known, "constructors");
  const [label, setLabel] = useState(constructors[0]?.label ?? "");
  const spec = constructors.find((it) => it.label === label);
  const form = useForm(known, spec, "new");
  const [value, setValue] = useState("0");
  const [salt, setSalt] = useState("");
  const sending = useSending();
  let imports: { module: string; name: string; kind: string }[] = [];
  let unreadable: Error | undefined;
  try {
    imports = bundle.code ? importsOf(bundle.code) : [];
  } catch (error) {
    unreadable = error as Error;
  }
  const terms = () => {
    if (!chain) throw new Error("The chain isn't there yet.");
    const text = salt.trim();
    return {
      data: form.values(),
      value: spec?.payable ? readAmount(value, chain.unit) : 0n,
      salt: text.startsWith("0x") ? fromHex(text) : new TextEncoder().encode(text),
    };
  };
  const deployer = () => {
    if (!chain) throw new Error("The chain isn't there yet.");
    return chain.client.getDeployer(known.descriptor, bundle.code);
  };
  // What was estimated is of just this; with anything else it isn't shown, and can't be signed by it.
  const about = JSON.stringify([form.written, value, salt, signs?.address]);
  const estimate = useAction(async () => {
    const origin = account.value?.address;
    if (!origin) throw new Error("Choose who signs first: what it costs depends on that.");
    const dry = await deployer().dryRun(label as never, { ...terms(), origin } as never);
    if (!dry.success) throw dry.value;
    return dry.value;
  }, about);
  const done = estimate.done;
  return (
    <>
      <section aria-labelledby="h-file">
        <h2 id="h-file">
          {bundle.name} <small class="dim">{file}</small>
        </h2>
        <Facts
          facts={[
            ["ink! metadata", String((bundle.metadata as { version: unknown }).version)],
            ["language", String((bundle.metadata as { source?: { language?: string } }).source?.language ?? "unknown")],
            ["code", <Long text={bundle.codeHash} />],
            ["size", bundle.code ? size(bundle.code.length) : "no code in this file: the cluster has to hold it already"],
            bundle.code !== undefined && info?.depositPerByte !== null && info?.depositPerByte !== undefined && ["deposit for the code, about", <Money value={BigInt(bundle.code.length) * BigInt(info.depositPerByte) + BigInt(info.depositPerItem ?? 0)} />],
            ["messages", grouped(specsOf(known, "messages").length)],
          ]}
        />
        <Problem error={unreadable} />
        {imports.length > 0 && (
          <details>
            <summary>It asks {imports.filter((it) => it.kind === "function").length} functions of its engine</summary>
            <ul class="imports">
              {imports.map((it) => (
                <li key={`${it.module}.${it.name}`}>
                  <code>
                    {it.module}.{it.name}
                  </code>{" "}
                  {it.kind !== "function" && <span class="dim">{it.kind}</span>}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <form
        aria-labelledby="h-new"
        onSubmit={(event) => {
          event.preventDefault();
          estimate.act();
        }}
      >
        <h2 id="h-new">Constructor</h2>
        <div class="field">
          <label for="constructor">Constructor</label>
          <select id="constructor" value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
            {constructors.map((it) => (
              <option key={it.label}>{it.label}</option>
            ))}
          </select>
          <p class="dim docs">{spec?.docs?.join(" ")}</p>
        </div>
        {form.fields}
        {spec?.payable && <MoneyField id="new-money" value={value} set={setValue} />}
        <div class="field">
          <label for="new-salt">
            Salt <span class="dim">part of the address: text or 0x…; another one for a second contract of the same code</span>
          </label>
          <input id="new-salt" type="text" value={salt} onInput={(event) => setSalt(event.currentTarget.value)} />
        </div>
        <p class="actions">
          <button disabled={!chain || estimate.busy}>{estimate.busy ? "Estimating…" : "Estimate"}</button>
          <button type="button" class="primary" disabled={!chain || !signs || sending.busy || !done} onClick={() => sending.start(() => deployer().deploy(label as never, terms() as never))}>
            Sign and send
          </button>
          {!done && <span class="dim">What it costs is estimated before it is signed.</span>}
        </p>
        <div aria-live="polite">
          <Problem error={estimate.error} />
          {done && (
            <Note kind="plain">
              <strong>It would succeed.</strong> Its address would be <ContractLink address={done.address} />.
              <Facts
                facts={[
                  ["least gas limit", `${time(done.gasRequired.refTime)}, ${size(done.gasRequired.proofSize)} of state`],
                  ["that costs", <Money value={done.gasRequired.refTime * BigInt(info?.gasPrice ?? 0)} />],
                  [done.storageDeposit.type === "Charge" ? "storage deposit" : "storage deposit given back", <Money value={done.storageDeposit.value} />],
                  ["tried after block", done.block],
                ]}
              />
              <p class="dim">A tenth more is asked for, and what isn't used comes back.</p>
            </Note>
          )}
        </div>
        <Progress of={sending} />
      </form>
    </>
  );
}
