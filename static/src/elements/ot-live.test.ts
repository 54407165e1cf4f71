import { beforeEach, expect, test, vi } from "vitest"
import { heard, one, page, serve } from "../testing/page"
import "./ot-live"

class Line {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static last: Line
  readyState = 0
  sent: unknown[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor(readonly url: string) {
    Line.last = this
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }

  close(): void {
    this.readyState = 3
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  hear(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const STRIP = '<div class="offline" hidden>since <b data-since></b><button data-retry>Retry</button></div>'

beforeEach(() => {
  vi.stubGlobal("WebSocket", Line)
})

test("says which ticket is looked at, and leaves it when another is opened", () => {
  page(`<section id="conv" data-ticket="12"></section><ot-live data-url="/ws/agent/">${STRIP}</ot-live>`)
  Line.last.open()
  expect(Line.last.sent).toEqual([{ t: "view", ticket: 12 }])
  one("#conv").dataset["ticket"] = "13"
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(Line.last.sent.slice(1)).toEqual([{ t: "leave" }, { t: "view", ticket: 13 }])
})

test("says which rows its list shows, again when they change, and everything anew to a new line", () => {
  page(`<ul id="tl"><li class="ti" data-number="4"></li></ul><ot-live>${STRIP}</ot-live>`)
  Line.last.open()
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(Line.last.sent).toEqual([{ t: "rows", tickets: [4] }])
  one("#tl").innerHTML = '<li class="ti" data-number="5"></li><li class="ti" data-number="4"></li>'
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(Line.last.sent.at(-1)).toEqual({ t: "rows", tickets: [5, 4] })
  const people = heard("ot:presence")
  Line.last.hear({ t: "presences", tickets: [{ t: "presence", ticket: 5, people: [{ id: 2 }], claim: 0 }] })
  expect(people.at(-1)).toMatchObject({ ticket: 5, people: [{ id: 2 }] })
  dispatchEvent(new Event("offline"))
  expect(people.at(-1)).toMatchObject({ ticket: 5, people: [] })
})

test("passes on typing of the ticket in view", () => {
  page(`<ot-live data-ticket="12">${STRIP}</ot-live>`)
  Line.last.open()
  document.dispatchEvent(new CustomEvent("ot:typing", { detail: { ticket: 12, mode: "reply" } }))
  document.dispatchEvent(new CustomEvent("ot:typing", { detail: { ticket: 99, mode: "reply" } }))
  expect(Line.last.sent.slice(1)).toEqual([{ t: "typing", ticket: 12, mode: "reply" }])
})

test("a signal refetches what shows its topic, presence goes to whoever shows it", async () => {
  page(`<p id="n" data-live="queue" data-live-src="/nav/"></p><ot-live>${STRIP}</ot-live>`)
  const sent = serve({ html: "" })
  const presence = heard("ot:presence")
  Line.last.open()
  Line.last.hear({ t: "changed", topics: ["queue"] })
  Line.last.hear({ t: "presence", ticket: 12, people: [] })
  await vi.waitFor(() => expect(sent.map(({ url }) => url)).toEqual(["/nav/"]))
  expect(presence).toEqual([expect.objectContaining({ ticket: 12, people: [] })])
})

test("the strip says how old the page is after three seconds, and goes when the line is back", () => {
  vi.useFakeTimers()
  serve({ html: "" })
  page(`<ot-live>${STRIP}</ot-live>`)
  Line.last.open()
  expect(document.documentElement.dataset["live"]).toBe("on")
  Line.last.onclose?.({ code: 1006 })
  expect(one(".offline").hidden).toBe(true)
  vi.advanceTimersByTime(3_500)
  expect(one(".offline").hidden).toBe(false)
  expect(one("[data-since]").textContent).toMatch(/^[34] sec ago$/)
  vi.advanceTimersByTime(180_000)
  expect(one("[data-since]").textContent).toBe("3 min ago")
  /* between two attempts, whose times are left to chance, there is no line that could open */
  for (let second = 0; second < 60 && !Line.last.onopen; second++) vi.advanceTimersByTime(1_000)
  Line.last.open()
  expect(one(".offline").hidden).toBe(true)
})

test("coming back after a gap, or a server that lost its own line, refetches everything", async () => {
  page(`<p id="n" data-live="queue" data-live-src="/nav/"></p><ot-live>${STRIP}</ot-live>`)
  const sent = serve({ html: "" })
  Line.last.open()
  Line.last.hear({ t: "resync" })
  await vi.waitFor(() => expect(sent).toHaveLength(1))
})

test("a fragment that can't be fetched is tried again, one that is gone is said once", async () => {
  vi.useFakeTimers()
  page(`<p id="n" data-live="queue" data-live-src="/nav/"></p><ot-live>${STRIP}</ot-live>`)
  const sent = serve({ status: 503, html: "" }, { status: 404, html: "" })
  const toasts = heard("ot:toast")
  Line.last.open()
  Line.last.hear({ t: "changed", topics: ["queue"] })
  await vi.advanceTimersByTimeAsync(5_100)
  expect(sent).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(sent).toHaveLength(2)
  expect(toasts).toHaveLength(1)
})

test("a hidden tab looks at nothing", () => {
  page(`<ot-live data-ticket="12">${STRIP}</ot-live>`)
  Line.last.open()
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden")
  document.dispatchEvent(new Event("visibilitychange"))
  expect(Line.last.sent.at(-1)).toEqual({ t: "leave" })
})
