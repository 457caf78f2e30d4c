import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** An example as a module that Node can run, with the client that it uses. */
export async function bundled(name) {
  // Below the package, so that what isn't bundled is found.
  const folder = mkdtempSync(join(here, "../node_modules/.example-"));
  const outfile = join(folder, `${name}.mjs`);
  const contents = `export { main } from "./${name}.js"; export { createPinkClient } from "pink-client"; export { developers } from "./token-page/developers.js";`;
  await build({
    stdin: { contents, resolveDir: here, loader: "ts" },
    outfile, bundle: true, format: "esm", platform: "node", packages: "external",
    alias: { "pink-client": join(here, "../src/index.ts") }, logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
