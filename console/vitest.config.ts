import { defineConfig } from "vitest/config";

// A browser's hour, one thing after the other.
const hour = { testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false, bail: 0 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/**/*.test.ts"] } },
      // Against `pink-worker dev serve`, which can also be made to fail in ways that a page has to cope with.
      { test: { name: "serve", include: ["e2e/*.test.ts"], ...hour, env: { PINK_PAIR: "serve" } } },
      // The same hour against a real node and a real worker.
      { test: { name: "node", include: ["e2e/hour.test.ts", "e2e/gone.test.ts"], ...hour, env: { PINK_PAIR: "node" } } },
    ],
  },
});
