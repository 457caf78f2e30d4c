import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy } from "@polkadot-labs/hdkd-helpers";
import { createClient, type PolkadotClient, type PolkadotSigner } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket as NodeWebSocket } from "ws";

const run = promisify(execFile);

const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));

/** A development account's signer. */
export function dev(path: `//${string}`): PolkadotSigner {
  const pair = derive(path);
  return getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign);
}

/** WebSocket of `ws`, since Node 20 has none. */
export const webSocket = NodeWebSocket as unknown as new (url: string) => WebSocket;

function program(variable: string, usual: string): string {
  const path = process.env[variable] ?? new URL(`../../../../${usual}`, import.meta.url).pathname;
  if (!existsSync(path)) throw new Error(`${path} isn't there: build it, or name another one by ${variable}`);
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A chain with a node, and workers, on this machine. Nothing of it is left when it is stopped. */
export class World {
  readonly base = mkdtempSync(join(tmpdir(), "pink-client-"));
  readonly engines = program("PINK_ENGINES", "target/engines");
  readonly worker = program("PINK_WORKER", "target/debug/pink-worker");
  readonly #running: ChildProcess[] = [];
  url = "";
  chain!: PolkadotClient;

  /** Chain and worker are `dev serve`: one program, and no node. */
  readonly served = process.env["PINK_PAIR"] === "serve";
  #answering: string | undefined;

  /** Starts the node, and waits until the block is final that makes the cluster. */
  static async start(): Promise<World> {
    const world = new World();
    try {
      if (world.served) {
        await world.#serve();
        return world;
      }
      const [rpc, peers] = [await freePort(), await freePort()];
      world.url = `ws://127.0.0.1:${rpc}`;
      world.#start("node", program("PINK_NODE", "target/node/pink-node"), [
        "--dev", "--force-authoring", "--engine", "2.0", "--engines", join(world.engines, "engines.json"),
        "--base-path", join(world.base, "chain"), "--rpc-port", `${rpc}`, "--port", `${peers}`,
        "--no-prometheus", "--no-telemetry", "--no-mdns",
      ]);
      world.chain = createClient(getWsProvider(world.url, { websocketClass: NodeWebSocket as never }));
      while ((await world.chain.getFinalizedBlock()).number < 2) await new Promise((done) => setTimeout(done, 200));
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** Starts `dev serve`, and waits until it says where it is. */
  async #serve(): Promise<void> {
    const config = join(this.base, "serve.json");
    const ended = this.#start("dev serve", this.worker, [
      "dev", "serve", "--base-path", this.#base("serve"), "--engine", "2.0", "--engines", this.engines, "--chain-port", "0", "--rpc-port", "0", "--silent", "--config-out", config,
    ]);
    while (!existsSync(config)) {
      if (ended.exitCode !== null) throw new Error("`dev serve` ended");
      await new Promise((done) => setTimeout(done, 50));
    }
    const { chain, worker } = JSON.parse(readFileSync(config, "utf8")) as { chain: string; worker: string };
    this.url = chain;
    this.#answering = worker;
    this.chain = createClient(getWsProvider(chain, { websocketClass: NodeWebSocket as never }));
  }

  /** Where a worker answers that is a member of the cluster. */
  async answering(): Promise<string> {
    if (this.#answering !== undefined) return this.#answering;
    if (!(await this.hasRpc())) throw new Error("the worker's program has no RPC (--rpc-port): build it, or name another one by PINK_WORKER");
    return this.work(await this.admit("//Dave"), true);
  }

  /** A base path under which contracts may ask servers on this machine. */
  #base(name: string): string {
    const path = join(this.base, name);
    mkdirSync(path);
    writeFileSync(join(path, "worker.toml"), '[http]\nallow_networks = ["127.0.0.0/8"]\n');
    return path;
  }

  #start(name: string, path: string, args: string[]): ChildProcess {
    const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr?.on("data", (part) => (said = (said + part).slice(-8_000)));
    child.on("exit", (code) => {
      if (code) process.stderr.write(`${name} ended with ${code}:\n${said}\n`);
    });
    this.#running.push(child);
    return child;
  }

  /** Has the worker's program do something on the chain. */
  async tell(...args: string[]): Promise<unknown> {
    const { stdout } = await run(this.worker, [...args, "--chain", this.url, "--json"]);
    return JSON.parse(stdout);
  }

  /** Makes a development account a member of the cluster, as an operator does it. */
  async admit(secret: `//${string}`): Promise<string> {
    const keys = join(this.base, `keys${secret.replace(/\//g, "-")}`);
    const insert = run(this.worker, ["key", "insert", "--keystore", keys]);
    insert.child.stdin?.end(secret);
    await insert;
    await this.tell("worker", "admit", secret, "--sudo", "--from", "//Alice");
    await this.tell("worker", "serve", "//Alice", "--from", secret);
    await this.tell("worker", "add", secret, "--from", "//Alice");
    return keys;
  }

  /** Starts a worker; where it is to be asked, if its program has an RPC. */
  async work(keys: string, rpc: boolean, ...more: string[]): Promise<string> {
    const port = await freePort();
    const asked = rpc ? ["--rpc-port", `${port}`] : [];
    this.#start("worker", this.worker, [
      "run", "--chain", this.url, "--base-path", this.#base(`data-${port}`), "--engines", this.engines, "--keystore", keys, ...asked, ...more,
    ]);
    return `http://127.0.0.1:${port}`;
  }

  /** Whether the worker's program answers questions. */
  async hasRpc(): Promise<boolean> {
    const { stdout } = await run(this.worker, ["run", "--help"]);
    return stdout.includes("--rpc-port");
  }

  async stop(): Promise<void> {
    this.chain?.destroy();
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await Promise.race([new Promise((done) => child.once("exit", done)), new Promise((done) => setTimeout(done, 10_000))]);
      child.kill("SIGKILL");
    }
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** A file of the contracts' folder. */
export const artefact = (name: string) => readFileSync(new URL(`../../../../contracts/artifacts/${name}`, import.meta.url), "utf8");
