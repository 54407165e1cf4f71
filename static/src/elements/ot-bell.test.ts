import { beforeEach, expect, test, vi } from "vitest"
import { announce } from "../lib/dom"
import { heard, one, page, press, serve } from "../testing/page"
import "./ot-bell"

const bell = (attributes = "") =>
  `<a id="bell" href="/agent/notifications/" data-key-label="Notifications" data-live="user:5"
     data-live-src="/agent/notifications/bell/" ${attributes}>bell</a>`
const unread = (newest: number, ticket: number, kind = "mention") =>
  bell(`data-unread="1" data-tickets="${ticket}" data-newest="${newest}" data-kind="${kind}" data-ticket="${ticket}"
        data-href="/agent/notifications/${newest}/" data-say="Alan mentioned you: Steam"`)
const open = (attributes = "", rest = "") => page(`<ot-bell>${bell(attributes)}</ot-bell>${rest}`)

/** The bell as it has just been fetched anew; reading what it tells silences it. */
function rings(html: string): ReturnType<typeof serve> {
  const sent = serve({ status: 204 }, { html: bell('data-unread="0"') })
  one("#bell").outerHTML = html
  announce("ot:refreshed", { id: "bell" })
  return sent
}

beforeEach(() => localStorage.setItem("ot.bell", "1"))

test("fetches its count once the page is there", async () => {
  const sent = serve({ html: unread(7, 1042) })
  open()
  await vi.waitFor(() => expect(one("#bell").dataset["unread"]).toBe("1"))
  expect(sent[0]?.url).toBe("/agent/notifications/bell/")
})

test("tells of a mention once, with the way to it", () => {
  open('data-unread="0"')
  const toasts = heard("ot:toast")
  rings(unread(7, 1042))
  announce("ot:refreshed", { id: "bell" })
  expect(toasts).toEqual([
    expect.objectContaining({ text: "Alan mentioned you: Steam", href: "/agent/notifications/7/" }),
  ])
})

test("tells of the first mention of all", () => {
  localStorage.clear()
  open('data-unread="0"')
  announce("ot:refreshed", { id: "bell" })
  const toasts = heard("ot:toast")
  rings(unread(7, 1042))
  expect(toasts).toHaveLength(1)
})

test("says nothing of what is only followed, nor on the first day", () => {
  open('data-unread="0"')
  const toasts = heard("ot:toast")
  rings(unread(7, 1042, "followed"))
  localStorage.clear()
  rings(unread(8, 1042))
  expect(toasts).toEqual([])
})

test("the ticket in view has been read, and is not told of", async () => {
  open('data-unread="0"', '<section id="conv" data-ticket="1042"></section>')
  const toasts = heard("ot:toast")
  const sent = rings(unread(7, 1042))
  await vi.waitFor(() => expect(one("#bell").dataset["unread"]).toBe("0"))
  expect(sent[0]).toMatchObject({ url: "/agent/notifications/reading/", method: "POST" })
  expect(String(sent[0]?.body)).toBe("ticket=1042")
  expect(toasts).toEqual([])
})

test("another ticket in view leaves it unread", () => {
  open('data-unread="0"', '<section id="conv" data-ticket="9"></section>')
  const sent = rings(unread(7, 1042))
  expect(sent.filter(({ method }) => method === "POST")).toEqual([])
})

test("opens the newest at the bell; arrows walk through them", async () => {
  HTMLElement.prototype.togglePopover = function () {
    this.dispatchEvent(Object.assign(new Event("toggle"), { newState: "open" }))
    return true
  }
  open('data-unread="0"')
  serve({ html: '<a class="toldrow" id="a" href="#">one</a><a class="toldrow" id="b" href="#">two</a>' })
  one("#bell").click()
  await vi.waitFor(() => expect(one("#b").textContent).toBe("two"))
  expect(one("#bell").getAttribute("aria-expanded")).toBe("true")
  press("ArrowDown", one(".bellpanel"))
  expect(document.activeElement?.id).toBe("a")
  press("ArrowDown", one("#a"))
  press("ArrowDown", one("#b"))
  expect(document.activeElement?.id).toBe("b")
})

test("“Mark all read” does not leave the page", async () => {
  open('data-unread="0"', '<form data-reading><input name="until" value="9"></form>')
  const sent = serve({ status: 204 })
  const event = new Event("submit", { bubbles: true, cancelable: true })
  one("form").dispatchEvent(event)
  expect(event.defaultPrevented).toBe(true)
  await vi.waitFor(() => expect((sent[0]?.body as FormData).get("until")).toBe("9"))
})
