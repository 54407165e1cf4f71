import { beforeEach, expect, test, vi } from "vitest"
import { heard, one, page, press } from "../testing/page"
import "./ot-list"

const row = (id: number, hx = "") =>
  `<li class="ti" id="t${id}"><input class="pick" type="checkbox" value="${id}"><a href="#t${id}" ${hx}>Ticket ${id}</a></li>`
const list = (...rows: string[]) => `<ot-list><div class="scroll"><ul id="tl">${rows.join("")}</ul></div></ot-list>`

const marked = () => document.querySelector(".ti[aria-current]")?.id

beforeEach(() => {
  page(list(row(1), row(2), row(3)))
})

test("j and k move the mark and the focus, and stop at the ends", () => {
  press("j")
  expect(marked()).toBe("t1")
  press("j")
  press("j")
  press("j")
  expect(marked()).toBe("t3")
  expect(document.activeElement).toBe(one("#t3 a"))
  press("k")
  expect(marked()).toBe("t2")
})

test("arrows move only from the list or from nowhere", () => {
  const other = document.createElement("button")
  document.body.append(other)
  press("ArrowDown", other)
  expect(marked()).toBeUndefined()
  press("ArrowDown", one("#t1 a"))
  expect(marked()).toBe("t1")
})

test("single keys do nothing while somebody writes or has switched them off", () => {
  const field = document.createElement("input")
  document.body.append(field)
  press("j", field)
  press("j", document.body, { ctrlKey: true })
  document.body.append(Object.assign(document.createElement("ot-keys"), { id: "off" }))
  one("ot-keys").dataset["single"] = "off"
  press("j")
  expect(marked()).toBeUndefined()
})

test("the first step opens at once; a fast walk opens only where it stops", () => {
  vi.useFakeTimers()
  page(list(...[1, 2, 3, 4].map((id) => row(id, `hx-get="/${id}"`))))
  const opened: string[] = []
  one("ot-list").addEventListener("click", (event) => opened.push((event.target as HTMLElement).textContent ?? ""))
  press("j")
  expect(opened).toEqual(["Ticket 1"])
  press("j", document.body, { repeat: true })
  vi.advanceTimersByTime(60)
  press("j", document.body, { repeat: true })
  vi.advanceTimersByTime(119)
  expect(opened).toEqual(["Ticket 1"])
  vi.advanceTimersByTime(1)
  expect(opened).toEqual(["Ticket 1", "Ticket 3"])
})

test("a walk goes on from where its row was when that has left the list", () => {
  press("j")
  press("j")
  one("#t2").remove()
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  press("j")
  expect(marked()).toBe("t3")
})

test("a dot goes to the next one that waits, round the end, and says when there is none", () => {
  const toasts = heard("ot:toast")
  one("#t1").classList.add("unread")
  press("j")
  press("j")
  press(".")
  expect(marked()).toBe("t1")
  one("#t1").classList.remove("unread")
  press(".")
  expect(toasts).toHaveLength(1)
})

test("a solved ticket offers the next one, and only when it has just become so", () => {
  const panes = (status: string) =>
    `<section id="conv" data-ticket="1"><div id="talk" data-status="${status}"></div></section>`
  page(list(row(1), row(2)) + panes("open"))
  press("j")
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(document.querySelector(".solved")).toBeNull()
  one("#talk").dataset["status"] = "solved"
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  one(".solved button").click()
  expect(marked()).toBe("t2")
})

const solvable = (wish: string, rows: string, more = "") =>
  `<ot-list data-after-solve="${wish}"><div class="scroll"><ul id="tl">${rows}</ul></div></ot-list><a data-back href="#list"></a>
   <section id="conv" data-ticket="1"><div id="talk" data-status="open"></div>${more}</section>`

/** The reader's own doing, or a colleague's, has solved the ticket in view. */
async function solved(own = true): Promise<void> {
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  if (own) document.dispatchEvent(new CustomEvent("ot:sent", { detail: {} }))
  one("#talk").dataset["status"] = "solved"
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  await Promise.resolve()
}

test("whoever chose so is led to the next ticket, and at the end of the list back to it", async () => {
  const back = vi.fn()
  page(solvable("next", row(1) + row(2)))
  press("j")
  await solved()
  expect(marked()).toBe("t2")
  page(solvable("next", row(1)))
  one("[data-back]").addEventListener("click", back)
  press("j")
  await solved()
  expect(back).toHaveBeenCalledOnce()
})

test("or back to the list at once, or nowhere", async () => {
  const back = vi.fn()
  page(solvable("list", row(1) + row(2)))
  one("[data-back]").addEventListener("click", back)
  press("j")
  await solved()
  expect(back).toHaveBeenCalledOnce()
  page(solvable("stay", row(1) + row(2)))
  press("j")
  await solved()
  expect(marked()).toBe("t1")
  expect(document.querySelector(".solved")).toBeNull()
})

test("but not when a colleague solved it, nor away from words that were begun", async () => {
  page(solvable("next", row(1) + row(2)))
  press("j")
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000)
  await solved(false)
  expect(marked()).toBe("t1")
  expect(one(".solved").textContent).toContain("Solved")
  vi.restoreAllMocks()
  page(solvable("next", row(1) + row(2), "<ot-composer></ot-composer>"))
  press("j")
  await solved()
  expect(marked()).toBe("t1")
})

test("a slow answer does not replace the ticket asked for since", () => {
  const ask = (id: number) => ({
    ctx: { sourceElement: one(`#t${id} a`), request: { action: `/${id}`, method: "GET" } },
  })
  const [first, second] = [ask(1), ask(2)]
  const tell = (name: string, detail: { ctx: { sourceElement: Element } }) =>
    detail.ctx.sourceElement.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }))
  tell("htmx:before:request", first)
  tell("htmx:before:request", second)
  expect(tell("htmx:before:swap", second)).toBe(true)
  expect(tell("htmx:before:swap", first)).toBe(false)
})

test("x ticks, Shift J goes on ticking without opening, and the selection is told", () => {
  const selections = heard("ot:selection")
  press("j")
  press("x")
  press("J")
  expect(selections.at(-1)).toMatchObject({ ids: ["1", "2"], whole: false })
  expect(marked()).toBe("t2")
})

test("the mark outlives a refresh that moved its row", () => {
  press("j")
  one("#tl").innerHTML = row(3) + row(2) + row(1)
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(marked()).toBe("t1")
})

test("back from a ticket that left the list, the focus is on the row that took its place", () => {
  press("j")
  press("j")
  one("#tl").innerHTML = row(1) + row(3)
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  document.dispatchEvent(new CustomEvent("ot:closed"))
  expect(marked()).toBe("t3")
  expect(document.activeElement).toBe(one("#t3 a"))
})

test("where the last row left, on the one before it; in an empty list nowhere", () => {
  press("k")
  one("#tl").innerHTML = row(1) + row(2)
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  document.dispatchEvent(new CustomEvent("ot:closed"))
  expect(marked()).toBe("t2")
  one("#tl").innerHTML = ""
  document.dispatchEvent(new CustomEvent("ot:closed"))
  expect(document.activeElement).toBe(document.body)
})

test("a list scrolled down says how many came in above, and the pill leads there", () => {
  const scroller = one(".scroll")
  scroller.scrollTop = 500
  vi.spyOn(scroller, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 100, 300, 500))
  one("#tl").insertAdjacentHTML("afterbegin", row(8) + row(9))
  for (const id of [8, 9])
    vi.spyOn(one(`#t${id}`), "getBoundingClientRect").mockReturnValue(new DOMRect(0, -200, 300, 75))
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(one(".newpill").textContent).toContain("2 new")
  one(".newpill").click()
  expect(document.querySelector(".newpill")).toBeNull()
})
