import { defineConfig } from "vitest/config"

export default defineConfig({
  /* the same module that esbuild bundles, not the one node would choose */
  resolve: { alias: [{ find: /^htmx\.org$/, replacement: "htmx.org/dist/htmx.esm.js" }] },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { settings: { enableIframePageLoading: true } } },
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    /* one window for all files, emptied after each test: a new one for each file takes six times as long */
    pool: "threads",
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
  },
})
