import { defineConfig } from "vite";

/** Chunks that several parts share, by what they are. */
const NAMES: Record<string, string> = { "uPlot.esm": "plot", sr25519: "keys" };

// The names are fixed: the worker's program has a table of them, and hands each out with an ETag.
export default defineConfig({
  base: "./",
  build: {
    outDir: "build",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "app.js",
        chunkFileNames: ({ name }) => `${NAMES[name] ?? name}.js`,
        assetFileNames: "app[extname]",
      },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    // The client brings its own copies along.
    dedupe: ["polkadot-api", "@polkadot-api/substrate-bindings", "@polkadot-api/ink-contracts", "@polkadot-api/metadata-builders", "@noble/hashes", "@scure/sr25519"],
  },
  server: {
    proxy: { "/rpc": { target: process.env["PINK_RPC"] ?? "http://127.0.0.1:9955", ws: true } },
  },
});
