/*
 * <ot-list><div class="scroll"><ul id="tl" data-live="queue" …><li class="ti" id="t12"><input class="pick"><a href …>
 * The ticket list under the keyboard: j/k and arrows mark a row (a row whose link loads into the page opens after a
 * pause of 120 ms), Enter opens. The mark and the focus outlive a refresh, even when the row has moved; a list
 * that is scrolled down says how many tickets have come in above. Which rows are ticked is list/selection's affair.
 */
import type { HtmxRequestCtx } from "htmx.org"
import { button, closest, define, icon } from "../lib/dom"
import { isSingleKey } from "../lib/keys"
import { plural } from "../strings"
import { RowPeople } from "./list/people"
import { Selection } from "./list/selection"

const OPEN_AFTER = 120
const SCROLLED = 40

export class OtList extends HTMLElement {
  private listening: AbortController | undefined
  private openTimer: ReturnType<typeof setTimeout> | undefined
  private marked: string | undefined
  private wanted: HtmxRequestCtx | undefined
  private known = new Set<string>()
  private pill: HTMLButtonElement | undefined
  private selection: Selection | undefined
  private readonly people = new RowPeople(this)

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("htmx:after:swap", () => this.refreshed(), { signal })
    this.addEventListener("htmx:before:request", ({ detail }) => this.asked(detail.ctx), { signal })
    this.addEventListener("htmx:before:swap", (event) => this.answered(event), { signal })
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("focusin", (event) => this.focused(event), { signal })
    this.addEventListener("scroll", () => this.scrolled(), { signal, capture: true })
    this.marked = this.querySelector(".ti[aria-current]")?.id
    this.known = new Set(this.rows.map(({ id }) => id))
    this.selection = new Selection(this, () => this.current)
    this.selection.listen(signal)
    this.people.listen(signal)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearTimeout(this.openTimer)
    this.pill?.remove()
  }

  private get rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".ti[id]")]
  }

  private pressed(event: KeyboardEvent): void {
    if (this.selection?.pressed(event)) return event.preventDefault()
    if (!isSingleKey(event)) return
    const inside = event.target instanceof Node && this.contains(event.target)
    const onPage = event.target === document.body || inside
    const key = event.key
    if (key === "j" || (key === "ArrowDown" && onPage)) this.move(1)
    else if (key === "k" || (key === "ArrowUp" && onPage)) this.move(-1)
    else if (key === "J") this.extend(1)
    else if (key === "K") this.extend(-1)
    else if ((key === "o" || key === "Enter") && onPage && !closest(event, "a, button, input")) this.open(this.current)
    else return
    event.preventDefault()
  }

  private get current(): HTMLElement | undefined {
    return this.rows.find(({ id }) => id === this.marked)
  }

  private move(step: number, opens = true): void {
    const rows = this.rows
    const at = rows.findIndex(({ id }) => id === this.marked)
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]
    if (!next) return
    this.mark(next)
    const link = linkOf(next)
    link?.focus({ preventScroll: true })
    next.scrollIntoView({ block: "nearest" })
    clearTimeout(this.openTimer)
    if (opens && link?.hasAttribute("hx-get")) this.openTimer = setTimeout(() => link.click(), OPEN_AFTER)
  }

  private extend(step: number): void {
    this.selection?.add(this.current)
    this.move(step, false)
    this.selection?.add(this.current)
  }

  private mark(row: HTMLElement): void {
    this.marked = row.id
    this.showMark()
  }

  private showMark(): void {
    for (const row of this.rows) {
      if (row.id === this.marked) row.setAttribute("aria-current", "true")
      else row.removeAttribute("aria-current")
    }
  }

  private open(row: HTMLElement | undefined): void {
    if (row) linkOf(row)?.click()
  }

  private asked(request: HtmxRequestCtx): void {
    if (request.sourceElement.closest(".ti")) this.wanted = request
  }

  /** Walking fast asks for several tickets; a slow answer must not replace the one that is marked now. */
  private answered(event: CustomEvent<{ ctx: HtmxRequestCtx }>): void {
    const { ctx } = event.detail
    if (ctx.sourceElement.closest(".ti") && ctx !== this.wanted) event.preventDefault()
  }

  private clicked(event: Event): void {
    const row = closest(event, ".ti[id]")
    if (row && closest(event, "a")) this.mark(row)
  }

  private focused(event: Event): void {
    const row = closest(event, ".ti[id]")
    if (row && closest(event, "a") && this.marked === undefined) this.marked = row.id
  }

  /** After any swap: the morph has undone our mark, and rows may have come in above what the reader looks at. */
  private refreshed(): void {
    this.marked ??= this.querySelector(".ti[aria-current]")?.id
    this.showMark()
    this.selection?.refreshed()
    this.people.redraw()
    const fresh = this.rows.filter(({ id }) => !this.known.has(id))
    if (this.isScrolled) this.showPill(fresh.filter((row) => this.isAbove(row)).length)
    else this.seeAll()
  }

  private get scroller(): HTMLElement {
    return this.querySelector<HTMLElement>(".scroll") ?? this
  }

  private get isScrolled(): boolean {
    return this.scroller.scrollTop > SCROLLED
  }

  private isAbove(row: HTMLElement): boolean {
    return row.getBoundingClientRect().bottom <= this.scroller.getBoundingClientRect().top + 1
  }

  private scrolled(): void {
    if (!this.isScrolled) this.seeAll()
  }

  private seeAll(): void {
    this.known = new Set(this.rows.map(({ id }) => id))
    this.pill?.remove()
    this.pill = undefined
  }

  private showPill(count: number): void {
    if (!count) return
    this.pill ??= button("newpill", "", () => this.toTop())
    this.pill.replaceChildren(icon("arrow-up", "xs"), plural("list.new", count))
    if (!this.pill.isConnected) this.append(this.pill)
  }

  private toTop(): void {
    this.scroller.scrollTo({ top: 0 })
    this.seeAll()
    const [first] = this.rows
    if (first) linkOf(first)?.focus({ preventScroll: true })
  }
}

function linkOf(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector<HTMLAnchorElement>("a[href]")
}

define("ot-list", OtList)
