import { beforeEach, expect, test, vi } from "vitest"
import { readCookie, writeCookie } from "../lib/cookies"
import { one, page, press } from "../testing/page"
import "./ot-divider"

const divider = (side: string) =>
  `<ot-divider data-pane="list" data-side="${side}" data-min="240" data-max="560"></ot-divider>`
const set = () => document.documentElement.style.getPropertyValue("--list-w")

function show(side = "end", dir = "ltr"): HTMLElement {
  page(`<div dir="${dir}"><section class="pane">${divider(side)}</section></div>`)
  vi.spyOn(one(".pane"), "getBoundingClientRect").mockReturnValue(new DOMRect(100, 0, 300, 600))
  const found = one("ot-divider")
  if (dir === "rtl") vi.spyOn(window, "getComputedStyle").mockReturnValue({ direction: "rtl" } as CSSStyleDeclaration)
  return found
}

function drag(found: HTMLElement, clientX: number): void {
  Object.assign(found, { setPointerCapture: () => {}, hasPointerCapture: () => true })
  found.dispatchEvent(new PointerEvent("pointerdown", { button: 0, clientX: 400 }))
  found.dispatchEvent(new PointerEvent("pointermove", { clientX }))
  found.dispatchEvent(new Event("lostpointercapture"))
}

beforeEach(() => {
  vi.restoreAllMocks()
  writeCookie("panes", "ctx:300")
  document.documentElement.removeAttribute("style")
})

test("the pointer sets the width, within its limits, and the cookie keeps it beside the other pane's", () => {
  const found = show()
  drag(found, 460)
  expect(set()).toBe("clamp(240px, 360px, 38vw)")
  drag(found, 4000)
  expect(set()).toBe("clamp(240px, 560px, 38vw)")
  expect(readCookie("panes")).toBe("ctx:300,list:300")
})

test("a divider on the other edge, or on a page that runs from the right, turns the pointer round", () => {
  drag(show("start"), 120)
  expect(set()).toBe("clamp(240px, 280px, 38vw)")
  drag(show("end", "rtl"), 80)
  expect(set()).toBe("clamp(240px, 320px, 38vw)")
})

test("keys move it in steps, to its ends, and back to what the stylesheet says", () => {
  const found = show()
  press("ArrowRight", found)
  expect(set()).toBe("clamp(240px, 316px, 38vw)")
  press("ArrowLeft", found, { shiftKey: true })
  expect(set()).toBe("clamp(240px, 240px, 38vw)")
  press("End", found)
  expect(set()).toBe("clamp(240px, 560px, 38vw)")
  press("Enter", found)
  expect(set()).toBe("var(--list-w0)")
  expect(readCookie("panes")).toBe("ctx:300")
})

test("says its value to assistive technology", () => {
  const found = show()
  press("Home", found)
  expect(["min", "max", "now"].map((part) => found.getAttribute(`aria-value${part}`))).toEqual(["240", "560", "300"])
})
