import { expect, test } from "vitest"
import { one, page } from "../testing/page"
import { shortAge, updateAges } from "./ages"

const now = new Date(2026, 10, 21, 15, 0, 0)
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

test.each([
  [0.2, "now"],
  [1, "1m"],
  [42, "42m"],
  [61, "1h"],
  [14 * 60, "14h"],
])("%d minutes ago is %s", (minutes, age) => expect(shortAge(before(minutes), now)).toBe(age))

test("five hours across midnight are hours, yesterday's morning is the server's word", () => {
  expect(shortAge(new Date(2026, 10, 20, 22, 0), new Date(2026, 10, 21, 3, 0))).toBe("5h")
  expect(shortAge(before(30 * 60), now)).toBeUndefined()
})

test("ages on the page move on; clock times and old days are left alone", () => {
  page(`<time id="a" data-style="age" datetime="${before(3).toISOString()}">1m</time><time id="b" data-style="clock" datetime="${before(3).toISOString()}">14:57</time>
    <time id="c" data-style="age" datetime="${before(9_000).toISOString()}">15 Nov</time>`)
  updateAges(now)
  expect(["#a", "#b", "#c"].map((id) => one(id).textContent)).toEqual(["3m", "14:57", "15 Nov"])
})

test("an age that becomes a day here is written as the server writes days", () => {
  page(`<time id="a" data-style="age" datetime="${before(3).toISOString()}">3m</time>`)
  updateAges(now)
  updateAges(new Date(2026, 10, 23, 15, 0))
  expect(one("#a").textContent).toBe("21 Nov")
})
