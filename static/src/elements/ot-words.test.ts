import { beforeEach, expect, test, vi } from "vitest"
import { one, page } from "../testing/page"
import "../composer/tiptap" // there already, so that nobody waits for it
import "./ot-words"

const WORDS = `<form><ot-words data-label="Words" data-placeholder="What the macro writes">
<div class="ed"><textarea name="words">&lt;p&gt;Hello&lt;/p&gt;</textarea></div>
<select class="adder"><option value="">Put in</option><option value="{{ticket.id}}">Number</option></select></ot-words></form>`

const area = () => one<HTMLTextAreaElement>("textarea")

beforeEach(() => {
  vi.spyOn(Selection.prototype, "collapseToEnd").mockImplementation(() => {}) // happy-dom has none in an editor
  page(WORDS)
})

function choose(value: string): void {
  const select = one<HTMLSelectElement>("select")
  select.value = value
  select.dispatchEvent(new Event("change", { bubbles: true }))
}

test("the words open in the editor, with its tools, and the textarea holds their HTML", async () => {
  await vi.waitFor(() => expect(one(".tiptap").textContent).toBe("Hello"))
  expect(area().hidden).toBe(true)
  expect(one(".tiptap").getAttribute("aria-label")).toBe("Words")
  expect(document.querySelectorAll(".tools button")).toHaveLength(4)
})

test("a placeholder is put in where the caret is, and the form hears of it once", async () => {
  await vi.waitFor(() => expect(one(".tiptap").textContent).toBe("Hello"))
  const heard = vi.fn()
  one("form").addEventListener("input", heard)
  one("form").addEventListener("change", heard)
  choose("{{ticket.id}}")
  expect(area().value).toBe("<p>Hello{{ticket.id}}</p>")
  expect(one<HTMLSelectElement>("select").value).toBe("")
  expect(heard).toHaveBeenCalledTimes(1)
})

test("before the editor has come the HTML itself is written", () => {
  area().setSelectionRange(8, 8)
  choose("{{ticket.id}}")
  expect(area().value).toBe("<p>Hello{{ticket.id}}</p>")
})
