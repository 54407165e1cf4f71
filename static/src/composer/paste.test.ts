import { expect, test } from "vitest"
import { cleanPaste } from "./paste"

const word = (level: number, marker: string, words: string) =>
  `<p class=MsoListParagraph style='margin-left:.5in;mso-list:l0 level${level} lfo1'><span style='mso-list:Ignore'>${marker}<span>&nbsp;&nbsp;</span></span>${words}<o:p></o:p></p>`

function shape(html: string): string {
  return html.replace(/\s+/g, " ").replace(/> </g, "><").trim()
}

test("Word's bullets become a list", () => {
  expect(shape(cleanPaste(word(1, "·", "one") + word(1, "·", "two")))).toBe(
    "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
  )
})

test("Word's numbers become an ordered list", () => {
  expect(shape(cleanPaste(word(1, "1.", "first") + word(1, "2.", "second")))).toBe(
    "<ol><li><p>first</p></li><li><p>second</p></li></ol>",
  )
})

test("deeper levels nest in the item above them", () => {
  const html = cleanPaste(word(1, "1.", "top") + word(2, "o", "inner") + word(1, "2.", "next"))
  expect(shape(html)).toBe("<ol><li><p>top</p><ul><li><p>inner</p></li></ul></li><li><p>next</p></li></ol>")
})

test("a paragraph between two lists keeps them apart", () => {
  const html = cleanPaste(`${word(1, "·", "a")}<p>between</p>${word(1, "·", "b")}`)
  expect(shape(html)).toBe("<ul><li><p>a</p></li></ul><p>between</p><ul><li><p>b</p></li></ul>")
})

test("a spreadsheet's cells become lines of text", () => {
  const html = cleanPaste("<table><tr><td>Ada</td><td>12</td></tr><tr><td>Grace</td><td>7</td></tr></table>")
  expect(shape(html)).toBe("<p>Ada | 12</p><p>Grace | 7</p>")
})

test("styles, classes, scripts and Office's own elements go", () => {
  const html = cleanPaste(
    '<style>p{color:red}</style><p class="x" style="color:red" >hi<o:p> there</o:p></p><script>boo()</script>',
  )
  expect(shape(html)).toBe("<p>hi there</p>")
})
