import { defineConfig } from "vitest/config"

export default defineConfig({
  /* the same module that esbuild bundles, not the one node would choose */
  resolve: { alias: [{ find: /^htmx\.org$/, replacement: "htmx.org/dist/htmx.esm.js" }] },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { settings: { handleDisabledFileLoadingAsSuccess: true } } },
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
})
