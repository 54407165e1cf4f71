/*
 * <ot-live data-url="/ws/agent/" data-ticket="123">
 *   <div class="notice offline" hidden>… <b data-since></b> <button data-retry></div></ot-live>
 * The page's one socket. Refetches what a signal names, tells the server which ticket is looked at and typed in, and
 * shows its own child strip once the line has been down for three seconds.
 * Dispatches on document: ot:changed {topics}, ot:presence {ticket, people}.
 * Hears: ot:typing, ot:idle {ticket, mode}.
 */
import { announce, closest, define } from "../lib/dom"
import type { Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { refresh, refreshFragment } from "../live/fragments"
import { Socket } from "../live/socket"
import { language, text } from "../strings"

const STRIP_AFTER = 3_000
const AGAIN_AFTER = 5_000

export class OtLive extends HTMLElement {
  private socket: Socket | undefined
  private listening: AbortController | undefined
  private stripTimer: ReturnType<typeof setTimeout> | undefined
  private viewed: number | undefined
  private freshAt = new Date()

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.socket = new Socket(this.address(), {
      opened: (again) => this.opened(again),
      closed: () => this.closed(),
      refused: () => showSignIn(() => this.socket?.wake()),
      received: (message) => this.received(message),
    })
    addEventListener("online", () => this.socket?.wake(), { signal })
    addEventListener("offline", () => this.socket?.drop(), { signal })
    document.addEventListener("visibilitychange", () => this.visibilityChanged(), { signal })
    document.addEventListener("htmx:after:swap", () => this.look(), { signal })
    document.addEventListener("ot:typing", (event) => this.tell("typing", event), { signal })
    document.addEventListener("ot:idle", (event) => this.tell("idle", event), { signal })
    document.addEventListener("ot:stale", (event) => this.stale(event as CustomEvent), { signal })
    this.addEventListener("click", (event) => closest(event, "[data-retry]") && this.socket?.wake(), { signal })
    this.socket.connect()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.socket?.close()
    clearTimeout(this.stripTimer)
  }

  private address(): string {
    const url = new URL(this.dataset["url"] ?? "/ws/agent/", location.href)
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:"
    return url.href
  }

  private opened(again: boolean): void {
    document.documentElement.dataset["live"] = "on"
    clearTimeout(this.stripTimer)
    this.stripTimer = undefined
    this.strip?.toggleAttribute("hidden", true)
    if (again) refresh()
    this.viewed = undefined
    this.look()
  }

  private closed(): void {
    if (document.documentElement.dataset["live"] === "on") this.freshAt = new Date()
    document.documentElement.dataset["live"] = "off"
    this.stripTimer ??= setTimeout(() => this.showStrip(), STRIP_AFTER)
  }

  private showStrip(): void {
    const strip = this.strip
    if (!strip || this.socket?.isOpen) return
    const since = strip.querySelector("[data-since]")
    if (since)
      since.textContent = this.freshAt.toLocaleTimeString(language(), {
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      })
    strip.hidden = false
  }

  private received(message: Record<string, unknown>): void {
    if (message["t"] === "changed" && Array.isArray(message["topics"])) {
      const topics = message["topics"].map(String)
      refresh(topics)
      announce("ot:changed", { topics })
    } else if (message["t"] === "resync") {
      refresh()
    } else if (message["t"] === "presence") {
      announce("ot:presence", { ticket: message["ticket"], people: message["people"] })
    }
  }

  /** A fragment could not be fetched: what is shown may be old. */
  private stale({ detail: { id, failure } }: CustomEvent<{ id: string; failure: Failure }>): void {
    if (failure.kind === "expired") showSignIn(() => refresh())
    else if (failure.kind === "gone" || failure.kind === "forbidden")
      announce("ot:toast", { text: text("error.gone"), tone: "red" })
    else setTimeout(() => this.isConnected && refreshFragment(id), AGAIN_AFTER)
  }

  private visibilityChanged(): void {
    if (document.visibilityState === "visible") {
      this.socket?.wake()
      this.look()
    } else {
      this.leave()
    }
  }

  /** Tell the server which ticket is in front of the reader, when that has changed. */
  private look(): void {
    const ticket = document.visibilityState === "visible" ? this.ticket : undefined
    if (ticket === this.viewed || !this.socket?.isOpen) return
    this.leave()
    if (ticket !== undefined) this.socket.send({ t: "view", ticket })
    this.viewed = ticket
  }

  private leave(): void {
    if (this.viewed !== undefined) this.socket?.send({ t: "leave" })
    this.viewed = undefined
  }

  private tell(kind: "typing" | "idle", event: Event): void {
    const { ticket, mode } = (event as CustomEvent<{ ticket: number; mode: string }>).detail
    if (ticket === this.viewed) this.socket?.send({ t: kind, ticket, mode })
  }

  private get ticket(): number | undefined {
    const number =
      document.querySelector<HTMLElement>("#conv[data-ticket]")?.dataset["ticket"] ?? this.dataset["ticket"]
    return number ? Number(number) : undefined
  }

  private get strip(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".offline")
  }
}

define("ot-live", OtLive)
