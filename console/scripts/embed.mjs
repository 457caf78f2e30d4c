// Puts what vite built where the worker's program takes it from, compressed; or, with --check, says whether the same is
// there. Compared is what was compressed: two versions of zlib may write the same in other bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = join(root, "console/build");
const kept = join(root, "worker/console/dist");
const check = process.argv.includes("--check");
const digest = (bytes) => createHash("blake2b512").update(bytes).digest("hex");

/** What the page is made from: worker/console/tests/built.rs has the same list. */
const SOURCES = ["clients/typescript/package-lock.json", "clients/typescript/src", "console/index.html", "console/package-lock.json", "console/package.json", "console/public", "console/src", "console/vite.config.ts"];

function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

const sources = SOURCES.flatMap((it) => files(join(root, it)))
  .map((it) => relative(root, it))
  .sort()
  .map((it) => `${it} ${digest(readFileSync(join(root, it)))}\n`)
  .join("");

const names = readdirSync(built).sort();
// Each file's digest, and that of its compressed form as it is kept.
const lines = [`sources ${digest(sources)}`];
const LIMIT = 300 * 1024;
let total = 0;
for (const name of names) {
  const raw = readFileSync(join(built, name));
  const gzip = gzipSync(raw, { level: 9 });
  total += gzip.length;
  const there = check ? readFileSync(join(kept, `${name}.gz`)) : gzip;
  lines.push(`${name} ${digest(raw)} ${digest(there)}`);
  if (check) {
    if (!gunzipSync(there).equals(raw)) throw new Error(`${name} was built to other bytes than those that are kept: run \`cargo xtask console\``);
  }
}
if (total > LIMIT) throw new Error(`the page has ${total} bytes compressed, more than ${LIMIT}`);
const manifest = `${lines.join("\n")}\n`;
if (check) {
  const there = readFileSync(join(kept, "MANIFEST"), "utf8");
  if (there !== manifest) throw new Error("the list of what was built is another one: run `cargo xtask console`");
} else {
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  for (const name of names) writeFileSync(join(kept, `${name}.gz`), gzipSync(readFileSync(join(built, name)), { level: 9 }));
  writeFileSync(join(kept, "MANIFEST"), manifest);
}
console.log(`${names.length} files, ${total} bytes compressed`);
