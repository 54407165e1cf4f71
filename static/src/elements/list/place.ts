/*
 * Where the reader was in each list: how far down, on which page, at which row. Kept for this tab, and taken up again
 * after a reload and on the way back; a list that is opened anew begins at its top.
 */
import { refreshFragment } from "../../live/fragments"

const PREFIX = "ot:place:"
const SAVED_AFTER = 150

interface Place {
  top: number
  after: string
  mark?: string | undefined
}

/** What makes a list this list: its parameters without the place in it. */
export function listKey(address: string | undefined): string {
  const { searchParams } = new URL(address ?? "", location.href)
  for (const name of ["after", "current", "plain"]) searchParams.delete(name)
  for (const [name, value] of [...searchParams]) if (!value) searchParams.delete(name)
  searchParams.sort()
  return searchParams.toString()
}

export class ListPlace {
  private timer: ReturnType<typeof setTimeout> | undefined
  private waiting: Place | undefined

  constructor(
    private readonly host: HTMLElement,
    private readonly scroller: () => HTMLElement,
    private readonly mark: () => string | undefined,
  ) {}

  listen(signal: AbortSignal): void {
    if (isReturn()) this.waiting = read(this.key)
    addEventListener("pagehide", () => this.save(), { signal })
  }

  /** Soon, because it is asked for on every move. */
  remember(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), SAVED_AFTER)
  }

  /** Go where the reader was, once the rows are there; the right page is fetched first. Says which row was marked. */
  restore(): string | undefined {
    const place = this.waiting
    const list = this.list
    if (!place || !list || !this.host.querySelector(".ti")) return undefined
    const source = new URL(list.dataset["liveSrc"] ?? "", location.href)
    if ((source.searchParams.get("after") ?? "") !== place.after && list.dataset["placed"] === undefined) {
      source.searchParams.set("after", place.after)
      list.dataset["placed"] = ""
      list.dataset["liveSrc"] = source.pathname + source.search
      refreshFragment(list.id)
      return undefined
    }
    this.waiting = undefined
    this.scroller().scrollTop = place.top
    return place.mark
  }

  /** The list is drawn again after a time without; browsers differ in whether they keep its place. */
  show(): void {
    const top = read(this.key)?.top ?? 0
    if (!this.scroller().scrollTop) this.scroller().scrollTop = top
  }

  private save(): void {
    clearTimeout(this.timer)
    if (this.waiting || !this.list) return
    const after = new URL(this.list.dataset["liveSrc"] ?? "", location.href).searchParams.get("after") ?? ""
    // A list that is not drawn (one pane, and a ticket in it) has no place to tell: the last one holds.
    const top = this.host.checkVisibility?.() === false ? (read(this.key)?.top ?? 0) : this.scroller().scrollTop
    write(this.key, { top, after, mark: this.mark() })
  }

  private get list(): HTMLElement | null {
    return this.host.querySelector<HTMLElement>("[data-live-src][id]")
  }

  private get key(): string {
    return PREFIX + listKey(this.list?.dataset["liveSrc"])
  }
}

function isReturn(): boolean {
  const [entry] = performance.getEntriesByType?.("navigation") ?? []
  return ["reload", "back_forward"].includes((entry as PerformanceNavigationTiming | undefined)?.type ?? "")
}

function read(key: string): Place | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? undefined
  } catch (error) {
    console.warn("the place in the list could not be read", error)
    return undefined
  }
}

function write(key: string, place: Place): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(place))
  } catch (error) {
    console.warn("the place in the list could not be kept", error)
  }
}
