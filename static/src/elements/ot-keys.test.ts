import { beforeEach, expect, test, vi } from "vitest"
import { heard, one, page, press, serve } from "../testing/page"
import "./ot-keys"

const clicked: string[] = []

beforeEach(() => {
  clicked.length = 0
  page(`<main><ot-keys></ot-keys><div data-key-group="Ticket"><button data-key="e">Solve<kbd>E</kbd></button><button data-key="i" disabled>Assign to me</button></div>
    <nav data-key-group="Go to"><a href="#" data-key="g u">Unassigned<span class="count">4</span></a></nav><input id="find" data-key="/" aria-label="Search (/)"><textarea></textarea></main>`)
  one("main").addEventListener("click", (event) => clicked.push((event.target as HTMLElement).dataset["key"] ?? ""))
})

test("a key does what a click on its element does", () => {
  expect(press("e").defaultPrevented).toBe(true)
  expect(clicked).toEqual(["e"])
})

test("a sequence waits for its second key", () => {
  press("g")
  press("u")
  expect(clicked).toEqual(["g u"])
  press("u")
  expect(clicked).toEqual(["g u"])
})

test("nothing happens in a field, with Ctrl, on a disabled button, or when switched off", () => {
  press("e", one("textarea"))
  press("e", document.body, { ctrlKey: true })
  press("i")
  one("ot-keys").dataset["single"] = "off"
  press("e")
  expect(clicked).toEqual([])
})

test("with Ctrl a key acts while somebody writes, too", () => {
  one("main").insertAdjacentHTML("beforeend", '<button data-key="$mod+Enter">Save</button>')
  expect(press("Enter", one("textarea"), { ctrlKey: true }).defaultPrevented).toBe(true)
  press("Enter", one("textarea"))
  press("k", one("textarea"), { ctrlKey: true })
  expect(clicked).toEqual(["$mod+Enter"])
})

test("the key of a disclosure opens it and goes to its field", () => {
  one("main").insertAdjacentHTML(
    "beforeend",
    '<details><summary data-key="F2">Rename</summary><input type="hidden"><input id="subject"></details>',
  )
  press("F2")
  expect(document.activeElement).toBe(one("#subject"))
})

test("the key of a field puts the caret there", () => {
  press("/")
  expect(document.activeElement).toBe(one("#find"))
})

test("? lists what this page can do, in the page's own words, and keys wait while it is open", () => {
  press("?", document.body, { shiftKey: true })
  const sheet = one("dialog")
  expect([...sheet.querySelectorAll("h3")].map((heading) => heading.textContent)).toEqual([
    "Ticket",
    "Go to",
    "Everywhere",
  ])
  expect(sheet.textContent).toContain("Solve")
  expect(sheet.textContent).toContain("Unassigned")
  expect(sheet.textContent).not.toContain("Unassigned4")
  press("e")
  expect(clicked).toEqual([])
})

test("the sheet switches single keys off, for every device", async () => {
  const sent = serve({ json: {} })
  one("ot-keys").dataset["url"] = "/agent/preferences/"
  press("?")
  const box = one<HTMLInputElement>("dialog input[type=checkbox]")
  box.checked = false
  box.dispatchEvent(new Event("change"))
  await vi.waitFor(() => expect(sent).toMatchObject([{ url: "/agent/preferences/", body: '{"single_keys":false}' }]))
  one<HTMLDialogElement>("dialog").close()
  press("e")
  expect(clicked).toEqual([])
})

test("a switch that could not be saved goes back", async () => {
  serve({ status: 500 })
  const toasts = heard("ot:toast")
  one("ot-keys").dataset["url"] = "/agent/preferences/"
  press("?")
  const box = one<HTMLInputElement>("dialog input[type=checkbox]")
  box.checked = false
  box.dispatchEvent(new Event("change"))
  await vi.waitFor(() => expect(toasts).toHaveLength(1))
  expect(box.checked).toBe(true)
  one<HTMLDialogElement>("dialog").close()
  press("e")
  expect(clicked).toEqual(["e"])
})

test("a command acts on the key its reader gave it, and no longer on the usual one", () => {
  one("ot-keys").dataset["keys"] = '{"e":"q","g u":"","/":"Shift+f"}'
  press("e")
  press("g")
  press("u")
  expect(clicked).toEqual([])
  press("q")
  expect(clicked).toEqual(["e"])
  press("F", document.body, { shiftKey: true })
  expect(document.activeElement).toBe(one("#find"))
})

test("the sheet and the hints show the reader's own keys", () => {
  one("ot-keys").dataset["keys"] = '{"e":"q","g u":""}'
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(one("[data-key=e] kbd").textContent).toBe("Q")
  press("?")
  const rows = [...document.querySelectorAll("dialog dl > div")].map((row) => row.textContent)
  expect(rows).toContain("SolveQ")
  expect(rows).toContain("Unassignedoff")
})

test("where list and ticket share a key, the focus tells which is meant", () => {
  page(`<main><ot-keys></ot-keys><div class="pane" id="list"><a href="#" id="row">row</a><button data-key="s" data-key-id="list s" id="sort">Sort</button></div>
    <div id="ticket"><div class="pane"><button data-key="s" id="status">Status</button></div></div></main>`)
  const done: string[] = []
  one("main").addEventListener("click", (event) => done.push((event.target as HTMLElement).id))
  press("s")
  one("#row").focus()
  press("s", one("#row"))
  expect(done).toEqual(["status", "sort"])
})

test("without a clipboard the address is shown instead", () => {
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true })
  page('<ot-keys></ot-keys><button data-copy="/agent/tickets/12/">Copy link</button>')
  const toasts = heard("ot:toast")
  one("button").click()
  expect(toasts).toMatchObject([{ text: expect.stringContaining("/agent/tickets/12/") as string }])
})
