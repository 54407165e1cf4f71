import { defineConfig } from "vitest/config"

export default defineConfig({
  /* the same module that esbuild bundles, not the one node would choose */
  resolve: { alias: [{ find: /^htmx\.org$/, replacement: "htmx.org/dist/htmx.esm.js" }] },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { settings: { enableIframePageLoading: true } } },
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    /* a window of its own for each file: what one leaves behind in a shared one (listeners on document) made others fail,
       depending on their order */
    pool: "threads",
    isolate: true,
    restoreMocks: true,
    unstubGlobals: true,
  },
})
