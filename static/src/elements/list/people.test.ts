import { beforeEach, expect, test } from "vitest"
import { hearPresence, hearPresences, type Person } from "../../live/people"
import { one, page } from "../../testing/page"
import "../ot-list"

const grace: Person = { id: 2, name: "Grace Hopper", initials: "GH", hue: 25, writing: "" }
const me: Person = { id: 1, name: "Ada", initials: "A", hue: 155, writing: "reply" }
const row = (id: number) =>
  `<li class="ti" id="t${id}" data-number="${id}"><a href="#${id}">Ticket <span class="marks"><i>!</i></span></a></li>`
const label = (id: number) => document.querySelector(`#t${id} .here`)?.getAttribute("aria-label")

beforeEach(() => {
  hearPresences([], undefined)
  page(`<ot-live data-me="1"></ot-live><ot-list><ul id="tl">${row(1)}${row(2)}</ul></ot-list>`)
})

test("a row shows who looks, then who writes its reply, and nobody in the end", () => {
  hearPresence({ ticket: 1, people: [me, grace], claim: 0 })
  expect(label(1)).toBe("Grace Hopper is looking at this ticket")
  hearPresence({ ticket: 1, people: [me, grace], claim: 2 })
  expect(label(1)).toBe("Grace Hopper is writing a reply")
  expect(document.querySelectorAll(".here")).toHaveLength(1)
  expect(one("#t1 .marks").firstElementChild?.className).toBe("here writing")
  hearPresence({ ticket: 1, people: [me], claim: 1 })
  expect(label(1)).toBeUndefined()
})

test("the marks outlive a morph of the list, and a snapshot clears who is gone", () => {
  hearPresence({ ticket: 2, people: [grace], claim: 0 })
  one("#tl").innerHTML = row(2) + row(1)
  document.dispatchEvent(new CustomEvent("htmx:after:swap"))
  expect(label(2)).toBe("Grace Hopper is looking at this ticket")
  hearPresences([{ ticket: 1, people: [grace], claim: 0 }], undefined)
  expect(label(2)).toBeUndefined()
  expect(label(1)).toBe("Grace Hopper is looking at this ticket")
})
