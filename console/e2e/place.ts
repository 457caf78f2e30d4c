/** Chain and worker with the console: `dev serve`, or a real node and a real worker. */
import { World } from "../../clients/typescript/test/e2e/world.js";
import { createPinkClient, describe as describeBundle, readBundle, type Descriptor, type PinkClient } from "../../clients/typescript/src/index.js";
import { artefact, webSocket } from "../../clients/typescript/test/e2e/world.js";

export interface Place {
  world: World;
  /** The worker's RPC. */
  worker: string;
  /** The page. */
  page: string;
  client: PinkClient;
}

/** Starts both, and waits until the worker has executed the block that makes the cluster. */
export async function start(): Promise<Place> {
  const world = await World.start();
  try {
    const worker = world.served ? await world.answering() : await world.work(await world.admit("//Dave"), true, "--console");
    const client = createPinkClient({ chain: world.chain, worker, connection: { webSocket } });
    for (;;) {
      const info = await client.worker.info().catch(() => undefined);
      if (info?.finalized && info.block !== undefined && info.engine) break;
      await new Promise((done) => setTimeout(done, 200));
    }
    return { world, worker, client, page: `${worker}/console/` };
  } catch (error) {
    await world.stop();
    throw error;
  }
}

/** A contract's file, as the client takes it. */
export function bundled(name: string): { descriptor: Descriptor; code: Uint8Array; codeHash: string } {
  const bundle = readBundle(artefact(name));
  return { descriptor: describeBundle(bundle), code: bundle.code as Uint8Array, codeHash: bundle.codeHash };
}

/** Asks the worker, past the page. */
export async function ask<T>(place: Place, method: string, params: object): Promise<T> {
  const response = await fetch(place.worker, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
  if (error) throw new Error(error.message);
  return result;
}
