/*
 * Which tickets of the list are selected: kept by number, so that the selection outlives live refreshes and paging
 * ("Older tickets"), and forgotten when the list becomes another one (another view or filter).
 * Keys: x ticks, Shift J/K goes on ticking (ot-list moves), Ctrl-A takes the page, Esc lets go. Shift and a click takes
 * a range. Dispatches: ot:selection (see `Selected`). Hears: ot:select {whole} or {clear} from the bar.
 */
import { announce, closest } from "../../lib/dom"
import { isSingleKey, meantKey } from "../../lib/keys"

export interface Selected {
  ids: string[]
  /** Every ticket of the list, also those on other pages. */
  whole: boolean
  /** The parameters that make this list, without the place in it. */
  list: string
  /** Every row of this page is selected, and there are other pages. */
  page: boolean
}

const PLACE = ["after", "current", "plain", "sort", "group", "layout"]

export class Selection {
  private readonly ids = new Set<string>()
  private whole = false
  private anchor: string | undefined
  private list: string
  private said = ""

  constructor(
    private readonly host: HTMLElement,
    private readonly current: () => HTMLElement | undefined,
  ) {
    this.list = this.parameters()
    for (const { value } of this.boxes.filter(({ checked }) => checked)) this.ids.add(value)
  }

  listen(signal: AbortSignal): void {
    this.host.addEventListener("click", (event) => this.clicked(event), { signal })
    this.host.addEventListener("change", (event) => this.changed(event), { signal })
    document.addEventListener("ot:select", (event) => this.told(event as CustomEvent), { signal })
  }

  /** True when the key was one of ours. */
  pressed(event: KeyboardEvent): boolean {
    if (event.key === "a" && (event.ctrlKey || event.metaKey) && this.mayTakeAll(event)) return this.takePage()
    if (event.key === "Escape" && this.mayLetGo(event)) return this.clear()
    if (meantKey(event) !== "x" || !isSingleKey(event)) return false
    this.toggle(this.current())
    return true
  }

  /** Takes `row` too; a range starts or goes on from it. */
  add(row: HTMLElement | undefined): void {
    const box = boxOf(row)
    if (!box) return
    this.put(box.value, true)
    this.anchor = box.value
    this.show()
  }

  /** After any swap: the morph has put the server's unticked boxes back, or it is another list. */
  refreshed(): void {
    const list = this.parameters()
    if (list !== this.list) this.forget()
    this.list = list
    this.show()
  }

  private get boxes(): HTMLInputElement[] {
    return [...this.host.querySelectorAll<HTMLInputElement>(".ti input.pick")]
  }

  private parameters(): string {
    const source = this.host.querySelector<HTMLElement>("[data-live-src]")?.dataset["liveSrc"]
    const parameters = new URL(source ?? "", location.href).searchParams
    for (const name of PLACE) parameters.delete(name)
    return source ? parameters.toString() : this.list
  }

  private mayTakeAll(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.shiftKey || event.altKey || !this.boxes.length) return false
    const target = event.target
    const inList = target instanceof HTMLElement && this.host.contains(target) && !isField(target)
    return inList || target === document.body
  }

  private mayLetGo(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || (!this.ids.size && !this.whole)) return false
    if (document.querySelector("dialog[open], :popover-open") || document.documentElement.dataset["drawer"])
      return false
    return !(event.target instanceof HTMLElement && isField(event.target))
  }

  private toggle(row: HTMLElement | undefined): void {
    const box = boxOf(row)
    if (!box) return
    this.put(box.value, !box.checked)
    this.anchor = box.value
    this.show()
  }

  /** A click on a box has ticked it already; with Shift everything between the last one and this goes the same way. */
  private clicked(event: MouseEvent): void {
    const box = closest<HTMLInputElement>(event, "input.pick")
    if (!box) return
    const values = this.boxes.map(({ value }) => value)
    const from = this.anchor === undefined ? -1 : values.indexOf(this.anchor)
    const to = values.indexOf(box.value)
    this.anchor = box.value
    if (!event.shiftKey || from < 0) return
    for (const value of values.slice(Math.min(from, to), Math.max(from, to) + 1)) this.put(value, box.checked)
    this.show()
  }

  private changed(event: Event): void {
    const box = closest<HTMLInputElement>(event, "input.pick")
    if (!box) return
    this.put(box.value, box.checked)
    this.show()
  }

  private put(id: string, on: boolean): void {
    if (this.whole && !on) {
      this.whole = false
      for (const { value } of this.boxes) this.ids.add(value)
    }
    if (on) this.ids.add(id)
    else this.ids.delete(id)
  }

  private takePage(): true {
    for (const { value } of this.boxes) this.ids.add(value)
    this.show()
    return true
  }

  private clear(): true {
    this.forget()
    this.show()
    return true
  }

  private forget(): void {
    this.ids.clear()
    this.whole = false
    this.anchor = undefined
  }

  private told(event: CustomEvent<{ whole?: boolean; page?: boolean; clear?: boolean }>): void {
    if (event.detail.clear) this.forget()
    if (event.detail.page) this.takePage()
    if (event.detail.whole) this.whole = true
    this.show()
  }

  private show(): void {
    const boxes = this.boxes
    for (const box of boxes) {
      box.checked = this.whole || this.ids.has(box.value)
      box.closest(".ti")?.classList.toggle("is-picked", box.checked)
    }
    const selected: Selected = {
      ids: [...this.ids],
      whole: this.whole,
      list: this.list,
      page: boxes.length > 0 && boxes.every(({ checked }) => checked) && this.hasOtherPages,
    }
    const saying = JSON.stringify(selected)
    if (saying === this.said) return
    this.said = saying
    this.host.toggleAttribute("data-selecting", this.whole || this.ids.size > 0)
    announce("ot:selection", selected)
  }

  private get hasOtherPages(): boolean {
    return this.host.querySelector(".lmore") !== null
  }
}

function boxOf(row: HTMLElement | undefined): HTMLInputElement | null {
  return row?.querySelector<HTMLInputElement>("input.pick") ?? null
}

function isField(element: HTMLElement): boolean {
  return element.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]")
}
