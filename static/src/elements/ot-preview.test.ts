import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import "./ot-preview"

const link = (name: string) => one<HTMLAnchorElement>(`[data-preview][href*="${name}"]`)
const title = () => one("dialog h2").textContent

async function open(name: string): Promise<HTMLDialogElement> {
  link(name).focus()
  link(name).click()
  await vi.waitFor(() => one("dialog.viewer"))
  return one<HTMLDialogElement>("dialog.viewer")
}

beforeEach(() => {
  page(`<ol class="thread"><ot-preview><a href="/f/1/sole.png" data-preview="image" id="a"><bdi>sole.png</bdi></a>
    <a href="/f/2/data.zip" id="z"><bdi>data.zip</bdi></a></ot-preview>
    <ot-preview><a href="/f/3/bill.pdf" data-preview="pdf"><bdi>bill.pdf</bdi></a>
    <a href="/f/4/log.txt" data-preview="text"><bdi>log.txt</bdi></a></ot-preview></ol>`)
})

afterEach(() => document.querySelector("dialog")?.remove())

test("a picture opens in place with its name, its download and a description", async () => {
  const dialog = await open("sole.png")
  expect(dialog.open).toBe(true)
  expect(title()).toBe("sole.png")
  expect(one("dialog img").getAttribute("alt")).toBe("sole.png")
  expect(one<HTMLAnchorElement>("dialog a[download]").getAttribute("download")).toBe("sole.png")
})

test("arrows go round through all files of the conversation, and the focus returns to the last one", async () => {
  const dialog = await open("sole.png")
  press("ArrowRight", dialog)
  expect([title(), one("dialog .place").textContent]).toEqual(["bill.pdf", "2 of 3"])
  press("ArrowLeft", dialog)
  press("ArrowLeft", dialog)
  expect(title()).toBe("log.txt")
  dialog.close()
  expect(document.querySelector("dialog")).toBeNull()
  expect(document.activeElement).toBe(link("log.txt"))
})

test("a PDF has the browser's viewer in a frame, or a way to download it where there is none", async () => {
  const dialog = await open("bill.pdf")
  expect(one("dialog iframe").getAttribute("title")).toBe("bill.pdf")
  dialog.close()
  Object.defineProperty(navigator, "pdfViewerEnabled", { value: false, configurable: true })
  await open("bill.pdf")
  expect(document.querySelector("dialog iframe")).toBeNull()
  expect(one("dialog .empty a").getAttribute("href")).toContain("/f/3/bill.pdf")
})

test("of a text the beginning is fetched and stays text", async () => {
  const sent = serve({ html: "<b>not bold</b>", headers: { "Content-Range": "bytes 0-199999/500000" } })
  await open("log.txt")
  await vi.waitFor(() => expect(one("dialog pre").textContent).toBe("<b>not bold</b>"))
  expect(sent[0]?.headers.get("Range")).toBe("bytes=0-199999")
  expect(one("dialog .cut").textContent).not.toBe("")
})

test("a text that does not load, and a picture that is none, say so", async () => {
  serve(new TypeError("offline"))
  const dialog = await open("log.txt")
  await vi.waitFor(() => one("dialog .empty"))
  press("ArrowRight", dialog)
  one("dialog img").dispatchEvent(new Event("error"))
  expect(one("dialog .empty p").textContent).not.toBe("")
})

test("a click that wants a new tab, and a file of another kind, stay links", () => {
  const events = [
    new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }),
    new MouseEvent("click", { bubbles: true, cancelable: true }),
  ]
  document.addEventListener("click", (event) => event.preventDefault(), { once: false })
  link("sole.png").dispatchEvent(events[0]!)
  one("#z").dispatchEvent(events[1]!)
  expect(document.querySelector("dialog")).toBeNull()
})
