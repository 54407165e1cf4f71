import { expect, test } from "vitest"
import { announce } from "../lib/dom"
import { one, page } from "../testing/page"
import "./ot-presence"

const grace = { id: 2, name: "Grace Hopper", initials: "GH", hue: 25, typing: true }
const linus = { id: 3, name: "Linus Ek", initials: "LE", hue: 95, typing: false }
const me = { id: 1, name: "Ada", initials: "A", hue: 155, typing: true }

test("shows the others who look, never oneself, and only of this ticket", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="viewers"></ot-presence>')
  announce("ot:presence", { ticket: 12, people: [me, grace, linus] })
  announce("ot:presence", { ticket: 99, people: [] })
  expect(document.querySelectorAll(".av")).toHaveLength(2)
  expect(one(".stack").title).toBe("Grace Hopper and Linus Ek are looking at this ticket")
  announce("ot:presence", { ticket: 12, people: [me] })
  expect(one("ot-presence").children).toHaveLength(0)
})

test("says who is writing while they write", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="typing"></ot-presence>')
  announce("ot:presence", { ticket: 12, people: [me, grace, linus] })
  expect(one(".collide").textContent).toContain("Grace Hopper is writing")
  announce("ot:presence", { ticket: 12, people: [me, { ...grace, typing: false }] })
  expect(document.querySelector(".collide")).toBeNull()
})
