import { beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import { watch, watchAgain } from "./jobs"

const card = (state: string, refused = 0) =>
  `<article class="jobcard" id="bulk-7" data-state="${state}" data-refused="${refused}" data-live="bulk:7:5" data-live-src="/agent/bulk/7/"><p>${state}</p><button data-dismiss></button></article>`

beforeEach(() => {
  sessionStorage.clear()
  vi.useFakeTimers()
  page('<main tabindex="-1"></main>')
})

test("a card is asked for until the job is done, and leaves when all went well", async () => {
  const sent = serve({ html: card("running") }, { html: card("running") }, { html: card("done") })
  watch(7)
  await vi.advanceTimersByTimeAsync(100)
  expect(one("#bulk-7 p").textContent).toBe("running")
  await vi.advanceTimersByTimeAsync(4500)
  expect(one("#bulk-7 p").textContent).toBe("done")
  expect(sessionStorage.getItem("ot:bulk-jobs")).toBeNull()
  const asked = sent.length
  await vi.advanceTimersByTimeAsync(9000)
  expect(document.getElementById("bulk-7")).toBeNull()
  expect(sent).toHaveLength(asked)
})

test("one with refusals stays until it is dismissed", async () => {
  serve({ html: card("done", 2) })
  watch(7)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(one("#bulk-7 p").textContent).toBe("done")
  one("[data-dismiss]").click()
  expect(document.getElementById("bulk-7")).toBeNull()
})

test("another page of the tab goes on watching", async () => {
  serve({ html: card("running") })
  sessionStorage.setItem("ot:bulk-jobs", "7")
  watchAgain()
  await vi.advanceTimersByTimeAsync(100)
  expect(one(".jobs #bulk-7 p").textContent).toBe("running")
})

test("a job that is nobody's any more is forgotten", async () => {
  serve({ status: 404, html: "" })
  watch(7)
  await vi.advanceTimersByTimeAsync(100)
  expect(document.getElementById("bulk-7")).toBeNull()
  expect(sessionStorage.getItem("ot:bulk-jobs")).toBeNull()
})
