import htmx from "htmx.org"
import { beforeEach, expect, test, vi } from "vitest"
import { one, openPopover, page, press } from "../testing/page"
import "./ot-pick"

let posted: unknown[] = []
const shown = () =>
  [...document.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")].map((option) => option.textContent)
const active = () => one(".is-active").textContent

beforeEach(() => {
  posted = []
  vi.spyOn(htmx, "ajax").mockImplementation((_method, url, options) => {
    posted.push([url, (options as { values: object }).values])
    return Promise.resolve()
  })
  // happy-dom has no popovers
  HTMLElement.prototype.hidePopover = () => undefined
  page(`<ot-pick data-url="/assignee/" data-name="assignee"><button popovertarget="p">Ada</button><div id="p" popover><input aria-label="Find">
    <ul role="listbox"><li role="option" data-value="" aria-selected="false">Nobody</li><li role="option" data-value="1" aria-selected="true">Ada Lovelace</li>
    <li role="option" data-value="2" aria-selected="false" data-words="grace@navy.mil">Grace Höpper</li></ul></div></ot-pick>`)
  openPopover(one("#p"))
})

function find(query: string): void {
  one<HTMLInputElement>("input").value = query
  one("input").dispatchEvent(new Event("input"))
}

test("opens on what is chosen, and says that it is open", () => {
  expect(active()).toBe("Ada Lovelace")
  expect(one("button").getAttribute("aria-expanded")).toBe("true")
  expect(document.activeElement).toBe(one("input"))
})

test("typing filters by any word, without accents, and Enter posts the first", () => {
  find("hopp")
  expect(shown()).toEqual(["Grace Höpper"])
  press("Enter", one("input"))
  expect(posted).toEqual([["/assignee/", { assignee: "2", seen: "1" }]])
  expect(document.activeElement).toBe(one("button"))
})

test("words that are not shown find too, and no match is said", () => {
  find("navy")
  expect(shown()).toEqual(["Grace Höpper"])
  find("zzz")
  expect(one(".empty-row").textContent).toBe("No match")
})

test("arrows go round, and what is chosen already is not posted again", () => {
  press("ArrowDown", one("input"))
  expect(active()).toBe("Grace Höpper")
  press("ArrowDown", one("input"))
  press("ArrowDown", one("input"))
  expect(active()).toBe("Ada Lovelace")
  press("Enter", one("input"))
  expect(posted).toEqual([])
})

test("a click chooses", () => {
  one("[data-value='']").click()
  expect(posted).toEqual([["/assignee/", { assignee: "", seen: "1" }]])
})
