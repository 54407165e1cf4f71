import { expect, test, vi } from "vitest"
import { one, page } from "../testing/page"
import { counted, keepCountdowns, knowHours, shortly, updateCountdowns } from "./countdowns"

const now = new Date("2026-11-20T16:30:00Z") // a Friday
const seconds = (iso: string) => Date.parse(iso) / 1000
const week: [number, number][] = [
  [seconds("2026-11-20T09:00:00Z"), seconds("2026-11-20T17:00:00Z")],
  [seconds("2026-11-23T09:00:00Z"), seconds("2026-11-23T17:00:00Z")],
]

function target(due: string, hours = "", state = "running"): void {
  page(`<span class="sla" data-due="${due}" data-hours="${hours}" data-metric="First reply" data-state="${state}">
    <svg><use href="/static/icons.svg#timer"/></svg><span class="left">old</span><span class="sr">old</span></span>`)
}

test.each([
  [45.9, "45s"],
  [60, "1m"],
  [3600, "1h"],
  [4800, "1h 20m"],
  [13 * 3600 + 1200, "13h"],
  [50 * 3600, "2d"],
])("%d seconds are %s", (left, words) => expect(shortly(left)).toBe(words))

test("only working time counts", () => {
  expect(counted(seconds("2026-11-20T16:30:00Z"), seconds("2026-11-23T10:00:00Z"), week)).toBe(1.5 * 3600)
  expect(counted(0, 90)).toBe(90)
})

test("a target counts down in words for the eye and for the ear", () => {
  target("2026-11-20T17:50:00Z")
  updateCountdowns(now)
  expect(one(".left").textContent).toBe("1h 20m")
  expect(one(".sr").textContent).toBe("First reply: due in 1h 20m")
})

test("over the weekend a target in working time stands still", () => {
  knowHours({ "3": week }, seconds("2026-11-30T00:00:00Z"))
  target("2026-11-23T10:00:00Z", "3")
  updateCountdowns(new Date("2026-11-21T12:00:00Z"))
  expect(one(".left").textContent).toBe("1h")
})

test("beyond the hours that are known the server's words stand", () => {
  knowHours({ "3": week }, seconds("2026-11-24T00:00:00Z"))
  target("2026-12-24T10:00:00Z", "3")
  updateCountdowns(now)
  expect(one(".left").textContent).toBe("old")
})

test("what becomes late says so by its sign, its colour and its words", () => {
  target("2026-11-20T16:25:00Z")
  updateCountdowns(now)
  expect(one(".sla").className).toContain("tone-red")
  expect(one("use").getAttribute("href")).toContain("#circle-minus")
  expect(one(".sr").textContent).toBe("First reply: late by 5m")
})

test("hours are fetched again as soon as a calendar is different, and not before", async () => {
  vi.useFakeTimers()
  target("2026-11-23T10:00:00Z", "3")
  const fetched = vi.fn(() => Promise.resolve(Response.json({ hours: { "3": week }, until: seconds("2026-11-30") })))
  vi.stubGlobal("fetch", fetched)
  keepCountdowns()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(fetched).toHaveBeenCalledTimes(1)
  const tell = (topics: string[]) => document.dispatchEvent(new CustomEvent("ot:changed", { detail: { topics } }))
  tell(["queue"])
  await vi.advanceTimersByTimeAsync(2000)
  expect(fetched).toHaveBeenCalledTimes(1)
  tell(["queue", "hours"])
  await vi.advanceTimersByTimeAsync(2000)
  expect(fetched).toHaveBeenCalledTimes(2)
  expect(fetched).toHaveBeenLastCalledWith("/agent/sla/hours/", expect.objectContaining({ cache: "reload" }))
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
