import { describe, expect, it } from "vitest"
import { clock, seconds, tick } from "./ticking"

describe("how long a call takes", () => {
  it("is written as minutes and seconds, with hours where there are some", () => {
    expect([0, 5, 65, 3_600, 36_061, -3].map((each) => clock(each))).toEqual([
      "0:00",
      "0:05",
      "1:05",
      "1:00:00",
      "10:01:01",
      "0:00",
    ])
  })

  it("is read back", () => {
    expect(["0:00", "4:05", "1:00:00", " 12:30 ", "4", "x"].map((each) => seconds(each))).toEqual([
      0,
      245,
      3_600,
      750,
      undefined,
      undefined,
    ])
  })

  it("counts wherever a page says since when", () => {
    document.body.innerHTML = `<time data-call-since="2026-11-22T10:00:00Z"></time><time data-call-since="?">–</time>`
    tick(Date.parse("2026-11-22T10:01:07Z"))
    expect([...document.querySelectorAll("time")].map((each) => each.textContent)).toEqual(["1:07", "–"])
  })
})
