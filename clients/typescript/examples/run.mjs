// npm run example -- NAME [--chain URL] [--worker URL] [ARGUMENT…]
import { parseArgs } from "node:util";
import { createClient } from "polkadot-api";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket } from "ws";
import { bundled } from "./bundled.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { chain: { type: "string", default: "ws://127.0.0.1:9944" }, worker: { type: "string", default: "http://127.0.0.1:9955" } },
});
const [name, ...more] = positionals;
if (!["ballot", "oracle", "upgrade"].includes(name)) {
  console.error("npm run example -- ballot|oracle URL|upgrade [--chain URL] [--worker URL]");
  process.exit(2);
}
const { createPinkClient, developers, main } = await bundled(name);
const chain = createClient(getWsProvider(values.chain, { websocketClass: WebSocket }));
const client = createPinkClient({ chain, worker: values.worker, connection: { webSocket: WebSocket } });
try {
  const accounts = developers();
  await main(client, [accounts.get("//Alice"), accounts.get("//Bob")], ...more);
} finally {
  client.destroy();
  chain.destroy();
}
