import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useCell } from "./cell.js";
import { account, accounts, keyOf, link, lookForWallets, use, wallets } from "./link.js";
import { clock, Note, Problem, useAction } from "./ui.js";
import { sessions } from "./sessions.js";

/** Who signs: an account of a wallet, or of a development chain. */
export function Accounts() {
  const [open, set] = useState(false);
  const all = useCell(accounts);
  const chosen = useCell(account);
  const found = useCell(wallets);
  const { chain } = useCell(link);
  const begun = useCell(sessions);
  const button = useRef<HTMLButtonElement>(null);
  const session = useAction((minutes: number) => {
    if (!chosen || !chain) throw new Error("Choose an account first.");
    return chain.client.connectSession(chosen.signer, { contracts: "any", ttlMs: minutes * 60_000, name: "console" }).then((it) => {
      sessions.set([...sessions.value.filter((other) => other.account !== it.account), { account: it.account, until: it.until.getTime() }]);
    });
  }, chosen?.address);
  const mine = begun.find((it) => it.account === chosen?.address);
  const close = () => (set(false), button.current?.focus());
  useLayoutEffect(() => {
    if (!open) return;
    const moved = () => set(false);
    // A button that is pressed and can't be pressed again for a while loses the focus.
    const pressed = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("hashchange", moved);
    addEventListener("keydown", pressed);
    return () => {
      removeEventListener("hashchange", moved);
      removeEventListener("keydown", pressed);
    };
  }, [open]);
  return (
    <div class="accounts">
      <datalist id="accounts-known">
        {all.map((it) => (
          <option key={keyOf(it)} value={it.address}>
            {it.name}
          </option>
        ))}
      </datalist>
      <button type="button" ref={button} aria-expanded={open} aria-controls="accounts-panel" onClick={() => set(!open)}>
        {chosen ? `Signs: ${chosen.name}` : "Choose who signs"}
      </button>
      {open && (
        <section id="accounts-panel" aria-label="Who signs">
          {all.length > 0 && (
            <div class="field">
              <label for="account">Account</label>
              <select id="account" value={chosen && keyOf(chosen)} onChange={(event) => use(event.currentTarget.value)}>
                {all.map((it) => (
                  <option key={keyOf(it)} value={keyOf(it)}>
                    {it.name} ({it.from})
                  </option>
                ))}
              </select>
            </div>
          )}
          {chosen && <p class="address"><code>{chosen.address}</code></p>}
          {chain?.development && <p class="dim">This is a development chain: everybody knows the keys of //Alice and friends.</p>}
          <p class="actions">
            <button type="button" disabled={found.looking} onClick={() => void lookForWallets()}>
              {found.looking ? "Looking for wallets…" : "Look for wallets"}
            </button>
          </p>
          <div aria-live="polite">
            {found.found?.length === 0 && (
              <Note kind="warn">
                <strong>No wallet found.</strong> Install a browser wallet for Polkadot's chains (an extension like Talisman, SubWallet or polkadot&#123;.js&#125;), let it act on this page, reload, and look again.
              </Note>
            )}
            {found.error && <Note kind="warn">{found.error}</Note>}
            {found.found && found.found.length > 0 && !found.error && <p>Wallets: {found.found.join(", ")}.</p>}
          </div>
          <h2>Session</h2>
          <p class="dim">Contracts answer their owners what they tell nobody else. So that each question needn't be signed, sign once for a key of this page's, for a while.</p>
          {mine && mine.until > Date.now() && <p>{chosen?.name} asks by a session until {clock(mine.until)}.</p>}
          {mine && mine.until <= Date.now() && <Note kind="warn">The session has expired at {clock(mine.until)}: begin another one.</Note>}
          <p class="actions">
            <button type="button" disabled={!chosen || !chain || session.busy} onClick={() => session.act(60)}>
              {session.busy ? "Waiting for the wallet…" : "Begin a session of an hour"}
            </button>
          </p>
          <Problem error={session.error} />
        </section>
      )}
    </div>
  );
}
