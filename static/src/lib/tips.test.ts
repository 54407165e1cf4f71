import { beforeEach, expect, test, vi } from "vitest"
import { one, page } from "../testing/page"
import { showTips } from "./tips"

// happy-dom knows no popovers.
HTMLElement.prototype.showPopover ??= () => {}
showTips()

beforeEach(() => {
  vi.useFakeTimers()
  page('<button class="btn icon" aria-label="Filter" data-key="f"></button><button class="btn">Plain</button>')
})

function over(element: Element): void {
  element.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }))
}

function shown(): string {
  return document.querySelector(".tip")?.textContent ?? ""
}

test("an icon under the pointer says what it does, and by which key", () => {
  over(one(".icon"))
  expect(shown()).toBe("")
  vi.advanceTimersByTime(500)
  expect(shown()).toBe("FilterF")
  over(one("button:not(.icon)"))
  vi.advanceTimersByTime(500)
  expect(shown()).toBe("")
})

test("a key puts the name away", () => {
  over(one(".icon"))
  vi.advanceTimersByTime(500)
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
  vi.advanceTimersByTime(1)
  expect(shown()).toBe("")
})

test("a finger never opens one", () => {
  one(".icon").dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "touch" }))
  vi.advanceTimersByTime(500)
  expect(shown()).toBe("")
})
