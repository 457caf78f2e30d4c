import { defineConfig } from "vitest/config";

// A node starts in some seconds, and a block takes one.
const pair = { include: ["test/e2e/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false };

export default defineConfig({
  // What examples are given from a registry is here beside them.
  resolve: { alias: { "pink-client": new URL("src/index.ts", import.meta.url).pathname } },
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "e2e", ...pair } },
      // The same against `pink-worker dev serve`, which is to be as good as the two.
      { test: { name: "serve", ...pair, include: [...pair.include, "test/serve/**/*.test.ts"], env: { PINK_PAIR: "serve" } } },
    ],
  },
});
