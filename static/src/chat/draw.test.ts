import { expect, test } from "vitest"
import { page } from "../testing/page"
import { drawLine, linked } from "./draw"
import type { Line } from "./lines"

function line(more: Partial<Line>): Line {
  return {
    seq: 1,
    id: null,
    said: "visitor",
    name: "Ada",
    author: null,
    text: "",
    at: "2026-11-22T10:00:00Z",
    files: [],
    ...more,
  }
}

test("what a visitor wrote stays text, whatever it looks like", () => {
  const item = drawLine(line({ text: "<img src=x onerror=alert(1)>", name: "<b>Ada</b>" }))
  expect(item.querySelector("img, .cmeta b b")).toBeNull()
  expect(item.querySelector(".cbubble")?.textContent).toBe("<img src=x onerror=alert(1)>")
})

test.each([
  ["see https://shop.example/a?b=1.", "https://shop.example/a?b=1"],
  ["(http://shop.example/x)", "http://shop.example/x"],
  ["no javascript:alert(1) here", ""],
])("addresses in %s become links that give nothing away", (text, href) => {
  const links = linked(text).filter((part): part is HTMLAnchorElement => part instanceof HTMLAnchorElement)
  expect(links.map((link) => link.getAttribute("href"))).toEqual(href ? [href] : [])
  for (const link of links) expect(link.rel).toContain("noopener")
  expect(
    linked(text)
      .map((part) => (typeof part === "string" ? part : part.textContent))
      .join(""),
  ).toBe(text)
})

test("pictures are shown, other files are named", () => {
  const files = [
    { id: 1, filename: "rust photo.png", size: 2048, content_type: "image/png" },
    { id: 2, filename: "note.html", size: 10, content_type: "text/html" },
  ]
  const item = drawLine(line({ files }))
  expect(item.querySelectorAll("img")).toHaveLength(1)
  expect(item.querySelector("img")?.getAttribute("src")).toBe("/agent/attachments/1/rust%20photo.png")
})

test("what happened is said in the words of the page", () => {
  page('<script type="application/json" id="chat-words">{"event.joined": "{name} joined"}</script>')
  expect(drawLine(line({ said: "event", kind: "joined", name: "Grace" })).textContent).toContain("Grace joined")
})
