import { expect, test } from "vitest"
import { page } from "./testing/page"
import { plural, text } from "./strings"

test("a string the server translated wins, a missing one falls back to English", () => {
  page('<script type="application/json" id="ot-strings">{"draft.saved": "Entwurf gespeichert"}</script>')
  expect(text("draft.saved")).toBe("Entwurf gespeichert")
  expect(text("draft.saving")).toBe("Saving…")
})

test("values are filled in, unknown names are left as they are", () => {
  expect(text("attachment.remove", { name: "a.pdf" })).toBe("Remove a.pdf")
  expect(text("attachment.remove")).toBe("Remove {name}")
})

test("counts choose their form", () => {
  expect(plural("composer.arrived", 1)).toMatch(/^1 new message arrived/)
  expect(plural("composer.arrived", 3)).toMatch(/^3 new messages arrived/)
})
