import htmx from "htmx.org"
import { expect, test, vi } from "vitest"
import { one, page } from "../testing/page"
import "./ot-mail-frame"

function frameOf(height: number): HTMLIFrameElement {
  const inner = document.implementation.createHTMLDocument("mail")
  vi.spyOn(inner.body, "scrollHeight", "get").mockReturnValue(height)
  page(
    '<ot-mail-frame><p class="notice"><button data-images>Show pictures</button></p><iframe></iframe></ot-mail-frame>',
  )
  const frame = one<HTMLIFrameElement>("iframe")
  vi.spyOn(frame, "contentDocument", "get").mockReturnValue(inner)
  frame.dispatchEvent(new Event("load"))
  return frame
}

test("is as tall as the mail in it", () => expect(frameOf(340).style.height).toMatch(/^3[4-9]\dpx$/))

test("a refresh of the conversation leaves it alone", async () => {
  const frame = frameOf(340)
  document.body.firstElementChild?.setAttribute("id", "m1")
  await htmx.swap({
    target: one("#m1"),
    swap: "outerMorph",
    text: '<ot-mail-frame id="m1"><iframe></iframe></ot-mail-frame>',
  })
  expect(one("iframe")).toBe(frame)
  expect(frame.style.height).not.toBe("")
})

test("a mail that claims any height scrolls by itself", () => expect(frameOf(9_000_000).style.height).toBe("12000px"))

test("keys pressed in the mail reach the page", () => {
  const frame = frameOf(10)
  const keys: string[] = []
  document.body.addEventListener("keydown", ({ key }) => keys.push(key))
  frame.contentDocument?.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }))
  expect(keys).toEqual(["j"])
})

test("pictures load when they are asked for, and the notice goes", () => {
  const frame = frameOf(10)
  Object.defineProperty(frame, "src", { value: "http://desk/agent/messages/9/body/", writable: true })
  one("[data-images]").click()
  expect(frame.src).toBe("http://desk/agent/messages/9/body/?images=1")
  expect(one(".notice").hidden).toBe(true)
})
