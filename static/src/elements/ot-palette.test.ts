import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-palette"

const clicked: string[] = []
const options = () => [...document.querySelectorAll("[role=option] .clip")].map((option) => option.textContent)

function find(query: string): void {
  const field = one<HTMLInputElement>("dialog input")
  field.value = query
  field.dispatchEvent(new Event("input"))
}

beforeEach(() => {
  clicked.length = 0
  page(`<ot-palette data-ticket-url="/agent/tickets/0/"></ot-palette><div data-key-group="Ticket"><button data-key="e">Solve</button>
    <button data-command>Change the type</button><button data-key="x" data-command="off">Hidden</button></div>`)
  one("[data-key-group]").addEventListener("click", (event) =>
    clicked.push((event.target as HTMLElement).textContent ?? ""),
  )
  press("k", document.body, { ctrlKey: true })
})

test("offers the page's commands under their headings", () => {
  expect(options()).toEqual(["Solve", "Change the type"])
  expect(one("dialog .grp").textContent).toBe("Ticket")
})

test("typing narrows, Enter runs the first, and the palette is gone", () => {
  find("typ")
  expect(options()).toEqual(["Change the type"])
  press("Enter", one("dialog input"))
  expect(clicked).toEqual(["Change the type"])
  expect(document.querySelector("dialog")).toBeNull()
})

test("arrows move and tell which option is active", () => {
  const field = one("dialog input")
  const before = field.getAttribute("aria-activedescendant")
  press("ArrowDown", field)
  expect(field.getAttribute("aria-activedescendant")).not.toBe(before)
  expect(document.querySelectorAll("[role=option][aria-selected=true]")).toHaveLength(1)
})

test("a number offers that ticket", () => {
  find("#1042")
  expect(options()).toEqual(["Open ticket 1042"])
  const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined)
  press("Enter", one("dialog input"))
  expect(assign).toHaveBeenCalledWith("/agent/tickets/1042/")
})

test("says when nothing matches", () => {
  find("zzz")
  expect(one("#palette-list").textContent).toBe("Nothing matches.")
})
