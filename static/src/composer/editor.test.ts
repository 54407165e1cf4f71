import { expect, test } from "vitest"
import { htmlToText, textToHtml } from "./editor"

test("typed text becomes paragraphs and line breaks, and cannot become markup", () => {
  expect(textToHtml("Hello Ada,\nthanks.\n\n1 < 2 & <b>")).toBe(
    "<p>Hello Ada,<br>thanks.</p><p>1 &lt; 2 &amp; &lt;b&gt;</p>",
  )
  expect(textToHtml("  \n ")).toBe("")
})

test("a draft written in the rich editor reads well in the plain one", () => {
  expect(htmlToText("<p>Hello <strong>Ada</strong></p><ul><li><p>one</p></li><li><p>two</p></li></ul>")).toBe(
    "Hello Ada\n\n- one\n- two",
  )
  expect(htmlToText("<p>a<br>b</p>")).toBe("a\nb")
})

test("text survives the way there and back", () => {
  expect(htmlToText(textToHtml("one\ntwo\n\nthree"))).toBe("one\ntwo\n\nthree")
})
