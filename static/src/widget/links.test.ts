import { expect, test } from "vitest"
import { cards, linked, pieces } from "./links"

const urls = (text: string): (string | undefined)[] => pieces(text).flatMap((piece) => piece.url ?? [])

test("addresses are found without what follows them in the sentence", () => {
  expect(urls("See https://a.example/x?y=1, or (https://b.example/).")).toEqual([
    "https://a.example/x?y=1",
    "https://b.example/",
  ])
  expect(urls("https://en.wikipedia.example/wiki/Heron_(bird)")).toEqual([
    "https://en.wikipedia.example/wiki/Heron_(bird)",
  ])
})

test("what runs something is no address", () => {
  expect(urls("javascript:alert(1) data:text/html,x ftp://a.example http://x")).toEqual([])
})

test("what was said is text, whatever it looks like", () => {
  const bubble = document.createElement("p")
  bubble.append(...linked('<img src=x onerror="alert(1)"> https://a.example'))
  expect(bubble.querySelector("img")).toBeNull()
  expect(bubble.textContent).toBe('<img src=x onerror="alert(1)"> https://a.example')
  expect(bubble.querySelector("a")?.rel).toContain("noopener")
})

test("a card names the host, once, and nothing is loaded from there", () => {
  const [card, ...others] = cards("https://a.example/one https://a.example/one")
  expect(others).toEqual([])
  expect(card?.textContent).toBe("a.example/one")
  expect(card?.querySelector("img")).toBeNull()
})

test("a per cent sign that encodes nothing breaks nothing", () => {
  expect(cards("https://shop.example/50%off")[0]?.textContent).toBe("shop.example/50%off")
})
