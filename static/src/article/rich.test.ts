import { afterEach, beforeEach, expect, test } from "vitest"
import { askPicture, videoAt } from "./dialogs"
import { inserts, insertsFor } from "./inserts"
import { findQuote } from "./quotes"
import { BodyEditor } from "./rich"
import { insertTable, runTable } from "./tables"

let editor: BodyEditor

function open(html: string): BodyEditor {
  document.body.innerHTML = '<ot-body-of-test><div class="ed"></div></ot-body-of-test>'
  const host = document.querySelector<HTMLElement>(".ed")!
  const nothing = () => undefined
  const events = { changed: nothing, moved: nothing, pictures: nothing, markdown: nothing }
  editor = new BodyEditor(host, html, { label: "Text", placeholder: "Write", language: "en" }, events)
  return editor
}

beforeEach(() => void (document.elementFromPoint = () => null))
afterEach(() => editor?.destroy())

test.each([
  "<h2>Export</h2><p>Open <strong>Settings</strong> and press <kbd>E</kbd>.</p>",
  '<ul><li><p>one</p><ol start="3"><li><p>two</p></li></ol></li></ul>',
  '<div data-callout="warning"><p>Hot.</p><ul><li><p>Very</p></li></ul></div>',
  '<p>See <a data-article="12#limits">the limits</a> or <a href="https://example.org">elsewhere</a>.</p>',
  '<img data-picture="7" alt="The menu"><p>after</p>',
  '<figure><img data-picture="7" alt=""><figcaption>The menu</figcaption></figure><p>after</p>',
  '<div data-video="youtube:abc_d-12345"></div><div data-block="5"></div><p>after</p>',
  '<pre data-language="python"><code>print("a")\n</code></pre><p>after</p>',
  '<table><tbody><tr><th><p>Plan</p></th></tr><tr><td colspan="1"><p>Free</p></td></tr></tbody></table><p>after</p>',
  "<p>H<sub>2</sub>O, <mark>marked</mark>, <u>under</u>, <s>gone</s>, x<sup>2</sup></p><hr><blockquote><p>said</p></blockquote>",
])("what the server keeps is what the editor writes: %s", (html) => {
  expect(
    open(html)
      .html()
      .replace(/ colspan="1"/g, ""),
  ).toBe(html.replace(/ colspan="1"/g, ""))
})

test("an empty article is empty", () => {
  expect(open("").html()).toBe("")
})

test("a link that is pasted as HTML loses its power, not its words", () => {
  expect(open('<p><a href="javascript:alert(1)">x</a></p>').html()).toBe("<p>x</p>")
})

test("a callout is put around words, changed, and taken away again", () => {
  open("<p>Hot.</p>").tiptap.commands.toggleCallout("warning")
  expect(editor.html()).toBe('<div data-callout="warning"><p>Hot.</p></div>')
  editor.tiptap.commands.toggleCallout("danger")
  expect(editor.html()).toBe('<div data-callout="danger"><p>Hot.</p></div>')
  editor.tiptap.commands.toggleCallout("danger")
  expect(editor.html()).toBe("<p>Hot.</p>")
})

test("a table is put in, grows and goes", () => {
  insertTable(open("<p></p>").tiptap, 2, 2)
  const rows = () => editor.html().match(/<tr>/g)?.length ?? 0
  expect(editor.html().match(/<th>/g)).toHaveLength(2)
  runTable(editor.tiptap, "row_after")
  expect(rows()).toBe(3)
  runTable(editor.tiptap, "column_delete")
  expect(editor.html().match(/<th>/g)).toHaveLength(1)
  runTable(editor.tiptap, "delete")
  expect(rows()).toBe(0)
})

test("a quotation is found over marks and blocks, and not when its words are gone", () => {
  const { doc } = open("<p>Clean the <strong>rim</strong> first.</p><p>Then ride.</p>").tiptap.state
  const place = findQuote(doc, "the rim  first. Then")
  expect(place && doc.textBetween(place.from, place.to, " ")).toBe("the rim first. Then")
  expect(findQuote(doc, "the hub")).toBeUndefined()
  expect(findQuote(doc, "")).toBeUndefined()
})

test("every thing that can be put in has its own name", () => {
  const names = inserts().map(({ id }) => id)
  expect(new Set(names).size).toBe(names.length)
})

test("what begins with the letters typed comes before what only holds them", () => {
  expect(insertsFor("block")[0]?.id).toBe("block")
  expect(insertsFor("h")[0]?.id).toBe("h2")
})

test.each([
  ["https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "youtube:dQw4w9WgXcQ"],
  ["https://youtu.be/dQw4w9WgXcQ?si=x", "youtube:dQw4w9WgXcQ"],
  ["https://www.youtube.com/shorts/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"],
  ["https://vimeo.com/channels/staff/76979871", "vimeo:76979871"],
  ["https://player.vimeo.com/video/76979871", "vimeo:76979871"],
  ["https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", ""],
  ["https://evil.example/youtube.com/watch?v=dQw4w9WgXcQ", ""],
  ["javascript:alert(1)", ""],
  ["not an address", ""],
])("the video at %s is %j", (address, at) => {
  expect(videoAt(address)).toBe(at)
})

test("Enter puts a described picture in, but not while a sign is still being written", async () => {
  HTMLDialogElement.prototype.showModal ??= () => undefined
  HTMLDialogElement.prototype.close ??= () => undefined
  const said: string[] = []
  askPicture("blob:x", undefined, ({ alt }) => {
    said.push(alt)
    return ""
  })
  const alt = document.querySelector<HTMLTextAreaElement>("dialog textarea")!
  alt.value = "A rim"
  alt.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))
  expect(said).toEqual([])
  alt.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))
  expect(said).toEqual(["A rim"])
  document.querySelector("dialog")?.remove()
})

test("what is no picture is told before it is described", () => {
  HTMLDialogElement.prototype.showModal ??= () => undefined
  askPicture("blob:x", undefined, () => "")
  document.querySelector("dialog img")!.dispatchEvent(new Event("error"))
  expect(document.querySelector("dialog [role=alert]")!.textContent).toContain("PNG")
  document.querySelector("dialog")?.remove()
})
