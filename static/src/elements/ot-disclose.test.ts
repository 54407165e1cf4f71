import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-disclose"

const root = document.documentElement

function open(narrow: boolean): void {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: narrow }))
  page(
    '<button data-toggle="details">Details</button><ot-disclose id="details" data-state="ctx" data-below="1240"><button data-close-drawer>Close</button></ot-disclose>',
  )
}

beforeEach(() => {
  delete root.dataset["drawer"]
  root.dataset["ctx"] = "on"
})

test("on a wide window it is a panel, remembered for the server", () => {
  open(false)
  expect(one("[data-toggle]").getAttribute("aria-expanded")).toBe("true")
  one("[data-toggle]").click()
  expect(root.dataset["ctx"]).toBe("off")
  expect(document.cookie).toContain("ctx=off")
  expect(one("[data-toggle]").getAttribute("aria-expanded")).toBe("false")
})

test("on a narrow one it is a drawer: focus goes in, Escape closes, focus comes back", () => {
  open(true)
  one("[data-toggle]").focus()
  one("[data-toggle]").click()
  expect(root.dataset["drawer"]).toBe("details")
  expect(document.activeElement).toBe(one("[data-close-drawer]"))
  press("Escape", one("[data-close-drawer]"))
  expect(root.dataset["drawer"]).toBeUndefined()
  expect(document.activeElement).toBe(one("[data-toggle]"))
})

test("a click outside closes the drawer, one inside does not", () => {
  open(true)
  one("[data-toggle]").click()
  one("ot-disclose").click()
  expect(root.dataset["drawer"]).toBe("details")
  document.body.click()
  expect(root.dataset["drawer"]).toBeUndefined()
})
