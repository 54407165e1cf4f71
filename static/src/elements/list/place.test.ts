import { beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../../testing/page"
import { listKey } from "./place"
import "../ot-list"

const row = (id: number) => `<li class="ti" id="t${id}" data-number="${id}"><a href="#${id}">${id}</a></li>`
const list = (after: string, ...rows: number[]) =>
  `<div id="tl" data-live="queue" data-live-src="/agent/list/?view=mine&after=${after}&current=0"><ul>${rows.map(row).join("")}</ul></div>`
const show = (html: string) => page(`<ot-list><div class="scroll">${html}</div></ot-list>`)

beforeEach(() => {
  sessionStorage.clear()
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type: "reload" } as PerformanceNavigationTiming])
})

test("a list is known by its parameters, not by the place in it", () => {
  expect(listKey("/agent/list/?view=v3&after=12-4&current=9&plain=1&sort=")).toBe("view=v3")
  expect(listKey("/agent/tickets/4/?sort=id&view=v3")).toBe(listKey("?view=v3&sort=id"))
})

test("after a reload the reader is where they were, at the marked row", () => {
  show(list("", 1, 2, 3))
  one(".scroll").scrollTop = 240
  one("#t2 a").click()
  dispatchEvent(new Event("pagehide"))
  show(list("", 1, 2, 3))
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(one(".scroll").scrollTop).toBe(240)
  expect(document.querySelector("[aria-current]")?.id).toBe("t2")
})

test("and on the page of the list where they were", async () => {
  show(list("5-4", 8, 9))
  dispatchEvent(new Event("pagehide"))
  const sent = serve({ html: "" })
  show(list("", 1, 2))
  await vi.waitFor(() => expect(sent.map(({ url }) => url)).toEqual(["/agent/list/?view=mine&after=5-4&current=0"]))
})

test("a list that is opened anew begins at its top", () => {
  show(list("", 1, 2, 3))
  one(".scroll").scrollTop = 240
  dispatchEvent(new Event("pagehide"))
  vi.mocked(performance.getEntriesByType).mockReturnValue([{ type: "navigate" } as PerformanceNavigationTiming])
  show(list("", 1, 2, 3))
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(one(".scroll").scrollTop).toBe(0)
})
