/*
 * <ot-bell><a id="bell" href="/agent/notifications/" data-live="user:5" data-live-src="…/bell/"
 *   [data-unread="3" data-tickets="1042 1043" data-newest="912" data-kind="mention" data-ticket="1042" data-href data-say]>
 * The bell in the sidebar. Fetches its count once the page is there (so that no page waits for it), then whenever the
 * person's topic changes; opens the newest notifications at the bell; says that those of the ticket in view were read;
 * and tells of a mention in passing while its reader is elsewhere. Without scripts the bell is a link to the page.
 */
import htmx from "htmx.org"
import { announce, closest, define, h } from "../lib/dom"
import { request } from "../lib/http"
import { followAnchor } from "../lib/popover"
import { readLocal, writeLocal } from "../lib/storage"
import { refreshFragment } from "../live/fragments"
import { text } from "../strings"

const READING = "/agent/notifications/reading/"
const PANEL = "/agent/notifications/?panel=1"
const TOLD = "ot.bell"
const LOUD = ["mention", "not_sent"]

export class OtBell extends HTMLElement {
  private listening: AbortController | undefined
  private panel: HTMLElement | undefined
  private unfollow: (() => void) | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    document.addEventListener("submit", (event) => this.submitted(event), { signal })
    document.addEventListener("ot:refreshed", (event) => this.refreshed(event as CustomEvent), { signal })
    document.addEventListener("htmx:after:swap", () => this.read(), { signal })
    document.addEventListener("visibilitychange", () => this.read(), { signal })
    if (this.bell && this.bell.dataset["unread"] === undefined) refreshFragment("bell")
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.unfollow?.()
    this.panel?.remove()
    this.panel = undefined
  }

  private refreshed({ detail: { id } }: CustomEvent<{ id: string }>): void {
    if (id !== "bell") return
    this.tell()
    this.read()
    if (this.panel?.matches(":popover-open")) void this.fill(this.panel)
  }

  /** What rang since this browser was last told, unless its ticket is in view; the tab in front tells it. */
  private tell(): void {
    const { newest = "0", kind = "", ticket, href, say } = this.bell?.dataset ?? {}
    if (document.visibilityState !== "visible") return
    const before = readLocal<number>(TOLD)
    const isNew = before !== undefined && Number(newest) > before
    if (isNew || before === undefined) writeLocal(TOLD, Number(newest))
    if (!isNew || !say || !LOUD.includes(kind) || ticket === this.inView) return
    announce("ot:toast", { text: say, tone: "violet", href, label: text("bell.open"), seconds: 10 })
  }

  /** The ticket in front of the reader has been read. */
  private read(): void {
    const ticket = this.inView
    const waiting = (this.bell?.dataset["tickets"] ?? "").split(" ")
    if (!ticket || document.visibilityState !== "visible" || !waiting.includes(ticket)) return
    this.bell!.dataset["tickets"] = waiting.filter((number) => number !== ticket).join(" ")
    void this.mark(new URLSearchParams({ ticket }))
  }

  private async mark(body: URLSearchParams | FormData): Promise<void> {
    const outcome = await request(READING, { method: "POST", body })
    if (outcome.ok) {
      refreshFragment("bell")
      refreshFragment("told")
    } else if (outcome.failure.kind !== "expired") {
      announce("ot:toast", { text: (outcome.failure as { message: string }).message, tone: "red" })
    }
  }

  private submitted(event: SubmitEvent): void {
    const form = closest<HTMLFormElement>(event, "form[data-reading]")
    if (!form) return
    event.preventDefault()
    void this.mark(new FormData(form))
  }

  private clicked(event: MouseEvent): void {
    if (!closest(event, "#bell") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    this.panel ??= this.build()
    this.panel.togglePopover()
  }

  private build(): HTMLElement {
    const label = this.bell?.dataset["keyLabel"] ?? ""
    const panel = h("div.menu.bellpanel", { popover: "auto", role: "dialog", "aria-label": label, tabindex: -1 })
    panel.addEventListener("toggle", (event) => this.toggled(panel, (event as ToggleEvent).newState === "open"))
    panel.addEventListener("keydown", (event) => walk(panel, event))
    this.append(panel)
    return panel
  }

  private toggled(panel: HTMLElement, isOpen: boolean): void {
    this.bell?.setAttribute("aria-expanded", String(isOpen))
    this.unfollow?.()
    this.unfollow = undefined
    if (!isOpen) {
      if (panel.contains(document.activeElement)) this.bell?.focus()
      return
    }
    this.unfollow = this.bell ? followAnchor(panel, this.bell) : undefined
    panel.focus()
    void this.fill(panel)
  }

  private async fill(panel: HTMLElement): Promise<void> {
    panel.setAttribute("aria-busy", "true")
    const outcome = await request(PANEL, { headers: { Accept: "text/html" } })
    panel.removeAttribute("aria-busy")
    if (!outcome.ok) {
      panel.replaceChildren(h("p.pad", { role: "alert" }, "message" in outcome.failure ? outcome.failure.message : ""))
      return
    }
    await htmx.swap({ target: panel, sourceElement: panel, swap: "innerMorph", text: await outcome.response.text() })
    dispatchEvent(new Event("resize")) // it is larger now: the popover is placed anew
  }

  private get inView(): string | undefined {
    return document.querySelector<HTMLElement>("#conv[data-ticket]")?.dataset["ticket"]
  }

  private get bell(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#bell")
  }
}

/** Arrow keys walk from one notification to the next. */
function walk(panel: HTMLElement, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  const rows = [...panel.querySelectorAll<HTMLElement>("a.toldrow")]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
}

define("ot-bell", OtBell)
