/*
 * Macros after a "/" at the start of a line's words or after a space: a list above the field, chosen with the arrows and
 * Enter or Tab. The focus stays in the field; which one is active is told by aria-activedescendant.
 */
import { offersFor, rank, type Offer } from "../composer/macros/offers"
import { closest, h } from "../lib/dom"
import { Options } from "../lib/options"
import { plural, text } from "../strings"

const SHOWN = 8
const SIGN = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u

export interface SlashHost {
  readonly area: HTMLTextAreaElement
  readonly ticket: string
  readonly language: string
  use(macro: number): void
}

export class Slash {
  private readonly list = h("ul.menu.cslash", { role: "listbox", "aria-label": text("macro.menu"), hidden: true })
  private readonly said = h("span.sr", { role: "status" })
  private readonly options: Options
  private asked = 0

  constructor(
    private readonly host: SlashHost,
    place: Element,
  ) {
    this.list.id = `slash-${place.id || "list"}`
    place.append(this.list, this.said)
    this.options = new Options(host.area, () => [...this.list.querySelectorAll<HTMLElement>("[role=option]")], true)
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()) // the caret stays
    this.list.addEventListener("click", (event) => this.choose(closest(event, "[role=option]")))
  }

  get isOpen(): boolean {
    return !this.list.hidden
  }

  async look(): Promise<void> {
    const query = this.query
    const mine = ++this.asked
    if (query === undefined || !this.host.ticket) return this.close()
    const found = rank(await offersFor(this.host.ticket), query, this.host.language).slice(0, SHOWN)
    if (mine !== this.asked) return
    if (!found.length) return this.close()
    this.list.replaceChildren(...found.map(row))
    this.list.hidden = false
    this.host.area.setAttribute("aria-controls", this.list.id)
    this.options.activate(this.options.shown[0])
    this.said.textContent = plural("macro.found", found.length)
  }

  /** True when the key was the list's. */
  pressed(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.isComposing) return false
    if (event.key === "Escape") this.close()
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.options.current)
      this.choose(this.options.current)
    else if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false
    else return this.options.move(event)
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  close(): void {
    this.list.hidden = true
    this.said.textContent = ""
    this.options.activate(undefined)
    this.host.area.removeAttribute("aria-controls")
  }

  private choose(option: HTMLElement | null): void {
    if (!option) return
    const { area } = this.host
    const before = area.value.slice(0, area.selectionStart).replace(/\/[\p{L}\p{N}_-]*$/u, "")
    area.setRangeText(before, 0, area.selectionStart, "end")
    this.close()
    this.host.use(Number(option.dataset["value"]))
  }

  private get query(): string | undefined {
    const { area } = this.host
    return area.selectionStart === area.selectionEnd
      ? SIGN.exec(area.value.slice(0, area.selectionStart))?.[1]
      : undefined
  }
}

function row(offer: Offer): HTMLElement {
  const small = offer.folder ? h("small", {}, offer.folder) : null
  const title = h("span.grow.clip", { dir: "auto" }, offer.title, small)
  const key = offer.shortcut ? h("kbd", {}, `/${offer.shortcut}`) : null
  return h("li.mi", { role: "option", "aria-selected": "false", "data-value": offer.id }, title, key)
}
