#!/usr/bin/env node
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { readBundle } from "../contract/bundle.js";
import { generate } from "./generate.js";

const USAGE = `pink-codegen: typed contracts from .contract files

  pink-codegen [--out DIR] [--code] [--name NAME] FILE…

  --out DIR    where the modules go, one a file [default: the current folder]
  --code       with the code, so that a page can deploy it
  --name NAME  the descriptor's name [default: the contract's]; with one file
  --from PATH  from where the types are imported [default: pink-client]
  --help       this
`;

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string", default: "." },
      code: { type: "boolean", default: false },
      name: { type: "string" },
      from: { type: "string", default: "pink-client" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length === 0 || (values.name !== undefined && positionals.length > 1)) {
    process.stderr.write(USAGE);
    return 2;
  }
  mkdirSync(values.out, { recursive: true });
  for (const file of positionals) {
    const bundle = readBundle(readFileSync(file, "utf8"));
    const name = values.name === undefined ? {} : { name: values.name };
    const path = join(values.out, `${basename(file).replace(/\.(contract|json)$/, "")}.ts`);
    writeFileSync(path, generate(bundle, { ...name, code: values.code, from: values.from }));
    process.stdout.write(`${path}\n`);
  }
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`pink-codegen: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
