import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import "./ot-wallboard"

const board = (at: number, now: number) => `
  <div id="wallboard" data-live="" data-live-src="/reports/live/board/" data-at="${at}" data-now="${now}">
    <b data-waited="50">50s</b><i data-left="62">1m</i>
  </div>`

const wall = (at = 1000, now = 1002) => `
  <ot-wallboard>
    <p><span data-board-age data-fresh="live, {age}" data-old="{age} old" data-off="no connection, {age}"></span></p>
    <button data-fullscreen></button><time data-clock data-zone="Europe/Berlin"></time>
    ${board(at, now)}
  </ot-wallboard>`

const changed = () => document.dispatchEvent(new CustomEvent("ot:changed", { detail: { topics: ["queue"] } }))
const refreshed = () => document.dispatchEvent(new CustomEvent("ot:refreshed", { detail: { id: "wallboard" } }))

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T12:00:00Z") })
  vi.spyOn(document, "hidden", "get").mockReturnValue(false)
  serve({ html: board(1000, 1002) })
  document.documentElement.lang = "en"
  document.documentElement.dataset["live"] = "on"
})
/* What was asked for is let come to its end: the fetching of fragments knows of it beyond the test. */
afterEach(async () => {
  document.body.replaceChildren()
  await vi.runAllTimersAsync()
  vi.useRealTimers()
})

test("waits go on counting, and what is left runs down", () => {
  page(wall())
  vi.advanceTimersByTime(15_000)
  expect(one("[data-waited]").textContent).toBe("1m")
  expect(one("[data-left]").textContent).toBe("47s")
})

test("the age of the numbers is that of the server's look and what has passed since", () => {
  page(wall())
  expect(one("[data-board-age]").textContent).toBe("live, 2s")
  vi.advanceTimersByTime(8_000)
  expect(one("[data-board-age]").textContent).toBe("live, 10s")
})

test("numbers that grow old, and a line that is down, are said", () => {
  page(wall())
  document.documentElement.dataset["live"] = "off"
  vi.advanceTimersByTime(3_000)
  expect(one("[data-board-age]").textContent).toBe("no connection, 5s")
  expect(one("ot-wallboard").dataset["state"]).toBe("off")
  expect(one("p").getAttribute("aria-live")).toBe("off") // said once, not each second

  document.documentElement.dataset["live"] = "on"
  vi.advanceTimersByTime(40_000)
  expect(one("[data-board-age]").textContent).toBe("45s old")
})

test("many changes are one request, and the next comes two seconds later at the earliest", async () => {
  const sent = serve({ html: board(1010, 1010) })
  page(wall())
  for (let n = 0; n < 20; n++) changed()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(sent).toHaveLength(1)

  for (let n = 0; n < 20; n++) changed()
  await vi.advanceTimersByTimeAsync(600)
  expect(sent.length).toBeLessThanOrEqual(2)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(sent).toHaveLength(2)
})

test("time passes too: without a change it is fetched after a while", async () => {
  const sent = serve({ html: board(1016, 1016) })
  page(wall())
  await vi.advanceTimersByTimeAsync(14_000)
  expect(sent).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent.length).toBeGreaterThanOrEqual(1)
})

test("a new board begins anew", () => {
  page(wall())
  vi.advanceTimersByTime(10_000)
  one("#wallboard").dataset["now"] = "1000"
  refreshed()
  expect(one("[data-board-age]").textContent).toBe("live, 0s")
})

test("the clock on the wall is that of the house", () => {
  page(wall())
  expect(one("[data-clock]").textContent).toMatch(/^0?1:00/)
})
