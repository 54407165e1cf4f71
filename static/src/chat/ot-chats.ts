/*
 * <ot-chats data-me data-first>: the console. Holds the chats that are open side by side or one at a time, says which of
 * them this page follows, passes on what is told, and moves between them: Alt 1…9, Alt ↑ ↓, Alt N for the next with
 * something new. The list of chats beside it is the server's (#chat-rail).
 */
import htmx from "htmx.org"
import { announce, closest, define } from "../lib/dom"
import { request } from "../lib/http"
import { readLocal, writeLocal } from "../lib/storage"
import { refreshFragment } from "../live/fragments"
import { act } from "./acts"
import { Beside } from "./beside"
import { altKey } from "./chat-keys"
import { showGlances } from "./glances"
import { letChoose } from "./notices"
import "./offers"
import "./ot-chat"
import type { OtChat, Told } from "./ot-chat"
import { Tabs } from "./tabs"
import { keepWaits } from "./waits"
import { word } from "./words"

const LAYOUT = "ot.chat.layout"
const NARROW = "(width < 860px)"

export class OtChats extends HTMLElement {
  private listening: AbortController | undefined
  private tabs: Tabs | undefined
  private mine = new Set<number>()
  private beside: Beside | undefined

  connectedCallback(): void {
    if (this.listening) return
    this.listening = new AbortController()
    const { signal } = this.listening
    this.beside = new Beside(this, signal)
    this.tabs = new Tabs(this.need(".ctabs"), (chat) => this.show(chat))
    this.listen(signal)
    this.listenToLine(signal)
    keepWaits(signal)
    this.dataset["layout"] = readLocal<string>(LAYOUT) ?? "grid"
    letChoose(this, signal)
    this.mine = this.listed
    const first = Number(this.dataset["first"]) || this.panes[0]?.chat
    this.arrange()
    if (first && (!matchMedia(NARROW).matches || location.search)) this.show(first, Boolean(location.search))
    this.follow()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.listening = undefined
  }

  private listen(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("submit", (event) => void this.submitted(event), { signal })
    this.addEventListener("focusin", (event) => this.focused(event), { signal })
    this.addEventListener("chat:typing", (event) => this.tell("chat-typing", event as CustomEvent), { signal })
    this.addEventListener("chat:seen", (event) => this.tell("chat-seen", event as CustomEvent), { signal })
    this.addEventListener("chat:unread", () => this.count(), { signal })
    this.addEventListener("chat:close", (event) => this.close((event as CustomEvent<{ chat: number }>).detail.chat), {
      signal,
    })
    document.addEventListener("keydown", (event) => this.pressed(event), { signal, capture: true })
    document.addEventListener("visibilitychange", () => this.active?.look(), { signal })
    addEventListener("focus", () => this.active?.look(), { signal })
  }

  private listenToLine(signal: AbortSignal): void {
    document.addEventListener(
      "ot:chat",
      (event) => this.told((event as CustomEvent<Told & { chat?: number }>).detail),
      { signal },
    )
    document.addEventListener("ot:line", () => this.follow(), { signal })
    document.addEventListener("ot:resync", () => this.wake(), { signal })
    document.addEventListener("ot:refreshed", (event) => this.refreshed(event as CustomEvent<{ id: string }>), {
      signal,
    })
    document.addEventListener(
      "ot:chat-accepted",
      (event) => void this.open((event as CustomEvent<{ chat: number }>).detail.chat),
      { signal },
    )
    document.addEventListener("ot:chat-done", () => this.need<HTMLDialogElement>("#chat-ask").close(), { signal })
  }

  private get panes(): OtChat[] {
    return [...this.querySelectorAll<OtChat>("ot-chat")]
  }

  private pane(chat: number): OtChat | undefined {
    return this.panes.find((pane) => pane.chat === chat)
  }

  private get active(): OtChat | undefined {
    return this.querySelector<OtChat>("ot-chat[data-active]") ?? undefined
  }

  // What is told

  private follow(): void {
    announce("ot:say", { t: "chats", chats: this.panes.map(({ chat }) => chat) })
    for (const pane of this.panes) pane.repeatSeen()
  }

  private told(message: Told & { chat?: number; last?: Record<string, number> }): void {
    if (message.t === "chats") this.followed(message.last ?? {})
    else if (message.t === "chats-missed") this.wake()
    else if (message.chat !== undefined) this.pane(message.chat)?.told(message)
    if (message.t === "chat" && message.chat === this.active?.chat) refreshFragment("chat-about")
  }

  /** From here on what is said is heard; `data-follows` says of which chats. */
  private followed(last: Record<string, number>): void {
    for (const [chat, seq] of Object.entries(last)) this.pane(Number(chat))?.behind(seq)
    this.dataset["follows"] = Object.keys(last).join(" ")
  }

  private wake(): void {
    for (const pane of this.panes) pane.wake()
  }

  private tell(kind: string, { detail }: CustomEvent<object>): void {
    announce("ot:say", { t: kind, ...detail })
  }

  // Which are open

  /** Opens it if it is not, and puts it in front. */
  async open(chat: number): Promise<void> {
    if (!this.pane(chat)) {
      const outcome = await request(`/agent/chats/${chat}/`, { headers: { Accept: "text/html" } })
      if (!outcome.ok) {
        const { failure } = outcome
        return announce("ot:toast", { text: "message" in failure ? failure.message : word("signed_out"), tone: "red" })
      }
      if (!this.pane(chat)) await this.put(await outcome.response.text())
      this.arrange()
      this.follow()
    }
    this.show(chat)
  }

  private async put(html: string): Promise<void> {
    const none = this.need(".cnone")
    await htmx.swap({ target: none, sourceElement: none, swap: "beforebegin", text: html })
  }

  private close(chat: number): void {
    const pane = this.pane(chat)
    if (!pane) return
    const at = this.panes.indexOf(pane)
    pane.remove()
    this.arrange()
    this.follow()
    const next = this.panes[Math.min(at, this.panes.length - 1)]
    if (next) this.show(next.chat)
    else this.list()
  }

  /** In front: it has the keys, its visitor is told about beside it, and its words count as seen. */
  private show(chat: number, focuses = true): void {
    const pane = this.pane(chat)
    if (!pane) return void this.open(chat)
    for (const other of this.panes) other.toggleAttribute("data-active", other === pane)
    this.toggleAttribute("data-inside", true)
    for (const row of this.querySelectorAll("[data-open-chat]"))
      row.toggleAttribute("data-current", Number(row.getAttribute("data-open-chat")) === chat)
    if (focuses) pane.focusWriting()
    pane.look()
    this.beside?.show(this.active?.chat)
    this.tabs?.draw(this.panes)
  }

  /** On a phone: back to all chats. */
  private list(): void {
    this.toggleAttribute("data-inside", false)
    for (const pane of this.panes) pane.toggleAttribute("data-active", false)
  }

  private arrange(): void {
    const { panes } = this
    this.dataset["count"] = String(Math.min(panes.length, 9))
    this.tabs?.draw(panes)
    this.beside?.show(this.active?.chat)
  }

  private count(): void {
    this.tabs?.draw(this.panes)
    showGlances(this, this.panes)
  }

  /** The list was fetched anew: chats that have become this person's open by themselves. */
  private refreshed({ detail: { id } }: CustomEvent<{ id: string }>): void {
    if (id !== "chat-rail") return
    const listed = this.listed
    const fresh = [...listed].filter((chat) => !this.mine.has(chat) && !this.pane(chat))
    this.mine = listed
    for (const chat of fresh) void this.open(chat)
    this.count()
    const { active } = this
    for (const row of this.querySelectorAll("[data-open-chat]"))
      row.toggleAttribute(
        "data-current",
        active !== undefined && Number(row.getAttribute("data-open-chat")) === active.chat,
      )
  }

  private get listed(): Set<number> {
    const rail = this.querySelector<HTMLElement>("#chat-rail")
    return new Set((rail?.dataset["mine"] ?? "").split(" ").filter(Boolean).map(Number))
  }

  // Hands

  private clicked(event: MouseEvent): void {
    const row = closest(event, "[data-open-chat]")
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
      event.preventDefault()
      return this.show(Number(row.dataset["openChat"]))
    }
    this.run(closest(event, "[data-chats-do]")?.dataset["chatsDo"])
  }

  private run(what: string | undefined): void {
    if (what === "next") this.next()
    else if (what === "layout") this.toggleLayout()
    else if (what === "about") this.beside?.toggle()
    else if (what === "list") this.list()
    else if (what === "first") this.showAt(0)
    else if (what === "step") this.step(1)
    else if (what === "end") this.active?.querySelector<HTMLElement>("[data-do=end]")?.click()
    else if (what === "note") this.active?.querySelector<HTMLElement>("[data-do=note]")?.click()
  }

  private focused(event: Event): void {
    const pane = closest<OtChat>(event, "ot-chat")
    if (pane && pane !== this.active) this.show(pane.chat, false)
  }

  private async submitted(event: SubmitEvent): Promise<void> {
    const form = closest<HTMLFormElement>(event, "form[data-chat-act], form[data-chat-ask]")
    if (!form || event.defaultPrevented) return
    event.preventDefault()
    await act(form, event.submitter)
    refreshFragment("chat-rail")
  }

  private pressed(event: KeyboardEvent): void {
    const key = document.querySelector("dialog[open]") ? "" : altKey(event)
    const digit = /^Digit([1-9])$/.exec(key)?.[1]
    if (digit) this.showAt(Number(digit) - 1)
    else if (key === "ArrowDown") this.step(1)
    else if (key === "ArrowUp") this.step(-1)
    else if (key === "KeyN") this.next()
    else if (key === "KeyE") this.run("end")
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  private showAt(place: number): void {
    const pane = this.panes[place]
    if (pane) this.show(pane.chat)
  }

  private step(by: number): void {
    const { panes, active } = this
    if (panes.length) this.showAt((panes.findIndex((pane) => pane === active) + by + panes.length) % panes.length)
  }

  /** The next, round from the one in front, in which somebody waits for a word. */
  private next(): void {
    const { panes, active } = this
    const at = panes.findIndex((pane) => pane === active)
    const unread = [...panes.slice(at + 1), ...panes.slice(0, at + 1)].find((pane) => pane.unread > 0)
    if (unread) this.show(unread.chat)
    else this.need("[data-chats-say]").textContent = word("nothing_new")
  }

  private toggleLayout(): void {
    const layout = this.dataset["layout"] === "grid" ? "tabs" : "grid"
    this.dataset["layout"] = layout
    writeLocal(LAYOUT, layout)
    this.need("[data-chats-do=layout]").setAttribute("aria-pressed", String(layout === "grid"))
    if (!this.active && this.panes[0]) this.show(this.panes[0].chat)
    this.beside?.show(this.active?.chat)
  }

  private need<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.querySelector<E>(selector)
    if (!found) throw new Error(`<ot-chats> needs ${selector}`)
    return found
  }
}

define("ot-chats", OtChats)
