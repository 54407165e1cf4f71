/* Says how many tickets have come in above what the reader of a list looks at ("3 new"), and leads there. */
import { button, icon } from "../../lib/dom"
import { plural } from "../../strings"

const SCROLLED = 40

export class Newcomers {
  private known = new Set<string>()
  private pill: HTMLButtonElement | undefined

  constructor(
    private readonly host: HTMLElement,
    private readonly scroller: () => HTMLElement,
    private readonly rows: () => HTMLElement[],
  ) {}

  listen(signal: AbortSignal): void {
    this.host.addEventListener("scroll", () => this.isScrolled || this.seeAll(), { signal, capture: true })
    signal.addEventListener("abort", () => this.pill?.remove())
    this.seeAll()
  }

  /** After any swap: rows may have come in. */
  refreshed(): void {
    const fresh = this.rows().filter(({ id }) => !this.known.has(id))
    if (this.isScrolled) this.show(fresh.filter((row) => this.isAbove(row)).length)
    else this.seeAll()
  }

  private get isScrolled(): boolean {
    return this.scroller().scrollTop > SCROLLED
  }

  private isAbove(row: HTMLElement): boolean {
    return row.getBoundingClientRect().bottom <= this.scroller().getBoundingClientRect().top + 1
  }

  private seeAll(): void {
    this.known = new Set(this.rows().map(({ id }) => id))
    this.pill?.remove()
    this.pill = undefined
  }

  private show(count: number): void {
    if (!count) return
    this.pill ??= button("newpill", "", () => this.toTop())
    this.pill.replaceChildren(icon("arrow-up", "xs"), plural("list.new", count))
    if (!this.pill.isConnected) this.host.append(this.pill)
  }

  private toTop(): void {
    this.scroller().scrollTo({ top: 0 })
    this.seeAll()
    this.rows()[0]?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true })
  }
}
