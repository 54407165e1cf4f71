/*
 * <ot-live data-url="/ws/agent/" data-ticket="123">
 *   <div class="notice offline" hidden>… <b data-since></b> <button data-retry></div></ot-live>
 * The page's one socket. Refetches what a signal names, tells the server which ticket is looked at and typed in, and
 * shows its own child strip once the line has been down for three seconds.
 * Dispatches on document: ot:changed {topics}, ot:resync, ot:line (it is open), ot:ready (it hears), ot:chat (what is told of chats),
 * ot:presence {ticket, people, claim}.
 * Hears: ot:typing, ot:idle, ot:release, ot:take {ticket, mode}; ot:say, a message to the server.
 */
import { announce, closest, define } from "../lib/dom"
import type { Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { longAge } from "../live/ages"
import { Attendance } from "../live/attendance"
import { awaitTurns, refresh, refreshFragment } from "../live/fragments"
import { Socket } from "../live/socket"
import { text } from "../strings"

const STRIP_AFTER = 3_000
const AGAIN_AFTER = 5_000
const AGE_EVERY = 10_000
const OF_TICKET = ["talk", "props"]
const CHATS = ["chats", "chats-missed"]

export class OtLive extends HTMLElement {
  private socket: Socket | undefined
  private listening: AbortController | undefined
  private stripTimer: ReturnType<typeof setTimeout> | undefined
  private ageTimer: ReturnType<typeof setInterval> | undefined
  private attendance: Attendance | undefined
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
    this.attendance = new Attendance(this.socket, () => this.ticket)
    this.attendance.listen(signal)
    addEventListener("online", () => this.socket?.wake(), { signal })
    addEventListener("offline", () => this.socket?.drop(), { signal })
    document.addEventListener("visibilitychange", () => this.visibilityChanged(), { signal })
    document.addEventListener("htmx:after:swap", () => this.attendance?.look(), { signal })
    document.addEventListener("ot:stale", (event) => this.stale(event as CustomEvent), { signal })
    document.addEventListener("ot:say", (event) => this.socket?.send((event as CustomEvent<object>).detail), { signal })
    this.addEventListener("click", (event) => closest(event, "[data-retry]") && this.socket?.wake(), { signal })
    this.socket.connect()
    awaitTurns()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.socket?.close()
    clearTimeout(this.stripTimer)
    clearInterval(this.ageTimer)
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
    clearInterval(this.ageTimer)
    this.strip?.toggleAttribute("hidden", true)
    if (again) this.resync()
    this.attendance?.begin()
    announce("ot:line", {})
  }

  /** Something may have been missed: all that is shown is fetched again. */
  private resync(): void {
    refresh()
    announce("ot:resync", {})
  }

  private closed(): void {
    if (document.documentElement.dataset["live"] === "on") this.freshAt = new Date()
    document.documentElement.dataset["live"] = "off"
    this.attendance?.end()
    this.stripTimer ??= setTimeout(() => this.showStrip(), STRIP_AFTER)
  }

  private showStrip(): void {
    const strip = this.strip
    if (!strip || this.socket?.isOpen) return
    this.sayAge()
    strip.hidden = false
    clearInterval(this.ageTimer)
    this.ageTimer = setInterval(() => this.sayAge(), AGE_EVERY)
  }

  /** Read out when the strip comes, and not each time it is a minute more. */
  private sayAge(): void {
    const since = this.strip?.querySelector("[data-since]")
    if (!since) return
    since.textContent = longAge(this.freshAt, new Date())
    since.setAttribute("aria-live", "off")
  }

  private received(message: Record<string, unknown>): void {
    if (message["t"] === "changed" && Array.isArray(message["topics"])) {
      const topics = message["topics"].map(String)
      refresh(topics)
      announce("ot:changed", { topics })
    } else if (message["t"] === "ready") {
      announce("ot:ready", {})
    } else if (message["t"] === "resync") {
      this.resync()
    } else if (message["t"] === "presence" || message["t"] === "presences") {
      this.attendance?.hear(message)
    } else if ("chat" in message || CHATS.includes(String(message["t"]))) {
      announce("ot:chat", message)
    }
  }

  /** A fragment could not be fetched: what is shown may be old. */
  private stale({ detail: { id, failure } }: CustomEvent<{ id: string; failure: Failure }>): void {
    if (failure.kind === "expired") showSignIn(() => refresh())
    else if (failure.kind === "gone" || failure.kind === "forbidden") {
      // Of the open ticket it is said in its pane (live/opening).
      if (!OF_TICKET.includes(id)) announce("ot:toast", { text: text("error.gone"), tone: "red" })
    } else setTimeout(() => this.isConnected && refreshFragment(id), AGAIN_AFTER)
  }

  private visibilityChanged(): void {
    if (document.visibilityState === "visible") this.socket?.wake()
    this.attendance?.look()
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
