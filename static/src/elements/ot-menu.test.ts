import { beforeEach, expect, test } from "vitest"
import { one, openPopover, page, press } from "../testing/page"
import "./ot-menu"

beforeEach(() => {
  HTMLElement.prototype.hidePopover = () => undefined
  page(`<ot-menu><button popovertarget="m">More</button><div id="m" popover role="menu"><button class="mi" role="menuitem">Archive</button>
    <button class="mi" role="menuitem" disabled>Ban</button><button class="mi" role="menuitem">Merge</button><button class="mi" role="menuitem">Move</button></div></ot-menu>`)
  openPopover(one("#m"))
})

const focused = () => document.activeElement?.textContent

function go(...keys: string[]): string | null | undefined {
  for (const key of keys) press(key, document.activeElement ?? document.body)
  return focused()
}

test("opens on its first item and says so", () => {
  expect(focused()).toBe("Archive")
  expect(one("[popovertarget]").getAttribute("aria-expanded")).toBe("true")
})

test("arrows go round and pass what is disabled", () => {
  expect(go("ArrowDown")).toBe("Merge")
  expect(go("ArrowDown", "ArrowDown")).toBe("Archive")
  expect(go("ArrowUp")).toBe("Move")
  expect(go("Home")).toBe("Archive")
  expect(go("End")).toBe("Move")
})

test("a letter goes to the next item that begins with it", () => {
  expect(go("m")).toBe("Merge")
  expect(go("m")).toBe("Move")
  expect(go("m")).toBe("Merge")
})
