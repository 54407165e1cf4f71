import { beforeEach, expect, test, vi } from "vitest"
import { announce } from "../lib/dom"
import { one, page, serve } from "../testing/page"
import { keepChats } from "./chats"

const entry = (waiting: number) =>
  `<a id="nav-chats" href="/agent/chats/" data-live="me:5" data-live-src="/agent/chats/badge/" data-waiting="${waiting}" data-offers="0">Chats</a>`

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

test("the count comes once the page is there, and again a while after something has happened, once for all of it", async () => {
  page(entry(0))
  const sent = serve({ html: entry(2) })
  keepChats()
  await vi.advanceTimersByTimeAsync(1_000)
  await vi.waitFor(() => expect(one("#nav-chats").dataset["waiting"]).toBe("2"))
  expect(sent).toHaveLength(1)
  for (let more = 0; more < 20; more++) announce("ot:changed", { topics: ["chats"] })
  await vi.advanceTimersByTimeAsync(1_500)
  expect(sent).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent).toHaveLength(2)
})
