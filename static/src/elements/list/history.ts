/*
 * The address bar and the list. Opening a ticket from the list is one step of history, walking on with j and k changes
 * that step instead of adding to it, and going back gives the list as it was: the same rows, place and mark, because
 * nothing but the ticket's panes is exchanged.
 */
import htmx from "../../lib/htmx"
import { listKey } from "./place"

interface List {
  /** The address the rows come from, if the list is there. */
  source(): string | undefined
  mark(ticket: string): void
}

export class ListHistory {
  private nothingOpen: { panes: Element; title: string } | undefined
  /** The step before this one is the list without a ticket. */
  private cameFromList = false
  private start = ""

  constructor(private readonly list: List) {}

  listen(signal: AbortSignal): void {
    const panes = document.getElementById("ticket")
    if (panes && !openTicket()) {
      this.nothingOpen = { panes: panes.cloneNode(true) as Element, title: document.title }
      this.start = location.pathname + location.search
    }
    document.addEventListener("htmx:before:history:restore", (event) => this.restoring(event as CustomEvent), {
      signal,
    })
  }

  /** How opening a ticket changes the history: a step from the list, none from one ticket to the next by key. */
  step(walking: boolean): "push" | "replace" {
    if (!openTicket()) this.cameFromList = true
    else if (!walking) this.cameFromList = false
    else return "replace"
    return "push"
  }

  /** Back to the list without a ticket. False when the page has to be loaded for it. */
  close(): boolean {
    if (!openTicket() || !this.empty) return false
    if (this.cameFromList) history.back()
    else {
      history.pushState({ htmx: true }, "", this.listAddress)
      this.showNothing()
    }
    return true
  }

  /** Where the list stands by itself, this page of it. */
  get listAddress(): string {
    const source = new URL(this.list.source() ?? "", location.href).searchParams
    const after = source.get("after")
    return `/agent/?${listKey(this.list.source())}${after ? `&after=${encodeURIComponent(after)}` : ""}`
  }

  /** Whether this address is the list that is shown; without parameters it is the list we started with. */
  private isList(url: URL): boolean {
    if (url.pathname !== "/agent/" || !this.empty) return false
    return url.pathname + url.search === this.start || listKey(url.search) === listKey(this.list.source())
  }

  private restoring(event: CustomEvent<{ path: string }>): void {
    const url = new URL(event.detail.path, location.href)
    if (!document.getElementById("ticket")) return
    if (this.isList(url)) {
      event.preventDefault()
      return this.showNothing()
    }
    const ticket = /^\/agent\/tickets\/(\d+)\/$/.exec(url.pathname)?.[1]
    if (!ticket || listKey(url.search) !== listKey(this.list.source())) return
    event.preventDefault()
    this.list.mark(ticket)
    void htmx.ajax("GET", url.pathname + url.search, { target: "#ticket", swap: "outerHTML" })
  }

  private get empty(): { panes: Element; title: string } | undefined {
    if (this.nothingOpen) return this.nothingOpen
    const found = document.getElementById("nothing-open")
    const panes = found instanceof HTMLTemplateElement ? found.content.firstElementChild : null
    return panes ? { panes, title: found?.dataset["title"] ?? document.title } : undefined
  }

  private showNothing(): void {
    const { empty } = this
    const panes = document.getElementById("ticket")
    if (!empty || !panes) return
    this.cameFromList = false
    panes.replaceWith(empty.panes.cloneNode(true))
    document.title = empty.title
    document.dispatchEvent(new CustomEvent("ot:closed"))
  }
}

export function openTicket(): string | undefined {
  return document.querySelector<HTMLElement>("#conv[data-ticket]")?.dataset["ticket"]
}
