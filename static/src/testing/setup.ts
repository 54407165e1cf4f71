/* Each test starts with an empty page, empty stores and real time. */
import { afterEach, beforeEach, vi } from "vitest"
import { forgetTranslations } from "../strings"

/* happy-dom has no XPath; htmx looks for hx-on attributes with it, which a strict policy forbids us anyway */
vi.stubGlobal(
  "XPathEvaluator",
  class {
    createExpression = () => ({ evaluate: () => ({ iterateNext: () => null }) })
  },
)

beforeEach(() => {
  forgetTranslations()
  localStorage.clear()
  // Nothing in a test reaches a network; what a test expects to be sent it answers itself (testing/page.ts).
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 204 })))
})

afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
})
