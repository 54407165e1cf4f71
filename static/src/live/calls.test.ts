import { beforeEach, expect, test, vi } from "vitest"
import { announce } from "../lib/dom"
import { page, serve } from "../testing/page"
import { keepCalls } from "./calls"

const entry = `<a id="nav-calls" href="/agent/calls/" data-live="calls" data-live-src="/agent/calls/badge/">Phone</a>`

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

test("what rings is asked for once the line hears of calls, so that none falls in between", async () => {
  page(entry)
  const sent = serve({ html: entry })
  keepCalls()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent).toHaveLength(0)
  announce("ot:ready", {})
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toHaveLength(1)
})

test("without a line it is asked for all the same", async () => {
  page(entry)
  const sent = serve({ html: entry })
  keepCalls()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toHaveLength(1)
})
