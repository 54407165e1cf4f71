import { beforeEach, expect, test } from "vitest"
import { heard, one, page, press } from "../../testing/page"
import "../ot-list"
import type { Selected } from "./selection"

const row = (id: number) =>
  `<li class="ti" id="t${id}"><input class="pick" type="checkbox" value="${id}"><a href="#t${id}">Ticket ${id}</a></li>`
const rows = (...ids: number[]) => `<ul class="tl">${ids.map(row).join("")}</ul><p class="lmore"></p>`
const source = (view: string, after = "") => `/agent/list/?view=${view}&after=${after}&current=`

let selections: Selected[]
const box = (id: number) => one<HTMLInputElement>(`#t${id} .pick`)
const click = (id: number, more: MouseEventInit = {}) =>
  box(id).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...more }))
const now = () => selections.at(-1)

function swapped(src: string, ...ids: number[]): void {
  const list = one("#tl")
  list.dataset["liveSrc"] = src
  list.innerHTML = rows(...ids)
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
}

beforeEach(() => {
  page(`<ot-list><div id="tl" data-live-src="${source("open")}">${rows(1, 2, 3, 4)}</div></ot-list>`)
  selections = heard("ot:selection") as Selected[]
})

test("a click ticks one, Shift and a click takes the range between, both ways", () => {
  click(3)
  expect(now()?.ids).toEqual(["3"])
  click(1, { shiftKey: true })
  expect(now()?.ids.sort()).toEqual(["1", "2", "3"])
  expect(one("ot-list").hasAttribute("data-selecting")).toBe(true)
})

test("a live refresh puts the ticks back, also when the rows have moved", () => {
  click(2)
  swapped(source("open"), 9, 2, 1)
  expect(box(2).checked).toBe(true)
  expect(box(9).checked).toBe(false)
  expect(one("#t2").classList).toContain("is-picked")
})

test("paging keeps what was ticked on the page before; another view lets go", () => {
  click(2)
  swapped(source("open", "17-2"), 5, 6)
  click(5)
  expect(now()?.ids).toEqual(["2", "5"])
  swapped(source("pending"), 5, 6)
  expect(now()).toMatchObject({ ids: [], list: "view=pending" })
})

test("Ctrl-A takes the page and offers the rest of the list, which the bar then takes", () => {
  press("a", document.body, { ctrlKey: true })
  expect(now()).toMatchObject({ ids: ["1", "2", "3", "4"], page: true, whole: false })
  document.dispatchEvent(new CustomEvent("ot:select", { detail: { whole: true } }))
  expect(now()).toMatchObject({ whole: true, list: "view=open" })
  swapped(source("open", "17-2"), 5, 6)
  expect(box(5).checked).toBe(true)
})

test("unticking one of the whole list leaves the page without it", () => {
  document.dispatchEvent(new CustomEvent("ot:select", { detail: { whole: true } }))
  click(2)
  expect(now()).toMatchObject({ ids: ["1", "3", "4"], whole: false })
})

test("Ctrl-A in a field or in the conversation is the browser's", () => {
  const field = document.createElement("input")
  one("ot-list").append(field)
  expect(press("a", field, { ctrlKey: true }).defaultPrevented).toBe(false)
  const conversation = document.createElement("section")
  document.body.append(conversation)
  expect(press("a", conversation, { ctrlKey: true }).defaultPrevented).toBe(false)
})

test("Esc lets go, but not while it closes something else", () => {
  click(2)
  document.documentElement.dataset["drawer"] = "details"
  press("Escape")
  expect(now()?.ids).toEqual(["2"])
  delete document.documentElement.dataset["drawer"]
  press("Escape")
  expect(now()?.ids).toEqual([])
  expect(box(2).checked).toBe(false)
})
