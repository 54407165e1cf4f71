import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { announce } from "../../lib/dom"
import { one, page, serve } from "../../testing/page"
import { Neighbours, verify } from "./neighbours"

const list = [1, 2, 3, 4, 5].map(
  (id) => `<li class="ti" data-number="${id}"><a href="/${id}/" hx-get="/${id}/"></a></li>`,
)
const link = (id: number) => one<HTMLAnchorElement>(`[data-number="${id}"] a`)
const stopping = new AbortController()
let neighbours: Neighbours

beforeEach(() => {
  vi.useFakeTimers()
  page(list.join(""))
  document.documentElement.dataset["live"] = "on"
  neighbours = new Neighbours()
  neighbours.listen(stopping.signal)
})

afterEach(() => {
  delete document.documentElement.dataset["live"]
})

async function prepared(...ids: number[]): Promise<void> {
  neighbours.prepare(ids.map(link))
  await vi.advanceTimersByTimeAsync(300)
}

test("fetches the neighbours once the page is still, and gives each out once", async () => {
  const sent = serve({ html: "<p>2</p>" })
  await prepared(2)
  await prepared(2)
  expect(sent.map(({ url }) => url)).toEqual(["/2/"])
  expect(neighbours.take("/2/")).toBe("<p>2</p>")
  expect(neighbours.take("/2/")).toBeUndefined()
})

test("keeps three at most, for a minute at most", async () => {
  serve({ html: "<p></p>" })
  await prepared(1, 2, 3, 4)
  expect([1, 2, 3, 4].map((id) => neighbours.has(link(id)))).toEqual([false, true, true, true])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(neighbours.has(link(4))).toBe(false)
})

test("drops what a signal names, also when the answer is still on its way", async () => {
  serve({ html: "<p></p>" })
  await prepared(1, 2)
  announce("ot:changed", { topics: ["ticket:2", "queue"] })
  expect([1, 2].map((id) => neighbours.has(link(id)))).toEqual([true, false])
  announce("ot:changed", { topics: ["draft:1:9"] })
  expect(neighbours.has(link(1))).toBe(false)
  let answer = (_: Response) => {}
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (answer = resolve)))
  await prepared(3)
  announce("ot:changed", { topics: ["ticket:3"] })
  answer(new Response("<p>old</p>"))
  await vi.advanceTimersByTimeAsync(1)
  expect(neighbours.has(link(3))).toBe(false)
})

test("keeps nothing without a live line, and nothing of the ticket whose draft is just being saved", async () => {
  const sent = serve({ html: "<p></p>" })
  neighbours.prepare([link(1), link(2)], "1")
  await vi.advanceTimersByTimeAsync(300)
  expect(sent.map(({ url }) => url)).toEqual(["/2/"])
  document.documentElement.dataset["live"] = "off"
  expect(neighbours.take("/2/")).toBeUndefined()
  announce("ot:resync", {})
  document.documentElement.dataset["live"] = "on"
  expect(neighbours.take("/2/")).toBeUndefined()
})

test("what was kept is checked by its last event, and fetched again only if there is a newer one", async () => {
  vi.useRealTimers()
  page('<div id="talk" data-live="ticket:5" data-live-src="/5/thread/" data-last-event="77"></div>')
  const sent = serve({ status: 204 }, { html: "<p></p>" }, { html: '<div id="talk"></div>' })
  await verify("5")
  expect(sent.map(({ url }) => url)).toEqual(["/5/thread/?seen=77"])
  await verify("5")
  await vi.waitFor(() => expect(sent.map(({ url }) => url).slice(1)).toEqual(["/5/thread/?seen=77", "/5/thread/"]))
})
