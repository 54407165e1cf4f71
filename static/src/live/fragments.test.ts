import { expect, test, vi } from "vitest"
import { heard, one, page, serve } from "../testing/page"
import { awaitTurns, refresh } from "./fragments"

const LIST = '<ul id="tl" data-live="queue" data-live-src="/agent/list/"><li id="t1">old</li></ul>'

async function settled(times: number, sent: unknown[]): Promise<void> {
  await vi.waitFor(() => expect(sent).toHaveLength(times))
}

test("fetches what shows a topic and morphs it", async () => {
  page(`${LIST}<p id="other" data-live="ticket:5" data-live-src="/other/">kept</p>`)
  const row = one("#t1")
  const sent = serve({ html: LIST.replace("old", "new") })
  const refreshed = heard("ot:refreshed")
  refresh(["queue"])
  await settled(1, refreshed)
  expect(sent.map(({ url }) => url)).toEqual(["/agent/list/"])
  expect(sent[0]?.headers.get("HX-Request")).toBe("true")
  expect(one("#t1").textContent).toBe("new")
  expect(one("#t1")).toBe(row)
})

test("thirty signals at once are two requests: one in flight and one waiting", async () => {
  page(LIST)
  const sent = serve({ html: LIST })
  const refreshed = heard("ot:refreshed")
  for (let signal = 0; signal < 30; signal++) refresh(["queue"])
  await settled(2, refreshed)
  expect(sent).toHaveLength(2)
})

test("without topics everything live is fetched: the page was away", async () => {
  page(`${LIST}<p id="other" data-live="ticket:5 queue" data-live-src="/other/">x</p>`)
  const sent = serve({ html: "" })
  refresh()
  await settled(2, sent)
})

test("a fetch that fails leaves the page as it is and says so", async () => {
  page(LIST)
  serve({ status: 500, html: "<h1>broken</h1>" })
  const stale = heard("ot:stale")
  refresh(["queue"])
  await settled(1, stale)
  expect(one("#t1").textContent).toBe("old")
})

test("what says that it will know more soon is asked again, until it no longer says so", async () => {
  vi.useFakeTimers()
  page(LIST.replace("data-live=", 'data-live-again="4" data-live='))
  const sent = serve({ html: LIST.replace("old", "new") })
  awaitTurns()
  await vi.advanceTimersByTimeAsync(3_900)
  expect(sent).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(3_000)
  await vi.waitFor(() => expect(one("#t1").textContent).toBe("new"))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(1)
  vi.useRealTimers()
})
