/*
 * <ot-chat data-chat data-chat-key data-ticket data-me …>: head, log, what is being written, and the log's lines as JSON.
 * One chat on the page. Draws what was said, in order and once, sends what is written until it is there, and says what
 * its reader has seen while it is the one in front (`data-active`).
 * Its page (ot-chats) calls told, behind, wake. Dispatches: chat:typing, chat:seen, chat:unread, chat:close.
 */
import { announce, closest, define } from "../lib/dom"
import { request, type Outcome } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { refreshFragment } from "../live/fragments"
import type { Note } from "./draw"
import { Lines, type Line } from "./lines"
import { LogView } from "./log-view"
import { tellOf } from "./notices"
import { Outbox, type Unsent } from "./outbox"
import { Writing } from "./writing"

interface Data {
  lines: Line[]
  notes: Note[]
  has_more: boolean
  seen: number
  own_seen: number
}

/** What the socket tells of a chat (tickets/chat/wire.py). */
export interface Told {
  t: string
  entry?: Line
  said?: string
  name?: string
  seq?: number
  on?: boolean
}

interface Parts {
  log: LogView
  outbox: Outbox
  writing: Writing
}

export class OtChat extends HTMLElement {
  private readonly lines = new Lines()
  private listening: AbortController | undefined
  private parts: Parts | undefined
  private ownSeen = 0
  private reading: Promise<void> | undefined
  private readsAgain = false

  connectedCallback(): void {
    if (this.listening) return
    this.listening = new AbortController()
    const { signal } = this.listening
    this.parts ??= this.build(signal)
    this.begin(JSON.parse(this.querySelector("script")?.textContent || "{}") as Data)
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    document.addEventListener("ot:refreshed", (event) => this.refreshed(event as CustomEvent), { signal })
    document.addEventListener("ot:changed", (event) => this.changed(event as CustomEvent), { signal })
    this.standing()
    void this.parts.outbox.flush()
  }

  disconnectedCallback(): void {
    this.parts?.writing.stop()
    this.parts?.outbox.stop()
    this.parts?.log.stop()
    this.listening?.abort()
  }

  private build(signal: AbortSignal): Parts {
    const log = new LogView(this.need(".clog"), this.need(".clines"), this.need(".ctyping"), {
      again: (id) => outbox.retry(id),
      drop: (id) => {
        const dropped = outbox.drop(id)
        if (dropped) writing.putBack(dropped)
      },
    })
    const key = `ot:chat-out:${this.dataset["me"]}:${this.dataset["chatKey"]}`
    const outbox = new Outbox(key, (unsent) => this.post(unsent), {
      changed: () => log.showUnsent(outbox.list),
      sent: (unsent, answer) => this.arrived(unsent, answer),
      expired: () => showSignIn(() => void outbox.flush()),
    })
    const writing = new Writing(this, signal)
    return { log, outbox, writing }
  }

  get chat(): number {
    return Number(this.dataset["chat"])
  }

  get ticket(): string {
    return this.head?.dataset["ticket"] || (this.dataset["ticket"] ?? "")
  }

  get isMine(): boolean {
    return this.head?.dataset["mine"] === "1"
  }

  /** Words of the visitor that their agent has not had in front of them. */
  get unread(): number {
    return this.isMine && this.isLive ? this.lines.unseen(this.ownSeen) : 0
  }

  get isLive(): boolean {
    return this.head?.dataset["state"] !== "ended"
  }

  /** As the list beside shows it: the last words, and since when the visitor waits for ours. */
  get glance(): { words: string; since: string } {
    const isTalking = this.head?.dataset["state"] === "active"
    return { words: this.lines.words, since: isTalking ? this.lines.waitingSince : "" }
  }

  // What the page passes on

  told(message: Told): void {
    if (message.t === "entry" && message.entry) this.take([message.entry])
    else if (message.t === "typing" && message.said === "visitor") this.showTyping(message.on !== false)
    else if (message.t === "seen" && message.said === "visitor") this.parts?.log.showSeen(Number(message.seq))
    else if (message.t === "chat") this.refreshHead()
  }

  /** The server has come as far as `last`: what is missing is read. */
  behind(last: number): void {
    if (last > this.lines.last) void this.read()
  }

  /** The line is back, or may have missed something. */
  wake(): void {
    void this.read()
    void this.parts?.outbox.flush()
    this.refreshHead()
  }

  focusWriting(): void {
    this.parts?.writing.focus()
  }

  /** Its reader looks at it: what is there has been seen. */
  look(): void {
    if (!this.isMine || this.dataset["active"] === undefined || document.hidden || !document.hasFocus()) return
    const { last } = this.lines
    if (last <= this.ownSeen) return
    this.ownSeen = last
    this.dispatch("chat:seen", { seq: last })
    this.count()
  }

  /** What was seen while the line was down was not heard. */
  repeatSeen(): void {
    if (this.isMine && this.ownSeen) this.dispatch("chat:seen", { seq: this.ownSeen })
  }

  // What is said

  send(words: Pick<Unsent, "mode" | "text" | "files" | "more">): void {
    this.parts?.outbox.add(words)
    this.parts?.log.toEnd()
  }

  typing(on: boolean): void {
    if (this.isMine) this.dispatch("chat:typing", { on })
  }

  private post(unsent: Unsent): Promise<Outcome> {
    const body = new FormData()
    body.set("id", unsent.id)
    body.set("text", unsent.text)
    for (const { id } of unsent.files) body.append("attachments", String(id))
    for (const [name, value] of unsent.more) body.append(name, value)
    return request(this.address(unsent.mode === "note" ? "notes/" : "lines/"), { method: "POST", body })
  }

  private arrived(unsent: Unsent, answer: Record<string, unknown>): void {
    if (unsent.mode === "note") this.parts?.log.showNotes([answer["note"] as Note])
    else this.take([answer["line"] as Line])
  }

  private begin({ lines, notes, has_more, seen, own_seen }: Data): void {
    this.lines.begin(lines)
    this.ownSeen = own_seen
    this.need("[data-do=more]").hidden = !has_more
    for (const { id } of lines) if (id) this.parts?.outbox.confirm(id)
    this.parts?.log.add(lines, true)
    this.parts?.log.showNotes(notes)
    this.parts?.log.showSeen(seen)
    this.parts?.log.showUnsent(this.parts.outbox.list)
    this.parts?.log.toEnd()
  }

  private take(lines: readonly Line[]): void {
    const { fresh, gap } = this.lines.take(lines)
    if (gap) void this.read()
    if (!fresh.length) return
    for (const { id } of fresh) if (id) this.parts?.outbox.confirm(id)
    const isOwn = fresh.some(({ author }) => String(author) === this.dataset["me"])
    if (fresh.some(({ said }) => said === "visitor")) this.showTyping(false)
    this.parts?.log.add(fresh, isOwn)
    this.look()
    this.count()
    this.ring(fresh)
  }

  private ring(fresh: readonly Line[]): void {
    const words = fresh.findLast(({ said }) => said === "visitor")
    if (words && this.isMine && words.seq > this.ownSeen)
      tellOf(this.dataset["name"] ?? "", words.text, `chat-${this.chat}`)
  }

  /** Everything after what is here, from the database: one reading at a time, and one more if it was asked for meanwhile. */
  private read(): Promise<void> {
    if (this.reading) this.readsAgain = true
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined
      const again = this.readsAgain
      this.readsAgain = false
      if (again) void this.read()
    })
    return this.reading
  }

  private async readAll(): Promise<void> {
    for (let more = true; more;) {
      const outcome = await request(this.address(`lines/?since=${this.lines.last}`))
      if (!outcome.ok) return
      const answer = (await outcome.response.json()) as { lines: Line[]; has_more: boolean; seen: number }
      this.take(answer.lines)
      this.parts?.log.showSeen(answer.seen)
      more = answer.has_more && answer.lines.length > 0
    }
  }

  private async earlier(): Promise<void> {
    const outcome = await request(this.address(`lines/?before=${this.lines.first}`))
    if (!outcome.ok) {
      if ("message" in outcome.failure) announce("ot:toast", { text: outcome.failure.message, tone: "red" })
      return
    }
    const answer = (await outcome.response.json()) as { lines: Line[]; has_more: boolean }
    this.parts?.log.addEarlier(this.lines.prepend(answer.lines))
    this.need("[data-do=more]").hidden = !answer.has_more
  }

  private showTyping(on: boolean): void {
    this.parts?.log.showTyping(on ? (this.dataset["name"] ?? "") : "")
  }

  // How it stands

  private refreshHead(): void {
    if (this.head) refreshFragment(this.head.id)
  }

  private refreshed({ detail: { id } }: CustomEvent<{ id: string }>): void {
    if (id === this.head?.id) this.standing()
  }

  private standing(): void {
    this.parts?.writing.allow(this.head?.dataset["writes"] === "1", this.isLive && Boolean(this.ticket))
    this.count()
  }

  /** A colleague may have written a note. */
  private changed({ detail: { topics } }: CustomEvent<{ topics: string[] }>): void {
    if (this.ticket && topics.includes(`ticket:${this.ticket}`)) void this.readNotes()
  }

  private async readNotes(): Promise<void> {
    const outcome = await request(this.address("notes/"))
    if (outcome.ok) this.parts?.log.showNotes(((await outcome.response.json()) as { notes: Note[] }).notes)
  }

  private count(): void {
    const wait = this.querySelector<HTMLElement>(".chatbar .cwait")
    if (wait && this.head?.dataset["state"] === "active") wait.dataset["since"] = this.glance.since
    this.toggleAttribute("data-unread", this.unread > 0)
    this.dispatch("chat:unread", { unread: this.unread })
  }

  private clicked(event: Event): void {
    const what = closest(event, "[data-do]")?.dataset["do"]
    if (what === "more") void this.earlier()
    else if (what === "close") this.dispatch("chat:close", {})
  }

  private dispatch(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { chat: this.chat, ...detail } }))
  }

  private address(of: string): string {
    return `/agent/chats/${this.chat}/${of}`
  }

  private get head(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".chatbar")
  }

  private need(selector: string): HTMLElement {
    const found = this.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`<ot-chat> needs ${selector}`)
    return found
  }
}

define("ot-chat", OtChat)
