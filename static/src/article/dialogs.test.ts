import { expect, test, vi } from "vitest"
import { one, page } from "../testing/page"
import { askBlock } from "./dialogs"

const blocks = ["Opening hours", "Warranty", "Way to the menu"].map((name, at) => ({
  id: at + 1,
  name,
  html: `<p>${name}</p>`,
  missing: false,
}))

test("a block is found by typing and put in with Enter", () => {
  page("")
  HTMLDialogElement.prototype.showModal ??= vi.fn()
  HTMLDialogElement.prototype.close ??= vi.fn()
  const done = vi.fn()
  askBlock(blocks, done)
  const filter = one<HTMLInputElement>(".asking input")
  filter.value = "warr"
  filter.dispatchEvent(new Event("input"))
  filter.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }))
  expect(done).toHaveBeenCalledExactlyOnceWith(blocks[1])
})
