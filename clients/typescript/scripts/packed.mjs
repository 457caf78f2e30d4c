// Packs the package, and uses it from an empty folder as somebody does who has nothing else of ours: types, run in
// Node, generated contracts, and what a page would load of it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "pink-client-packed-"));
const run = (program, args, cwd = folder) => execFileSync(program, args, { cwd, stdio: ["ignore", "pipe", "inherit"] }).toString();

/** The most that a page may load of it, compressed, without polkadot-api. */
const BOUNDS = {
  'export { verifyReceipt } from "pink-client/proof";': 8_000,
  'export { createPinkClient } from "pink-client";': 60_000,
};

const USE = `
import { createPinkClient, decodeMessageReceipt, PinkError, readBundle, type Executed } from "pink-client";
import { EMPTY_TRIE_ROOT, TrieProof } from "pink-client/proof";
import { sessionText } from "pink-client/session";
import { Worker } from "pink-client/worker";
import type { PolkadotClient, PolkadotSigner } from "polkadot-api";
import { flipper } from "./flipper.js";

export async function flip(chain: PolkadotClient, signer: PolkadotSigner): Promise<Executed<undefined>> {
  const client = createPinkClient({ chain, worker: "http://127.0.0.1:9955" });
  const contract = client.getContract(flipper, "5C8etthaGJi5SkQeEDSaK32ABBjkhwDeK9ksQCTLEGM3EH14");
  const asked = await contract.query("get", {});
  if (asked.success) asked.value.response satisfies boolean;
  // @ts-expect-error: there is no such message.
  await contract.query("flop", {});
  const done = await contract.send("flip", {}).signAndSubmit(signer);
  return done;
}

if (new TrieProof(EMPTY_TRIE_ROOT, ["0x00"]).get("0x01") !== undefined) throw new Error("an empty trie isn't empty");
if (!(sessionText instanceof Function) || !(Worker instanceof Function) || !(decodeMessageReceipt instanceof Function)) throw new Error("something isn't exported");
try {
  readBundle("{}");
  throw new Error("nothing was refused");
} catch (error) {
  if (!(error instanceof PinkError) || error.type !== "BadBundle") throw error;
}
console.log("used");
`;

try {
  const [{ filename, files, size }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root));
  const odd = files.map(({ path }) => path).filter((path) => !/^(dist\/|README\.md$|package\.json$)/.test(path));
  if (odd.length > 0) throw new Error(`packed, and shouldn't be: ${odd.join(", ")}`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  const { devDependencies } = JSON.parse(run("cat", ["package.json"], root));
  const others = ["polkadot-api", "typescript", "@types/node"].map((name) => `${name}@${devDependencies[name]}`);
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", `./${filename}`, ...others]);
  const contract = join(root, "../../contracts/artifacts/flipper.contract");
  run("npx", ["--no-install", "pink-codegen", "--code", contract]);
  writeFileSync(join(folder, "use.ts"), USE);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { strict: true, target: "ES2022", module: "NodeNext", outDir: "out", types: ["node"], skipLibCheck: true }, include: ["*.ts"] }),
  );
  run("npx", ["--no-install", "tsc"]);
  if (run("node", ["out/use.js"]).trim() !== "used") throw new Error("the packed package can't be used");
  for (const [contents, most] of Object.entries(BOUNDS)) {
    // For a page: nothing of Node's may be in it.
    const bundled = await build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: "esm", platform: "browser", write: false });
    const bytes = gzipSync(bundled.outputFiles[0].contents).length;
    if (bytes > most) throw new Error(`${contents} ${bytes} bytes compressed, more than ${most}`);
    console.log(`${contents} ${bytes} bytes compressed`);
  }
  console.log(`packed: ${filename}, ${size} bytes, used from an empty folder`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
