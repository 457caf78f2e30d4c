// npm run example:page: what a web server is to serve, in dist/.
import { cpSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
mkdirSync(`${here}dist`, { recursive: true });
for (const file of ["index.html", "style.css"]) cpSync(`${here}${file}`, `${here}dist/${file}`);
await build({
  entryPoints: [`${here}page.ts`],
  outfile: `${here}dist/page.js`, bundle: true, format: "esm", platform: "browser", minify: true, target: "es2022",
  alias: { "pink-client": `${here}../../src/index.ts` }, logLevel: "warning",
});
