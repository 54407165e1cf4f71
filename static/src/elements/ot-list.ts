/*
 * <ot-list><div class="scroll"><div id="tl" data-live="queue" …><ul><li class="ti" id="t12" data-number="12"><a href …>
 * The ticket list under the keyboard: j/k and arrows mark a row and open it (a fast walk opens only where it stops),
 * `.` goes to the next one that waits for an answer, Enter opens, `[data-back]` closes the ticket. The mark and the focus
 * outlive a refresh, even when the row has moved; when it has gone, the walk goes on from where it was. The rest is in
 * list/: selection, newcomers ("3 new"), people (who is where), neighbours (fetched ahead), place and history.
 */
import type { HtmxRequestCtx } from "htmx.org"
import { announce, closest, define } from "../lib/dom"
import { isSingleKey, meantKey } from "../lib/keys"
import { text } from "../strings"
import { AfterSolve } from "./list/after-solve"
import { ListHistory, openTicket } from "./list/history"
import { Neighbours, verify } from "./list/neighbours"
import { Newcomers } from "./list/newcomers"
import { RowPeople } from "./list/people"
import { ListPlace } from "./list/place"
import { Selection } from "./list/selection"

/** htmx takes the function that fetches from here. */
type Opening = HtmxRequestCtx & { fetch?: () => Promise<Response> }

const OPEN_AFTER = 120
const FAST_WALK = 200

export class OtList extends HTMLElement {
  private listening: AbortController | undefined
  private openTimer: ReturnType<typeof setTimeout> | undefined
  private marked: string | undefined
  /** Where the marked row is, or was before it left the list. */
  private at = -1
  private pressedAt = -Infinity
  /** A key is held, or pressed again before a reader could have looked. */
  private fast = false
  private wanted: Opening | undefined
  private fromCache = false
  /** The ticket that was left with words in its composer: they are on their way to the server. */
  private leftWords: string | undefined
  private selection: Selection | undefined
  private readonly people = new RowPeople(this)
  private readonly neighbours = new Neighbours()
  private readonly newcomers = new Newcomers(
    this,
    () => this.scroller,
    () => this.rows,
  )
  private readonly afterSolve = new AfterSolve(this, {
    next: () => this.move(1),
    list: () => document.querySelector<HTMLElement>("a[data-back]")?.click(),
  })
  private readonly place = new ListPlace(
    this,
    () => this.scroller,
    () => this.marked,
  )
  private readonly history = new ListHistory({
    source: () => this.querySelector<HTMLElement>("[data-live-src]")?.dataset["liveSrc"],
    mark: (ticket) => this.markId(`t${ticket}`),
  })

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("htmx:after:swap", (event) => this.swapped(event), { signal })
    document.addEventListener("ot:closed", () => this.closed(), { signal })
    document.addEventListener("click", (event) => this.wentBack(event), { signal })
    this.addEventListener("htmx:before:request", ({ detail }) => this.asked(detail.ctx), { signal })
    this.addEventListener("htmx:before:swap", (event) => this.answered(event), { signal })
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("focusin", (event) => this.focused(event), { signal })
    this.addEventListener("scroll", () => this.place.remember(), { signal, capture: true })
    this.marked = this.querySelector(".ti[aria-current]")?.id
    this.selection = new Selection(this, () => this.current)
    this.selection.listen(signal)
    for (const part of [this.people, this.newcomers, this.neighbours, this.history, this.place, this.afterSolve])
      part.listen(signal)
    this.marked = this.place.restore() ?? this.marked
    this.showMark()
    this.afterSolve.refreshed()
    this.lookAhead()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearTimeout(this.openTimer)
  }

  private get rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".ti[id]")]
  }

  private get scroller(): HTMLElement {
    return this.querySelector<HTMLElement>(".scroll") ?? this
  }

  private pressed(event: KeyboardEvent): void {
    if (this.selection?.pressed(event)) return event.preventDefault()
    if (!isSingleKey(event)) return
    // By the time of the press, not of its handling: drawing a ticket may have kept it waiting.
    this.fast = event.repeat || event.timeStamp - this.pressedAt < FAST_WALK
    this.pressedAt = event.timeStamp
    const inside = event.target instanceof Node && this.contains(event.target)
    const onPage = event.target === document.body || inside
    const key = meantKey(event)
    if (key === "j" || (key === "ArrowDown" && onPage)) this.move(1)
    else if (key === "k" || (key === "ArrowUp" && onPage)) this.move(-1)
    else if (key === "J") this.extend(1)
    else if (key === "K") this.extend(-1)
    else if (key === ".") this.toNextWaiting()
    else if ((key === "o" || key === "Enter") && onPage && !closest(event, "a, button, input")) this.open(this.current)
    else return
    event.preventDefault()
  }

  // Walking

  private get current(): HTMLElement | undefined {
    return this.rows.find(({ id }) => id === this.marked)
  }

  /** The row `step` from the marked one; if that has left the list, from the gap it left. */
  private beside(step: number): HTMLElement | undefined {
    const rows = this.rows
    const at = rows.findIndex(({ id }) => id === this.marked)
    if (at >= 0) return rows[at + step]
    if (this.at < 0) return rows[step > 0 ? 0 : rows.length - 1]
    return rows[step > 0 ? this.at + step - 1 : this.at + step]
  }

  private move(step: number, opens = true): boolean {
    const next = this.beside(step)
    if (next) this.goTo(next, opens)
    return next !== undefined
  }

  private toNextWaiting(): void {
    const rows = this.rows
    const at = rows.findIndex(({ id }) => id === this.marked)
    const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].find((row) => row.matches(".unread"))
    if (next) this.goTo(next, true)
    else announce("ot:toast", { text: text("list.none_waiting") })
  }

  /** The first step opens at once; in a fast walk only the row where it stops is opened. */
  private goTo(row: HTMLElement, opens: boolean): void {
    const { fast } = this
    this.markId(row.id)
    const link = linkOf(row)
    link?.focus({ preventScroll: true })
    row.scrollIntoView({ block: "nearest" })
    clearTimeout(this.openTimer)
    if (!opens || !link?.hasAttribute("hx-get")) return
    if (fast) this.openTimer = setTimeout(() => link.click(), OPEN_AFTER)
    else link.click()
  }

  private extend(step: number): void {
    this.selection?.add(this.current)
    this.move(step, false)
    this.selection?.add(this.current)
  }

  private open(row: HTMLElement | undefined): void {
    if (row) linkOf(row)?.click()
  }

  private markId(id: string): void {
    this.marked = id
    this.showMark()
    this.place.remember()
  }

  private showMark(): void {
    for (const [at, row] of this.rows.entries()) {
      if (row.id !== this.marked) row.removeAttribute("aria-current")
      else {
        row.setAttribute("aria-current", "true")
        this.at = at
      }
    }
  }

  // Opening

  private asked(ctx: Opening): void {
    const row = ctx.sourceElement.closest<HTMLElement>(".ti")
    if (!row) return
    this.wanted = ctx
    this.leftWords = document.querySelector("ot-composer:not(.is-empty)") ? openTicket() : undefined
    const step = this.history.step(ctx.sourceEvent?.isTrusted === false)
    ctx.push = step === "push" && "true"
    ctx.replace = step === "replace" && "true"
    const html = this.neighbours.take(ctx.request.action)
    this.fromCache = html !== undefined
    if (html !== undefined) ctx.fetch = () => Promise.resolve(new Response(html))
  }

  /** Walking fast asks for several tickets; a slow answer must not replace the one that is marked now. */
  private answered(event: CustomEvent<{ ctx: HtmxRequestCtx }>): void {
    const { ctx } = event.detail
    if (ctx.sourceElement.closest(".ti") && ctx !== this.wanted) event.preventDefault()
  }

  private clicked(event: Event): void {
    const row = closest(event, ".ti[id]")
    if (!row || !closest(event, "a")) return
    this.markId(row.id)
  }

  private wentBack(event: Event): void {
    const back = closest<HTMLAnchorElement>(event, "a[data-back]")
    if (!back) return
    back.href = this.history.listAddress
    if (this.history.close()) event.preventDefault()
  }

  /** The list without a ticket: the focus goes back to the row that was read, or to the one that took its place. */
  private closed(): void {
    this.place.show()
    const row = this.current ?? this.rows[Math.max(0, Math.min(this.at, this.rows.length - 1))]
    if (row) this.markId(row.id)
    row?.scrollIntoView({ block: "nearest" })
    const focus = () => row && linkOf(row)?.focus({ preventScroll: true })
    focus()
    // When a step back has ended, browsers put the focus on the page unless it has moved meanwhile.
    void transitionEnd()?.then(focus)
  }

  private focused(event: Event): void {
    const row = closest(event, ".ti[id]")
    if (row && closest(event, "a") && this.marked === undefined) this.marked = row.id
  }

  // After a swap

  /** The morph has undone our marks, rows may have come in, or a ticket was drawn. */
  private swapped(event: CustomEvent<{ ctx?: HtmxRequestCtx }>): void {
    this.marked ??= this.querySelector(".ti[aria-current]")?.id
    this.marked = this.place.restore() ?? this.marked
    this.showMark()
    this.selection?.refreshed()
    this.people.redraw()
    this.newcomers.refreshed()
    this.afterSolve.refreshed()
    const opened = event.detail?.ctx
    if (opened && opened === this.wanted) this.drawn()
    else if (opened) this.lookAhead()
  }

  private drawn(): void {
    const ticket = openTicket()
    if (this.fromCache && ticket) void verify(ticket)
    this.fromCache = false
    this.lookAhead()
  }

  private lookAhead(): void {
    const links = [this.beside(1), this.beside(-1)].map((row) => row && linkOf(row))
    if (openTicket()) this.neighbours.prepare(links, this.leftWords)
  }
}

function transitionEnd(): Promise<unknown> | undefined {
  return (window as { navigation?: { transition?: { finished: Promise<unknown> } | null } }).navigation?.transition
    ?.finished
}

function linkOf(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector<HTMLAnchorElement>("a[href]")
}

define("ot-list", OtList)
