/*
 * What fills the palette: entries of the page at once, suggestions of the server a moment later. What is there stays
 * where it is while more is on its way, and the marked entry stays marked, so that Enter does what the eye has read.
 */
import { closest, h, icon } from "../lib/dom"
import { request, type Failure } from "../lib/http"
import { keyCaps } from "../lib/keys"
import { Options } from "../lib/options"
import { text } from "../strings"
import type { PaletteParts } from "../elements/ot-palette"
import { goTo, LocalEntries, type Entry } from "./entries"

const PAUSE = 130
const SHORTEST = 2

interface Suggestion {
  label: string
  detail?: string
  url: string
  icon?: string
  group: string
}

export class Finder {
  private readonly local: LocalEntries
  private readonly options: Options
  private entries: Entry[] = []
  private found: Entry[] = []
  private asking: AbortController | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private trouble = ""
  private hasMoved = false

  constructor(
    private readonly palette: HTMLElement,
    private readonly parts: PaletteParts,
  ) {
    this.local = new LocalEntries(palette)
    this.options = new Options(parts.field, () => [...parts.list.querySelectorAll<HTMLElement>("[role=option]")], true)
  }

  start(): void {
    const { dialog, field } = this.parts
    field.addEventListener("input", () => this.typed())
    dialog.addEventListener("keydown", (event) => {
      if (this.options.move(event)) this.hasMoved = true
      else if (event.key === "Enter") this.run(this.options.current, event)
    })
    dialog.addEventListener("click", (event) => this.run(closest(event, "[role=option]"), event))
    dialog.addEventListener("pointermove", (event) => {
      const option = closest(event, "[role=option]")
      if (option) this.options.activate(option)
    })
    dialog.addEventListener("close", () => this.stop())
    this.typed()
  }

  private get query(): string {
    return this.parts.field.value.trim()
  }

  private typed(): void {
    this.stop()
    this.hasMoved = false
    if (this.query.length < SHORTEST || !this.palette.dataset["suggestUrl"]) this.found = []
    else this.timer = setTimeout(() => void this.ask(), PAUSE)
    this.draw()
  }

  private stop(): void {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.asking = undefined
  }

  private async ask(): Promise<void> {
    const asking = (this.asking = new AbortController())
    this.parts.list.setAttribute("aria-busy", "true")
    const url = `${this.palette.dataset["suggestUrl"]}?q=${encodeURIComponent(this.query)}`
    const outcome = await request(url, { signal: asking.signal })
    if (asking.signal.aborted) return
    this.parts.list.removeAttribute("aria-busy")
    this.trouble = outcome.ok ? "" : whatFailed(outcome.failure)
    this.found = outcome.ok ? readSuggestions(await outcome.response.json()) : []
    if (!asking.signal.aborted) this.draw()
  }

  private draw(): void {
    const marked = this.hasMoved ? this.entries[this.at(this.options.current)] : undefined
    const own = this.local.matching(this.query)
    const known = new Set(own.map(({ url }) => url).filter(Boolean))
    this.entries = [...own, ...this.found.filter(({ url }) => !known.has(url))]
    const { list } = this.parts
    list.replaceChildren(...rows(this.entries), ...(this.trouble ? [note(this.trouble)] : []))
    const same = this.entries.findIndex((entry) => entry.label === marked?.label && entry.group === marked?.group)
    this.options.activate(same >= 0 ? this.option(same) : this.options.shown[0])
  }

  private option(at: number): HTMLElement | undefined {
    return this.options.shown.find((option) => this.at(option) === at)
  }

  private at(option: HTMLElement | null | undefined): number {
    return Number(option?.dataset["at"] ?? -1)
  }

  private run(option: HTMLElement | null | undefined, { ctrlKey, metaKey }: KeyboardEvent | MouseEvent): void {
    const entry = this.entries[this.at(option)]
    if (!entry) return
    this.parts.dialog.close()
    entry.run(ctrlKey || metaKey)
  }
}

function whatFailed(failure: Failure): string {
  if (failure.kind === "offline" || failure.kind === "timeout") return text("palette.offline")
  return failure.kind === "expired" ? text("session.expired") : failure.message
}

/** Only places of ours: an address from elsewhere is not followed. */
function readSuggestions(answer: unknown): Entry[] {
  const { results } = answer as { results?: Suggestion[] }
  return (Array.isArray(results) ? results : [])
    .filter(({ url, label }) => typeof label === "string" && typeof url === "string" && /^\/(?!\/)/.test(url))
    .map(({ label, detail = "", url, icon: name = "", group = "" }) => goTo({ label, detail, url, icon: name, group }))
}

function rows(entries: readonly Entry[]): HTMLElement[] {
  if (!entries.length) return [note(text("palette.none"))]
  const byGroup = [...new Set(entries.map(({ group }) => group))]
  return byGroup.flatMap((group) => [
    note(group),
    ...entries.flatMap((entry, at) => (entry.group === group ? [row(entry, at)] : [])),
  ])
}

function note(words: string): HTMLElement {
  return h("li.grp", { role: "presentation" }, words)
}

function row({ label, detail, keys, icon: name, url }: Entry, at: number): HTMLElement {
  const hint = h("span.hint", { "aria-hidden": "true" }, ...keyCaps(keys).map((cap) => h("kbd", {}, cap)))
  const more = url && detail && detail !== label ? h("small.clip", { dir: "auto" }, detail) : null
  return h(
    "li",
    { role: "option", "aria-selected": "false", id: `palette-${at}`, "data-at": at },
    icon(name || "chevron-right"),
    h("span.clip", { dir: "auto" }, label),
    more,
    hint,
  )
}
