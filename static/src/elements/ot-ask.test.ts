import { afterEach, expect, test } from "vitest"
import "./ot-ask"

function shown(): HTMLDialogElement {
  document.body.innerHTML = `<ot-ask><dialog></dialog></ot-ask>`
  const dialog = document.querySelector("dialog")!
  dialog.showModal = () => dialog.setAttribute("open", "")
  dialog.close = () => {
    dialog.removeAttribute("open")
    dialog.dispatchEvent(new Event("close"))
  }
  return dialog
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

afterEach(() => document.body.replaceChildren())

test("it opens when something is put into it, and closes when that is gone", async () => {
  const dialog = shown()
  dialog.innerHTML = "<h2>Refund</h2>"
  await settled()
  expect(dialog.open).toBe(true)
  dialog.replaceChildren()
  await settled()
  expect(dialog.open).toBe(false)
})

test("a link that closes leads nowhere, and nothing is left for the next time", async () => {
  const dialog = shown()
  dialog.innerHTML = `<a href="/elsewhere/" data-close><svg></svg></a>`
  await settled()
  const click = new MouseEvent("click", { bubbles: true, cancelable: true })
  dialog.querySelector("svg")!.dispatchEvent(click)
  expect(click.defaultPrevented).toBe(true)
  expect(dialog.open).toBe(false)
  expect(dialog.childElementCount).toBe(0)
})
