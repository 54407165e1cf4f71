import { beforeEach, expect, test } from "vitest"
import { page } from "../testing/page"
import "./ot-week"

const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

function week(hours: string[]): void {
  page(
    `<form><ot-week>${NAMES.map(
      (name, at) =>
        `<div data-day><label for="d${at}">${name}</label><div><input id="d${at}" name="d${at}" value="${hours[at] ?? ""}"></div></div>`,
    ).join("")}</ot-week></form>`,
  )
}

const input = (at: number): HTMLInputElement => document.querySelector(`[name=d${at}]`) as HTMLInputElement
const row = (at: number): HTMLElement => document.querySelectorAll<HTMLElement>("[data-day]")[at] as HTMLElement
const times = (at: number): HTMLInputElement[] => [...row(at).querySelectorAll<HTMLInputElement>("input[type=time]")]

beforeEach(() => week(["09:00–12:00, 13:00–17:00", "22:00–06:00", "00:00–24:00"]))

test("hours become time fields, and the text follows them", () => {
  expect(times(0).map((field) => field.value)).toEqual(["09:00", "12:00", "13:00", "17:00"])
  expect(input(0).hidden).toBe(true)
  expect(times(5)).toEqual([])
  expect(row(5).textContent).toContain("Closed")
  const heard: string[] = []
  document
    .querySelector("form")
    ?.addEventListener("change", (event) => heard.push((event.target as HTMLInputElement).name))
  const end = times(0)[3] as HTMLInputElement
  end.value = "18:30"
  end.dispatchEvent(new Event("change", { bubbles: true }))
  expect(input(0).value).toBe("09:00–12:00, 13:00–18:30")
  expect(heard).toEqual(["d0"])
})

test("an interval is added after the last one and removed again, by buttons with names", () => {
  row(0).querySelector<HTMLElement>("[aria-label='Add hours on Monday']")?.click()
  expect(input(0).value).toBe("09:00–12:00, 13:00–17:00, 18:00–21:00")
  expect(document.activeElement).toBe(times(0)[4])
  row(0).querySelectorAll<HTMLElement>("[aria-label='Remove these hours of Monday']")[1]?.click()
  expect(input(0).value).toBe("09:00–12:00, 18:00–21:00")
  row(6).querySelector<HTMLElement>("[aria-label='Add hours on Sunday']")?.click()
  expect(input(6).value).toBe("09:00–17:00")
})

test("a whole day ends at midnight", () => {
  expect(times(2).map((field) => field.value)).toEqual(["00:00", "00:00"])
})

test("Monday is copied to the other working days", () => {
  document.querySelector<HTMLElement>(".copy")?.click()
  expect([1, 2, 3, 4, 5, 6].map((at) => input(at).value)).toEqual([
    ...Array(4).fill("09:00–12:00, 13:00–17:00"),
    "",
    "",
  ])
})

test("what is not understood stays a text field", () => {
  week(["nine to five"])
  expect(input(0).hidden).toBe(false)
  expect(times(0)).toEqual([])
  expect(document.querySelector(".copy")).toBeNull()
})
