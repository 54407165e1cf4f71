/* Each test starts with an empty page, empty stores and real time. */
import { afterEach, beforeEach, vi } from "vitest"
import { forgetTranslations } from "../strings"

/* happy-dom has no XPath; htmx looks for hx-on attributes with it, which a strict policy forbids us anyway */
vi.stubGlobal("XPathEvaluator", class { createExpression = () => ({ evaluate: () => ({ iterateNext: () => null }) }) })

beforeEach(() => {
  forgetTranslations()
  localStorage.clear()
})

afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
})
