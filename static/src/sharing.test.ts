import { expect, test } from "vitest"
import { selectedBeside, withWords } from "./sharing"

const PAGE = `<ol><li class="msg" id="m1"><p>It rattles when it multiplies.</p><a data-share href="/customers/feedback/share/?message=1">Share</a></li>
<li class="msg" id="m2"><p>Something else.</p><a data-share href="/customers/feedback/share/?message=2">Share</a></li></ol>`

function select(of: string, from: number, to: number): void {
  const words = document.querySelector(`${of} p`)?.firstChild as Text
  const range = document.createRange()
  range.setStart(words, from)
  range.setEnd(words, to)
  const selection = document.getSelection()
  selection?.removeAllRanges()
  selection?.addRange(range)
}

const link = (of: string) => document.querySelector(`${of} a`) as HTMLAnchorElement

test("only words of the same message are taken along", () => {
  document.body.innerHTML = PAGE
  select("#m1", 0, 10)
  expect(selectedBeside(link("#m1"))).toBe("It rattles")
  expect(selectedBeside(link("#m2"))).toBe("")
})

test("the address gets the words, and stays as it is without any", () => {
  expect(withWords("/customers/feedback/share/?message=1", " It rattles ")).toBe(
    "/customers/feedback/share/?message=1&words=It+rattles",
  )
  expect(withWords("/customers/feedback/share/?message=1", "")).toBe("/customers/feedback/share/?message=1")
})
