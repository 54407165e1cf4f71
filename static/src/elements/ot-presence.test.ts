import { beforeEach, expect, test } from "vitest"
import { heard, one, page } from "../testing/page"
import "./ot-presence"

import { hearPresence, type Person } from "../live/people"

const grace: Person = { id: 2, name: "Grace Hopper", initials: "GH", hue: 25, writing: "reply" }
const linus: Person = { id: 3, name: "Linus Ek", initials: "LE", hue: 95, writing: "" }
const me: Person = { id: 1, name: "Ada", initials: "A", hue: 155, writing: "reply" }
const at = (people: Person[], claim = 0, ticket = 12) => hearPresence({ ticket, people, claim })
const bar = () => document.querySelector(".collide")

beforeEach(() => at([]))

test("shows the others who look, never oneself, and only of this ticket", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="viewers"></ot-presence>')
  at([me, grace, linus])
  at([], 0, 99)
  expect(document.querySelectorAll(".av")).toHaveLength(2)
  expect(one(".stack").title).toBe("Grace Hopper and Linus Ek are looking at this ticket")
  at([me])
  expect(one("ot-presence").children).toHaveLength(0)
})

test("says who is writing while they write, and knows it from the start", () => {
  at([me, { ...grace, writing: "note" }, linus])
  page('<ot-presence data-ticket="12" data-me="1" data-show="typing"></ot-presence>')
  expect(bar()?.textContent).toContain("Grace Hopper is writing a note")
  at([me, { ...grace, writing: "" }])
  expect(bar()).toBeNull()
})

test("somebody else's reply is theirs while they pause, and can be taken over", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="typing" data-may-reply></ot-presence>')
  const taken = heard("ot:take")
  at([me, grace], 2)
  expect(one(".typing").hidden).toBe(false)
  at([me, { ...grace, writing: "" }], 2)
  expect(bar()?.textContent).toContain("Grace Hopper is writing a reply")
  expect(one(".typing").hidden).toBe(true)
  one(".collide button").click()
  expect(taken).toEqual([{ ticket: 12 }])
  at([me, grace], 1)
  expect(bar()?.textContent).toContain("Grace Hopper is writing a reply")
  expect(document.querySelector(".collide button")).toBeNull()
})

test("who loses the reply to another is told so until they wave it away; one that just ended is no loss", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="typing"></ot-presence>')
  at([me, grace], 1)
  at([me, grace], 2)
  expect(bar()?.textContent).toContain("Grace Hopper took over. Your words are kept.")
  at([me, { ...grace, writing: "" }], 2)
  expect(bar()?.textContent).toContain("took over")
  one(".collide button").click()
  expect(bar()?.textContent).toContain("Grace Hopper is writing a reply")
  at([me], 1)
  at([me, grace], 0)
  at([me, grace], 2)
  expect(bar()?.textContent).not.toContain("took over")
})

test("those who may only write notes are offered nothing to take", () => {
  page('<ot-presence data-ticket="12" data-me="1" data-show="typing"></ot-presence>')
  at([me, grace], 2)
  expect(document.querySelector(".collide button")).toBeNull()
})
