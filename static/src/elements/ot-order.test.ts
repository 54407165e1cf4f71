import htmx from "htmx.org"
import { expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-order"

function build(url = ""): void {
  const items = ["a", "b", "c"].map(
    (name) =>
      `<div data-item id="${name}"${url && ` data-url="${url}${name}/"`}><span class="grip"></span>` +
      `<button type="button" data-step="-1" aria-label="up ${name}"></button>` +
      `<button type="button" data-step="1" aria-label="down ${name}"></button></div>`,
  )
  page(`<div id="shelves" data-live="views"><ot-order>${items.join("")}</ot-order></div>`)
}

const order = (): string => [...document.querySelectorAll("[data-item]")].map(({ id }) => id).join("")

test("buttons move an item by one and keep the focus; at the end nothing happens", () => {
  build()
  const changes: Event[] = []
  one("ot-order").addEventListener("change", (event) => changes.push(event))
  one("[aria-label='down a']").click()
  expect(order()).toBe("bac")
  expect(document.activeElement?.getAttribute("aria-label")).toBe("down a")
  one("[aria-label='up b']").click()
  expect(order()).toBe("bac")
  expect(changes).toHaveLength(1)
})

test("a dragged item goes where the pointer is, and its new place is posted", () => {
  const posted: unknown[] = []
  vi.spyOn(htmx, "ajax").mockImplementation((_method, url, options) => {
    posted.push([url, (options as { values: object }).values])
    return Promise.resolve()
  })
  build("/position/")
  document.querySelectorAll<HTMLElement>("[data-item]").forEach((item) => {
    item.getBoundingClientRect = () => {
      const at = [...document.querySelectorAll("[data-item]")].indexOf(item)
      return new DOMRect(0, at * 40, 200, 40)
    }
  })
  const drag = (name: string, y: number) =>
    one(name === "pointerdown" ? "#a .grip" : "ot-order").dispatchEvent(
      new PointerEvent(name, { bubbles: true, clientY: y, button: 0 }),
    )
  drag("pointerdown", 10)
  drag("pointermove", 70)
  drag("pointermove", 110)
  drag("pointerup", 110)
  expect(order()).toBe("bca")
  expect(posted).toEqual([["/position/a/", { place: "2" }]])
})

test("Alt and an arrow moves the item that has the focus; a list inside an item is none of its affair", () => {
  page(
    `<ot-order id="outer"><div data-item id="a"><a href="#" id="link">a</a></div><div data-item id="b">
       <ot-order><div data-item id="c"><a href="#" id="inner">c</a></div><div data-item id="d"></div></ot-order>
     </div></ot-order>`,
  )
  const alt = (id: string, key: string): void => {
    one(`#${id}`).focus()
    press(key, one(`#${id}`), { altKey: true })
  }
  alt("link", "ArrowDown")
  expect(order()).toBe("bcda")
  expect(document.activeElement?.id).toBe("link")
  alt("inner", "ArrowDown")
  expect(order()).toBe("bdca")
  press("ArrowUp", one("#link"))
  expect(order()).toBe("bdca")
})
