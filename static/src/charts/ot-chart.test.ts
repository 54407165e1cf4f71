import { expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-chart"
import { csvOf, readingAt, readingsOf } from "./readings"

const cell = (value: number | string, link = "") =>
  `<td data-value="${value}">${link ? `<a href="${link}">${value}</a>` : value}</td>`

function chart(kind: string, head: string[], rows: [string, ...string[]][]): void {
  const ths = head.map((name) => `<th>${name}</th>`).join("")
  const trs = rows.map(([name, ...cells]) => `<tr><th>${name}</th>${cells.join("")}</tr>`).join("")
  page(
    `<figure><ot-chart data-kind="${kind}" data-name="volume" data-title="Ticket volume">
      <div class="plot"><svg role="img" aria-label="Ticket volume"></svg></div>
      <details><table><thead><tr><th>Day</th>${ths}</tr></thead><tbody>${trs}</tbody></table></details>
    </ot-chart></figure>`,
  )
}

const lines = () =>
  chart("line", ["Opened", "Solved"], [
    ["1 Nov", cell(4, "/a"), cell(2, "/b")],
    ["2 Nov", cell(5), cell("–")],
    ["3 Nov", cell(6), cell(3)],
  ]) // prettier-ignore
const picture = () => one<HTMLElement>("svg[role=img]")
const tip = () => one(".charttip")

test("one stop of the Tab key, and arrow keys read value after value", () => {
  lines()
  expect(document.querySelectorAll("[tabindex]")).toHaveLength(1)
  press("ArrowRight", picture())
  expect(tip().textContent).toContain("1 Nov")
  press("ArrowRight", picture())
  expect(one("[aria-live]").textContent).toBe("2 Nov: Opened 5, Solved –")
  press("End", picture())
  press("ArrowRight", picture())
  expect(tip().querySelector("b")?.textContent).toBe("3 Nov")
  press("Escape", picture())
  expect(tip().hidden).toBe(true)
})

test("keys that mean nothing here are left to the page", () => {
  lines()
  expect(press("j", picture()).defaultPrevented).toBe(false)
  expect(press("ArrowUp", picture()).defaultPrevented).toBe(false)
  expect(press("ArrowRight", picture(), { ctrlKey: true }).defaultPrevented).toBe(false)
})

test("where several values have tickets, Enter asks which", () => {
  lines()
  press("ArrowRight", picture())
  expect(tip().querySelector("a")).toBeNull()
  press("Enter", picture())
  expect([...tip().querySelectorAll("a")].map((link) => link.pathname)).toEqual(["/a", "/b"])
  press("Escape", one(".charttip a"))
  expect(tip().hidden).toBe(true)
})

test("one value's tickets open at once", () => {
  const opened = vi.spyOn(location, "assign").mockImplementation(() => undefined)
  chart("bars", ["Opened"], [["1 Nov", cell(4, "/tickets")]])
  press("End", picture())
  press("Enter", picture())
  expect(String(opened.mock.calls[0]?.[0])).toContain("/tickets")
})

test("a heat map is walked in two directions", () => {
  chart("heat", ["8", "9"], [["Mon", cell(1), cell(2)], ["Tue", cell(3), cell(4)]]) // prettier-ignore
  press("ArrowRight", picture())
  press("ArrowDown", picture())
  press("ArrowRight", picture())
  expect(one("[aria-live]").textContent).toBe("Tue: 9 4")
})

test("what is under the pointer", () => {
  lines()
  const readings = readingsOf(one<HTMLTableElement>("table"), "line")
  expect([0, 33, 34, 100].map((x) => readingAt(readings, x, 50))).toEqual([0, 0, 1, 2])
})

test("the file for spreadsheets has bare numbers and no formulas", () => {
  chart("bars", ["A, B"], [["=1+1", `<td data-value="1234.5">1,234.5</td>`]])
  expect(csvOf(one<HTMLTableElement>("table"))).toBe('\uFEFFDay,"A, B"\r\n\'=1+1,1234.5\r\n')
})

test("it can be taken away in three shapes, by buttons with names", () => {
  lines()
  expect([...document.querySelectorAll(".takeaway button")].map((each) => each.getAttribute("aria-label"))).toEqual(
    ["PNG", "SVG", "CSV"].map((kind) => `Save “Ticket volume” as ${kind}`),
  )
})
