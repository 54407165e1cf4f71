import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import "./ot-instant"

const MARKUP = `<ot-instant data-url="/hc/en/search/instant/" data-noted="/hc/en/search/noted/">
  <form action="/hc/en/search/"><input name="q" type="search"></form></ot-instant>`
const ANSWER = `<div role="listbox" aria-label="Articles" data-said="2 articles">
  <a role="option" aria-selected="false" href="#one" data-article="1">One</a>
  <a role="option" aria-selected="false" href="#two" data-article="2">Two</a>
  <a role="option" aria-selected="false" href="#all" class="all">All</a></div>`

const field = () => one<HTMLInputElement>("input")
const chosen = () => document.querySelector("[role=option][aria-selected=true]")?.textContent
const beacons: [string, string][] = []

beforeEach(() => {
  vi.useFakeTimers()
  beacons.length = 0
  vi.stubGlobal("navigator", {
    ...navigator,
    sendBeacon: (url: string, body: URLSearchParams) => Boolean(beacons.push([url, String(body)])),
  })
  page(MARKUP)
  field().focus()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function type(words: string): Promise<void> {
  field().value = words
  field().dispatchEvent(new Event("input", { bubbles: true }))
  await vi.advanceTimersByTimeAsync(200)
}

test("answers are asked for once the fingers rest, and said aloud", async () => {
  const sent = serve({ html: ANSWER })
  field().value = "re"
  field().dispatchEvent(new Event("input", { bubbles: true }))
  await type("refund")
  expect(sent.map((one) => one.url)).toEqual(["/hc/en/search/instant/?q=refund"])
  expect(field().getAttribute("aria-expanded")).toBe("true")
  expect(one("[role=status]").textContent).toBe("2 articles")
  expect(document.getElementById(field().getAttribute("aria-controls") ?? "")?.hidden).toBe(false)
})

test("arrows walk round by way of the field, Enter opens what is chosen", async () => {
  serve({ html: ANSWER })
  await type("refund")
  press("ArrowDown", field())
  expect(chosen()).toBe("One")
  expect(field().getAttribute("aria-activedescendant")).toBe(one("[aria-selected=true]").id)
  press("ArrowUp", field())
  expect(chosen()).toBeUndefined()
  press("ArrowUp", field())
  expect(chosen()).toBe("All")
  press("ArrowUp", field())
  expect(press("Enter", field()).defaultPrevented).toBe(true)
  expect(beacons).toEqual([["/hc/en/search/noted/", "q=refund&article=2"]])
})

test("Enter with nothing chosen searches, and the page notes it", async () => {
  serve({ html: ANSWER })
  await type("refund")
  expect(press("Enter", field()).defaultPrevented).toBe(false)
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
  await vi.advanceTimersByTimeAsync(5_000)
  dispatchEvent(new Event("pagehide"))
  expect(beacons).toEqual([])
})

test("what was looked at for a moment is told once, what was typed on the way is not", async () => {
  serve({ html: ANSWER })
  await type("ref")
  await type("refund")
  await vi.advanceTimersByTimeAsync(2_000)
  dispatchEvent(new Event("pagehide"))
  expect(beacons).toEqual([["/hc/en/search/noted/", "q=refund"]])
})

test("Escape closes before it empties; an empty field has no answers", async () => {
  serve({ html: ANSWER })
  await type("refund")
  expect(press("Escape", field()).defaultPrevented).toBe(true)
  expect(field().getAttribute("aria-expanded")).toBe("false")
  expect(press("Escape", field()).defaultPrevented).toBe(false)
  press("ArrowDown", field())
  expect(field().getAttribute("aria-expanded")).toBe("true")
  await type("")
  expect(field().getAttribute("aria-expanded")).toBe("false")
})

test("a search that fails leaves the form as it is", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined)
  serve(new TypeError("offline"))
  await type("refund")
  expect(warned).toHaveBeenCalled()
  expect(field().getAttribute("aria-expanded")).toBe("false")
})

test("Ctrl K comes to the field", () => {
  field().blur()
  field().checkVisibility = () => true
  press("k", document.body, { ctrlKey: true })
  expect(document.activeElement).toBe(field())
})
