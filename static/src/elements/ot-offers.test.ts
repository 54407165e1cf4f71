import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import "./ot-offers"

const MARKUP = `<form><input type="hidden" name="offer" value="">
  <ot-offers data-url="/contact/suggestions/" data-language="en"><input name="subject" data-offers>
  <div class="offers"></div></ot-offers></form>`
const ANSWER = `<section data-offer="7.abc"><a href="#oil">Oil</a></section>`

const place = () => one(".offers")

beforeEach(() => {
  vi.useFakeTimers()
  page(MARKUP)
})

afterEach(() => vi.useRealTimers())

async function type(words: string): Promise<void> {
  const field = one<HTMLInputElement>("[data-offers]")
  field.value = words
  field.dispatchEvent(new Event("input", { bubbles: true }))
  await vi.advanceTimersByTimeAsync(600)
}

test("articles stand below the subject, and the form takes their offer along", async () => {
  const sent = serve({ html: ANSWER })
  await type("engine")
  expect(place().textContent).toContain("Oil")
  expect(one<HTMLInputElement>("[name=offer]").value).toBe("7.abc")
  await type("engine rattles")
  expect(sent.map((asked) => asked.url)).toEqual([
    "/contact/suggestions/?q=engine&offer=&language=en",
    "/contact/suggestions/?q=engine+rattles&offer=7.abc&language=en",
  ])
})

test("too few letters ask nobody and take the articles away", async () => {
  const sent = serve({ html: ANSWER })
  await type("engine")
  await type("en")
  expect(place().childElementCount).toBe(0)
  expect(sent).toHaveLength(1)
})

test("the same words are asked for once", async () => {
  const sent = serve({ html: ANSWER })
  await type("engine")
  await type("engine ")
  expect(sent).toHaveLength(1)
})
