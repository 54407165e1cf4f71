import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-results"

const RESULTS = `<div class="scrollpage"><input><ot-results><ul>${[1, 2, 3]
  .map((n) => `<li id="r${n}"><a href="#m${n}">${n}</a></li>`)
  .join("")}</ul></ot-results></div>`

function arrive(type: string): void {
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type } as unknown as PerformanceEntry])
  page(RESULTS)
}

beforeEach(() => {
  sessionStorage.clear()
  Element.prototype.scrollIntoView = vi.fn()
})

test("keys walk from result to result and stay on the page", () => {
  arrive("navigate")
  for (const [key, at] of [
    ["j", "1"],
    ["ArrowDown", "2"],
    ["j", "3"],
    ["j", "3"],
    ["k", "2"],
  ] as const) {
    press(key)
    expect(document.activeElement?.textContent).toBe(at)
  }
})

test("letters typed into the box stay letters", () => {
  arrive("navigate")
  one("input").focus()
  one("input").dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }))
  expect(document.activeElement).toBe(one("input"))
})

test("on the way back the page is where it was, at the result that was opened", () => {
  arrive("navigate")
  one("#r2 a").click()
  one(".scrollpage").scrollTop = 70
  dispatchEvent(new Event("pagehide"))
  arrive("back_forward")
  expect(one(".scrollpage").scrollTop).toBe(70)
  expect(one("#r2").getAttribute("aria-current")).toBe("true")
  expect(document.activeElement).toBe(one("#r2 a"))
})

test("a new search begins at its top", () => {
  arrive("navigate")
  one("#r2 a").click()
  dispatchEvent(new Event("pagehide"))
  arrive("navigate")
  expect(one("#r2").getAttribute("aria-current")).toBeNull()
})
