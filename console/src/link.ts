/** The chain, once it is there; accounts that can sign. */
import { Cell } from "./cell.js";
import type { Chain, ClusterView, PolkadotSigner } from "./chain.js";
import { workerUrl } from "./rpc.js";
import { config, standing } from "./world.js";

export type ChainModule = typeof import("./chain.js");

/** How the connection to the chain stands. */
export interface Link {
  module: ChainModule | undefined;
  chain: Chain | undefined;
  error: Error | undefined;
}
export const link = new Cell<Link>({ module: undefined, chain: undefined, error: undefined });

/** The cluster as the chain has it. */
export const cluster = new Cell<{ view: ClusterView | undefined; error: Error | undefined }>({ view: undefined, error: undefined });

/** An account that can sign. */
export interface Account {
  address: string;
  name: string;
  from: string;
  signer: PolkadotSigner;
}
export const accounts = new Cell<Account[]>([]);
export const account = new Cell<Account | undefined>(undefined);

/** What came of looking for wallets. */
export const wallets = new Cell<{ looking: boolean; found: string[] | undefined; error: string | undefined }>({ looking: false, found: undefined, error: undefined });

const VIEW_MS = 3_000;

/** Loads what speaks with the chain, and connects. */
export async function connect(): Promise<void> {
  const module = await import("./chain.js");
  link.set({ ...link.value, module });
  await until(() => config.value);
  const { chain: urls, cluster: id } = config.value as NonNullable<typeof config.value>;
  if (urls.length === 0) {
    link.set({ ...link.value, error: new Error("This worker names no node of its chain: start it with --console-chain. What the worker says is shown, nothing can be signed or proven.") });
    return;
  }
  const lost = (url: string | undefined) =>
    link.set({ ...link.value, error: url === undefined ? undefined : new Error(`The chain's node at ${url} doesn't answer. Look whether it runs and lets pages of ${location.origin} ask (--rpc-cors).`) });
  // It tries until somebody answers.
  const late = setTimeout(() => !link.value.chain && lost(urls.join(", ")), 8_000);
  try {
    const chain = await module.connect(urls, workerUrl, BigInt(id), lost);
    link.set({ module, chain, error: undefined });
    if (chain.development) void developers(module);
    for (;;) {
      try {
        cluster.set({ view: await module.view(chain), error: undefined });
      } catch (error) {
        cluster.set({ ...cluster.value, error: error as Error });
      }
      await new Promise((done) => setTimeout(done, VIEW_MS));
    }
  } catch (error) {
    link.set({ ...link.value, error: error as Error });
  } finally {
    clearTimeout(late);
  }
}

async function until<T>(what: () => T | undefined): Promise<T> {
  for (;;) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function developers(module: ChainModule): Promise<void> {
  const { developers } = await import("./dev.js");
  const found = developers().map(({ name, publicKey, signer }) => ({ name, signer, address: module.ss58(publicKey), from: "development" }));
  accounts.set([...accounts.value, ...found]);
  choose();
}

const CHOSEN = "pink-account";

/** The account that was chosen last, or the first. */
function choose(): void {
  if (account.value) return;
  const last = sessionStorage.getItem(CHOSEN);
  const all = accounts.value;
  account.set(all.find((it) => keyOf(it) === last) ?? all[0]);
}

/** Which account: two wallets may have the same address, and one of them alone signs. */
export const keyOf = ({ from, address }: Account) => `${from} ${address}`;

/** Signs from now on. */
export function use(key: string): void {
  account.set(accounts.value.find((it) => keyOf(it) === key));
  sessionStorage.setItem(CHOSEN, key);
}

/** For how long wallets are waited for: they put themselves into the page behind its load. */
const LOOK_MS = 2_000;

/** Looks for wallets, again and again for two seconds, and takes their accounts. */
export async function lookForWallets(): Promise<void> {
  wallets.set({ looking: true, found: undefined, error: undefined });
  const names = () => Object.keys((window as { injectedWeb3?: object }).injectedWeb3 ?? {});
  const end = Date.now() + LOOK_MS;
  while (names().length === 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 100));
  const found = names();
  let error: string | undefined;
  const module = link.value.module ?? (await import("./chain.js"));
  for (const name of found) {
    try {
      const theirs = await module.walletAccounts(name);
      const known = accounts.value.filter((it) => it.from !== name);
      accounts.set([...known, ...theirs.map((it) => ({ address: it.address, name: it.name ?? it.address, from: name, signer: it.signer }))]);
      if (theirs.length === 0) error = `The wallet ${name} has no account for this page: allow one in its settings, and look again.`;
    } catch (cause) {
      error = `The wallet ${name} refused (${cause instanceof Error ? cause.message : String(cause)}): allow this page in its settings, and look again.`;
    }
  }
  wallets.set({ looking: false, found, error });
  choose();
}

/** The newest block that the worker knows to be final, which is where sessions and calls begin. */
export const head = () => standing.value.info?.finalized?.number;
