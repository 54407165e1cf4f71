import { beforeEach, expect, test, vi } from "vitest"
import { announce } from "../lib/dom"
import { heard, one, page, serve } from "../testing/page"
import "./ot-toast"

beforeEach(() => {
  page("<ot-toast></ot-toast>")
})

test("goes by itself, unless it is bad news", () => {
  vi.useFakeTimers()
  announce("ot:toast", { text: "Saved" })
  announce("ot:toast", { text: "Not saved", tone: "red" })
  expect(one("[role=alert]").textContent).toBe("Not saved")
  vi.advanceTimersByTime(6_000)
  expect(document.querySelectorAll(".toast")).toHaveLength(1)
  one(".tone-red [aria-label=Dismiss]").click()
  expect(document.querySelectorAll(".toast")).toHaveLength(0)
})

test("the same bad news is said once while it stands", () => {
  announce("ot:toast", { text: "Not saved", tone: "red" })
  announce("ot:toast", { text: "Not saved", tone: "red" })
  expect(document.querySelectorAll(".toast")).toHaveLength(1)
})

test("undo counts down and posts to its address; the words come back", async () => {
  const sent = serve({ json: { html: "<p>Hi</p>", mode: "reply" } })
  const undone = heard("ot:undone")
  announce("ot:toast", { text: "Reply sent", undo: "/agent/messages/9/retraction/", seconds: 10 })
  expect(one(".count").textContent).toBe("10")
  one("[data-key=z]").click()
  await vi.waitFor(() =>
    expect(undone).toEqual([{ url: "/agent/messages/9/retraction/", html: "<p>Hi</p>", mode: "reply" }]),
  )
  expect(sent[0]).toMatchObject({ url: "/agent/messages/9/retraction/", method: "POST" })
  expect(one(".toast").textContent).toBe("Taken back")
})

test("too late is said", async () => {
  serve({ status: 409, json: {} })
  announce("ot:toast", { text: "Reply sent", undo: "/undo/" })
  one("[data-key=z]").click()
  await vi.waitFor(() => expect(one(".toast").textContent).toContain("too late"))
})

test("the Undo under a message does the same", async () => {
  const sent = serve({ json: { html: "<p>Hi</p>", mode: "reply" } })
  document.body.insertAdjacentHTML("beforeend", '<form data-undo="/undo/5/"><button>Undo</button></form>')
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(sent[0]?.url).toBe("/undo/5/"))
})

test("Django's messages are shown on load", () => {
  page('<ot-toast><template data-toast data-tone="green">“Support” is saved.</template></ot-toast>')
  expect(one(".toast").textContent).toBe("“Support” is saved.")
})
