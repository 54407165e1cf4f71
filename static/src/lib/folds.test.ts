import { expect, test } from "vitest"
import { readCookie } from "./cookies"
import { keepFolds } from "./folds"
import { one, page } from "../testing/page"

test("an open fold stays open on the next page, a closed one closed", () => {
  keepFolds()
  page('<details id="views-2" data-fold><summary>4 more</summary></details>')
  const fold = one<HTMLDetailsElement>("details")
  fold.open = true
  fold.dispatchEvent(new Event("toggle"))
  expect(readCookie("folds")).toBe("views-2")
  fold.open = false
  fold.dispatchEvent(new Event("toggle"))
  expect(readCookie("folds")).toBe("")
})
