import { expect, test } from "vitest"
import { cleanArticlePaste, looksLikeMarkdown } from "./paste"

function shape(html: string): string {
  return html.replace(/\s+/g, " ").replace(/> </g, "><").trim()
}

test("a page of Google Docs keeps what it means, not how it looks", () => {
  const pasted =
    '<b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr" style="line-height:1.38"><span style="font-size:20pt;font-weight:400">Export</span></h1>' +
    '<p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-weight:400">Open </span><span style="font-weight:700">Settings</span><span style="font-style:italic"> now</span></p></b>'
  expect(shape(cleanArticlePaste(pasted)).replace(/ dir="ltr"/g, "")).toBe(
    "<h2><span>Export</span></h2><p><span>Open </span><span><strong>Settings</strong></span><span><em> now</em></span></p>",
  )
})

test("Word's lists become lists and its tables stay tables", () => {
  const pasted =
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>one<o:p></o:p></p>" +
    "<table class=MsoTableGrid border=1><tr><td width=300 valign=top style='width:225pt'><p class=MsoNormal>Plan</p></td></tr></table>"
  expect(shape(cleanArticlePaste(pasted))).toBe(
    '<ol><li><p>one</p></li></ol><table border="1"><tbody><tr><td><p>Plan</p></td></tr></tbody></table>',
  )
})

test("a link to an article of ours is kept by its number", () => {
  const pasted = `<p><a href="${location.origin}/hc/en/articles/12-export-data/#limits">Export</a> <a href="https://example.org/hc/en/articles/12-x/">other</a></p>`
  const clean = cleanArticlePaste(pasted)
  expect(clean).toContain('<a data-article="12#limits">Export</a>')
  expect(clean).toContain('<a href="https://example.org/hc/en/articles/12-x/">other</a>')
})

test("pictures of other pages are left out, ours stay", () => {
  const clean = cleanArticlePaste('<p>a<img src="https://spy.example/p.gif"></p><img data-picture="7" alt="b">')
  expect(clean).toBe('<p>a</p><img data-picture="7" alt="b">')
})

test.each([
  ["# Title\n\nWords", true],
  ["- one\n- two", true],
  ["| a | b |\n| - | - |", true],
  ["See **this** and [that](https://example.org)", true],
  ["```\ncode\n```", true],
  ["An ordinary sentence, with 2 * 3 = 6.", false],
  ["- a lonely dash", false],
  ["", false],
])("%j reads like Markdown: %s", (words, expected) => {
  expect(looksLikeMarkdown(words)).toBe(expected)
})
