/*
 * <ot-week><div data-day><label for="…">Monday</label><div><input name="day_1" value="09:00–12:00, 13:00–17:00"></div></div>…</ot-week>
 * The hours of a week. Each day's text becomes pairs of time fields; the text stays what the form sends, so without
 * scripts it is typed. A day whose text is not understood keeps its text field, with the server's reason under it.
 */
import { define, h, icon } from "../lib/dom"
import { text } from "../strings"

type Interval = [start: string, end: string]
const INTERVAL = /^(\d{2}:\d{2})–(\d{2}:\d{2})$/

export class OtWeek extends HTMLElement {
  private days: Day[] = []

  connectedCallback(): void {
    if (this.days.length) return
    const rows = [...this.querySelectorAll<HTMLElement>("[data-day]")]
    this.days = rows.flatMap((row) => Day.in(row) ?? [])
    const [monday, ...others] = this.days
    if (!monday || this.days.length < 7) return
    const copy = h("button.btn.ghost.sm.copy", { type: "button" }, text("week.copy"))
    copy.addEventListener("click", () => others.slice(0, 4).forEach((day) => day.set(monday.intervals)))
    this.append(copy)
  }
}

class Day {
  private readonly spans = h("div.spans", { role: "group" })

  private constructor(
    private readonly input: HTMLInputElement,
    private readonly label: string,
  ) {
    this.spans.setAttribute("aria-label", label)
    input.hidden = true
    input.after(this.spans)
  }

  static in(row: HTMLElement): Day | undefined {
    const input = row.querySelector<HTMLInputElement>("input")
    const intervals = input && read(input.value)
    if (!input || !intervals || input.getAttribute("aria-invalid") === "true") return undefined
    const label = row.querySelector("label")
    const day = new Day(input, label?.textContent?.trim() ?? "")
    label?.removeAttribute("for")
    day.draw(intervals)
    return day
  }

  get intervals(): Interval[] {
    const fields = [...this.spans.querySelectorAll<HTMLInputElement>("input")].map((field) => field.value)
    return fields.flatMap((start, at): Interval[] => (at % 2 === 0 ? [[start, fields[at + 1] ?? ""]] : []))
  }

  set(intervals: Interval[]): void {
    this.draw(intervals)
    this.write()
  }

  private draw(intervals: Interval[]): void {
    const add = h("button.btn.ghost.icon.sm", { type: "button", "aria-label": text("week.add", { day: this.label }) })
    add.append(icon("plus", "sm"))
    add.addEventListener("click", () => this.added())
    const closed = intervals.length ? null : h("span.muted", {}, text("week.closed"))
    this.spans.replaceChildren(
      ...intervals.map((interval, at) => this.pair(interval, at)),
      ...(closed ? [closed] : []),
      add,
    )
  }

  private pair([start, end]: Interval, at: number): HTMLElement {
    const from = this.field(start, text("week.from", { day: this.label }))
    const to = this.field(end, text("week.to", { day: this.label }))
    const remove = h("button.btn.ghost.icon.sm", {
      type: "button",
      "aria-label": text("week.remove", { day: this.label }),
    })
    remove.append(icon("x", "sm"))
    remove.addEventListener("click", () => {
      this.set(this.intervals.filter((_interval, place) => place !== at))
      this.spans.querySelector<HTMLElement>("button:last-child")?.focus()
    })
    return h("span.span", {}, from, "–", to, remove)
  }

  private field(value: string, label: string): HTMLInputElement {
    const field = h("input.input", { type: "time", "aria-label": label, value: value === "24:00" ? "00:00" : value })
    field.addEventListener("change", (event) => {
      event.stopPropagation()
      this.write()
    })
    return field
  }

  /** After the last one, an hour later, for as long as there is room in the day. */
  private added(): void {
    const last = this.intervals.at(-1)?.[1]
    const start = last ? clock(Math.min(minutes(last) + 60, 1380)) : "09:00"
    this.set([...this.intervals, [start, last ? clock(Math.min(minutes(start) + 180, 1439)) : "17:00"]])
    const fields = this.spans.querySelectorAll("input")
    fields[fields.length - 2]?.focus()
  }

  private write(): void {
    this.input.value = this.intervals
      .filter(([start, end]) => start && end)
      .map(([start, end]) => `${start}–${end}`)
      .join(", ")
    this.input.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

function read(value: string): Interval[] | undefined {
  const parts = value.split(",").map((part) => part.trim())
  if (parts.length === 1 && parts[0] === "") return []
  const found = parts.map((part) => INTERVAL.exec(part))
  return found.every((match) => match) ? found.map((match) => [match?.[1] ?? "", match?.[2] ?? ""]) : undefined
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number)
  return hours * 60 + rest
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`
}

define("ot-week", OtWeek)
