import { expect, test, vi } from "vitest"
import { heard, one, page, press, serve } from "../testing/page"
import "./ot-theme"

const root = document.documentElement

test("the choice is shown, applied and kept for the server", () => {
  root.dataset["theme"] = "auto"
  page(
    '<ot-theme><button data-theme-set="light">Light</button><button data-theme-set="dark">Dark</button><button data-density-set="compact">Compact</button></ot-theme>',
  )
  one("[data-theme-set=dark]").click()
  expect(root.dataset["theme"]).toBe("dark")
  expect(document.cookie).toContain("theme=dark")
  expect(one("[data-theme-set=dark]").getAttribute("aria-pressed")).toBe("true")
  expect(one("[data-theme-set=light]").getAttribute("aria-pressed")).toBe("false")
  one("[data-density-set=compact]").click()
  expect(root.dataset["density"]).toBe("compact")
})

test("Ctrl Shift L switches from anywhere", () => {
  root.dataset["theme"] = "dark"
  press("L", document.body, { ctrlKey: true, shiftKey: true })
  expect(root.dataset["theme"]).toBe("light")
})

test("the density is kept with the person, whose other devices it follows", async () => {
  const sent = serve({ json: {} })
  page('<ot-theme><button data-density-set="cozy">Cosy</button></ot-theme><ot-keys data-url="/agent/preferences/">')
  one("[data-density-set=cozy]").click()
  await vi.waitFor(() => expect(sent).toMatchObject([{ url: "/agent/preferences/", body: '{"density":"cozy"}' }]))
})

test("a density that could not be kept is said", async () => {
  serve({ status: 500 })
  const toasts = heard("ot:toast")
  page('<ot-theme><button data-density-set="cozy">Cosy</button></ot-theme><ot-keys data-url="/agent/preferences/">')
  one("[data-density-set=cozy]").click()
  await vi.waitFor(() => expect(toasts).toHaveLength(1))
})
