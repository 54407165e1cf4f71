/*
 * <ot-chart data-kind="line|bars|rows|heat" data-name="volume" data-title="…"><div class="plot"><svg …></div><details>table</details></ot-chart>
 * Reads single values of a chart: under the pointer, or by arrow keys once it has the focus (one stop of the Tab key).
 * Enter or a click opens the tickets behind a value; where there are several, it asks which. And takes charts away as
 * PNG, SVG or CSV. Everything it says stands in the table below the chart. Around a table alone: CSV of that.
 */
import { button, closest, define, h } from "../lib/dom"
import { text as t } from "../strings"
import { pictureOf, pngOf, save } from "./picture"
import { csvOf, readingAt, type Reading, type Readings, readingsOf } from "./readings"

const SVG = "http://www.w3.org/2000/svg"

export class OtChart extends HTMLElement {
  private listening: AbortController | undefined
  private readings: Readings = { all: [], across: 0 }
  private readonly tip = h("div.charttip", { hidden: true })
  private readonly spoken = h("p.sr", { "aria-live": "polite" })
  private readonly mark = document.createElementNS(SVG, "rect")
  private at = -1
  private isPinned = false

  connectedCallback(): void {
    const { plot, table } = this
    if (table && !plot) this.append(this.takeaway(table))
    if (!plot || !table) return
    this.readings = readingsOf(table, this.kind)
    this.listening = new AbortController()
    const { signal } = this.listening
    const picture = plot.querySelector("svg")
    picture?.setAttribute("tabindex", "0")
    picture?.setAttribute("aria-description", t("chart.hint"))
    plot.append(this.tip)
    this.append(this.spoken, this.takeaway(table))
    plot.addEventListener("pointermove", (event) => this.pointed(event), { signal })
    plot.addEventListener("pointerleave", () => this.isPinned || this.hide(), { signal })
    plot.addEventListener("click", (event) => this.clicked(event), { signal })
    plot.addEventListener("keydown", (event) => this.pressed(event), { signal })
    plot.addEventListener("focusout", (event) => this.left(event), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    for (const own of [this.tip, this.spoken, this.mark, this.querySelector(".takeaway")]) own?.remove()
  }

  private get kind(): string {
    return this.dataset["kind"] ?? "line"
  }

  private get plot(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".plot")
  }

  private get table(): HTMLTableElement | null {
    return this.querySelector("table")
  }

  private pointed(event: PointerEvent): void {
    if (this.isPinned || !this.plot) return
    const box = this.plot.getBoundingClientRect()
    const x = (100 * (event.clientX - box.left)) / box.width
    const y = (100 * (event.clientY - box.top)) / box.height
    if (x < 0 || x > 100 || y < 0 || y > 100) this.hide()
    else this.show(readingAt(this.readings, x, y))
  }

  private pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === "Escape" && !this.tip.hidden) this.putAway()
    else if (this.isPinned) return
    else if (event.key === "Enter" && this.at >= 0) this.open()
    else if (!this.move(event.key)) return
    event.preventDefault()
    event.stopPropagation() // single keys of the workspace are not meant
  }

  private move(key: string): boolean {
    const { all, across } = this.readings
    const down = this.kind === "heat" || this.kind === "rows" ? across : 0
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down }
    const step = steps[key]
    if (key === "Home" || (step && this.at < 0)) this.show(0)
    else if (key === "End") this.show(all.length - 1)
    else if (step) this.show(Math.max(0, Math.min(all.length - 1, this.at + step)))
    else return false
    const reading = all[this.at]
    this.spoken.textContent = reading ? inWords(reading) : ""
    return true
  }

  private clicked(event: Event): void {
    if (this.at >= 0 && !(event.target instanceof Element && event.target.closest("a"))) this.open()
  }

  /** The tickets behind the value; where several are at this place, their links to choose from. */
  private open(): void {
    const lines = this.readings.all[this.at]?.lines.filter((line) => line.link) ?? []
    if (lines.length === 1) location.assign(lines[0]?.link ?? "")
    if (lines.length < 2) return
    this.isPinned = true
    this.fill()
    this.tip.querySelector("a")?.focus()
  }

  private left(event: FocusEvent): void {
    if (!(event.relatedTarget instanceof Node && this.plot?.contains(event.relatedTarget))) this.hide()
  }

  private putAway(): void {
    this.hide()
    this.plot?.querySelector("svg")?.focus()
  }

  private show(at: number): void {
    this.at = at
    const reading = this.readings.all[at]
    if (!reading) return this.hide()
    this.tip.hidden = false
    this.fill()
    this.place(reading)
  }

  private fill(): void {
    const reading = this.readings.all[this.at]
    if (!reading) return
    const lines = reading.lines.map(({ name, text, link }) => {
      const parts = [h("bdi", {}, name), h("i", {}, text)]
      return this.isPinned && link ? h("a", { href: link }, ...parts) : h("span", {}, ...parts)
    })
    const canOpen = !this.isPinned && reading.lines.some((line) => line.link)
    this.tip.classList.toggle("pinned", this.isPinned)
    this.tip.replaceChildren(h("b", {}, reading.title), ...lines, ...(canOpen ? [h("small", {}, t("chart.open"))] : []))
  }

  private place({ x, y, width, height }: Reading): void {
    const { plot, tip, mark } = this
    if (!plot) return
    const css = this.kind === "heat" ? "mark around" : this.kind === "line" ? "mark upright" : "mark"
    const box = this.kind === "line" ? { x: x + width / 2, y, width: 0.001, height } : { x, y, width, height }
    mark.setAttribute("class", css)
    mark.setAttribute("data-mark", "")
    for (const [name, value] of Object.entries(box)) mark.setAttribute(name, `${value}%`)
    plot.querySelector("svg")?.append(mark)
    const middle = ((x + width / 2) / 100) * plot.clientWidth
    const left = middle + 14 + tip.offsetWidth <= plot.clientWidth ? middle + 14 : middle - 14 - tip.offsetWidth
    tip.style.left = `${Math.max(-24, left)}px`
    tip.style.top = `${Math.min((y / 100) * plot.clientHeight, plot.clientHeight - tip.offsetHeight)}px`
  }

  private hide(): void {
    this.at = -1
    this.isPinned = false
    this.tip.hidden = true
    this.mark.remove()
  }

  private takeaway(table: HTMLTableElement): HTMLElement {
    const name = this.dataset["name"] ?? "chart"
    const as = (kind: string, run: () => Promise<void> | void) => {
      const made = button("btn ghost sm", kind, () => void run())
      made.setAttribute("aria-label", t("chart.save", { title: this.title_, kind }))
      return made
    }
    const pictures = [
      as("PNG", async () => save(await pngOf(this.picture()), `${name}.png`)),
      as("SVG", () => save(new Blob([this.picture().source], { type: "image/svg+xml" }), `${name}.svg`)),
    ]
    const csv = as("CSV", () => save(new Blob([csvOf(table)], { type: "text/csv" }), `${name}.csv`))
    return h("div.takeaway", {}, ...(this.plot ? pictures : []), csv)
  }

  private get title_(): string {
    return this.dataset["title"] ?? ""
  }

  private picture() {
    const plot = this.plot
    if (!plot) throw new Error("a chart without a plot")
    this.hide()
    const keys = [...(this.closest("figure")?.querySelectorAll<HTMLElement>(".legend li") ?? [])].map((key) => {
      const sample = key.querySelector("line, rect")
      const style = sample ? getComputedStyle(sample) : undefined
      const colour = sample?.tagName === "line" ? style?.stroke : style?.fill
      return { name: key.textContent?.trim() ?? "", colour: colour ?? "" }
    })
    return pictureOf(plot, this.title_, keys)
  }
}

function inWords({ title, lines }: Reading): string {
  return `${title}: ${lines.map(({ name, text }) => `${name} ${text}`).join(", ")}`
}

document.addEventListener("click", (event) => closest(event, "[data-print]") && print())
// On a phone the reports are a row that scrolls: the one that is open should be seen.
document.querySelector(".rnav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" })
define("ot-chart", OtChart)
