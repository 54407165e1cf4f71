/*
 * By which channel a reply goes: what that channel takes is counted while one writes, how long it stays open is said, a
 * template takes the place of the words, and one message can be answered by itself. Loaded where there is a choice.
 */
import { closest, h } from "../lib/dom"
import { request } from "../lib/http"
import { language, plural, text } from "../strings"
import { htmlToText } from "./editor"
import { segmentsOf } from "./segments"
import { Templates, type Chosen } from "./ways-templates"

const MINUTE = 60_000
const SOON = 2 * 60 * MINUTE
const TYPING_SHOWS = 20_000

export interface WaysEvents {
  /** The writer's words, as HTML. */
  html(): string
  hasFiles(): boolean
  write(): void
}

export class Ways {
  private readonly templates: Templates
  private timer: ReturnType<typeof setInterval>
  private toldTyping = -TYPING_SHOWS

  constructor(
    private readonly host: HTMLElement,
    private readonly events: WaysEvents,
    signal: AbortSignal,
  ) {
    this.templates = new Templates(host, this.need(".template"), () => this.count())
    this.timer = setInterval(() => this.tick(), MINUTE)
    signal.addEventListener("abort", () => clearInterval(this.timer))
    this.select.addEventListener("change", () => this.choose(), { signal })
    host.addEventListener("click", (event) => this.clicked(event), { signal })
    document.addEventListener("click", (event) => this.answer(event), { signal })
    document.addEventListener("ot:typing", (event) => this.typing(event as CustomEvent), { signal })
    document.addEventListener("ot:sent", (event) => this.sent(event as CustomEvent), { signal })
    document.addEventListener("ot:undone", (event) => this.undone(event as CustomEvent), { signal })
    document.addEventListener("ot:refreshed", (event) => void this.threadChanged(event as CustomEvent), { signal })
    this.restore()
    this.apply()
  }

  /** The words have changed, or another mode is shown. */
  count(): void {
    const { limit, bytes, segments, label = "" } = this.option.dataset
    const output = this.need(".count")
    if (this.templates.isOpen || (!limit && segments === undefined)) return void output.replaceChildren()
    const words = htmlToText(this.events.html()).trim()
    const size = bytes === undefined ? [...words].length : new TextEncoder().encode(words).length
    const parts = [limit && size ? `${size}/${limit}` : ""]
    if (segments !== undefined && words) parts.push(this.inSegments(words))
    if (this.events.hasFiles())
      parts.push(this.option.dataset["fileWords"] ?? text("ways.no_files", { channel: label }))
    output.textContent = parts.filter(Boolean).join(" · ")
    output.classList.toggle("bad", Boolean(limit) && size > Number(limit))
  }

  private inSegments(words: string): string {
    const { count, costly } = segmentsOf(words)
    return plural("ways.segments", count) + (costly ? ` (${text("ways.costly", { character: costly })})` : "")
  }

  private choose(): void {
    sessionStorage.setItem(this.key, this.select.value)
    this.apply()
  }

  private restore(): void {
    const kept = this.templates.kept?.route ?? sessionStorage.getItem(this.key)
    if (kept) this.selectRoute(kept)
  }

  private selectRoute(route: string): void {
    if ([...this.select.options].some(({ value }) => value === route)) this.select.value = route
  }

  private apply(): void {
    const { channel = "", label = "", templates, conversation } = this.option.dataset
    this.host.dataset["way"] = channel
    this.need<HTMLElement>(".pick").hidden = templates === undefined
    const answered = this.need<HTMLElement>(".answered")
    if (!conversation || answered.dataset["conversation"] !== conversation) this.answerNone()
    this.nameSending(label)
    const isKept = this.templates.kept?.route === this.select.value
    if (templates !== undefined && (this.isClosed || isKept)) void this.templates.open(this.select.value, this.isClosed)
    else this.templates.close()
    this.note()
    this.count()
  }

  /** What a colleague has to approve first is proposed, not sent. */
  private nameSending(label: string): void {
    const send = this.host.querySelector<HTMLElement>("[data-send-label]")
    if (!send) return
    send.title = label
    send.dataset["usual"] ??= send.textContent ?? ""
    send.textContent = this.option.dataset["proposes"] === undefined ? send.dataset["usual"] : text("ways.propose")
  }

  /** Only a template can be sent now; for a channel without templates, nothing. */
  private get isClosed(): boolean {
    const { needsTemplate, until } = this.option.dataset
    return needsTemplate !== undefined || (until !== undefined && Date.parse(until) <= Date.now())
  }

  /** The window closes while somebody writes: their words stay in the draft, and a template is asked for. */
  private tick(): void {
    if (this.isClosed && this.option.dataset["templates"] !== undefined && !this.templates.isOpen) this.apply()
    else this.note()
  }

  private note(): void {
    const place = this.need(".waynote")
    const { why = "", note = "", until, templates } = this.option.dataset
    const left = until ? Date.parse(until) - Date.now() : 0
    const closed = this.isClosed ? text(templates === undefined ? "ways.closed" : "ways.only_template") : ""
    const open =
      until && left > 0 ? text(templates === undefined ? "ways.open" : "ways.open_then", { time: span(left) }) : ""
    place.textContent = why || note || closed || open
    place.classList.toggle("bad", Boolean(why))
    place.classList.toggle("urgent", !why && (Boolean(note) || Boolean(closed) || (left > 0 && left < SOON)))
  }

  // One message that is answered by itself

  private answer(event: Event): void {
    const asked = closest(event, "a[data-answers]")
    if (!asked) return
    event.preventDefault()
    const { answers = "", conversation = "", words = "" } = asked.dataset
    const option = [...this.select.options].find((each) => each.dataset["conversation"] === conversation)
    if (!option) return
    this.select.value = option.value
    const place = this.need<HTMLElement>(".answered")
    place.dataset["conversation"] = conversation
    this.field("answers").value = answers
    place.querySelector(".clip")?.replaceChildren(words)
    place.hidden = false
    this.apply()
    this.events.write()
  }

  private answerNone(): void {
    this.field("answers").value = ""
    this.need<HTMLElement>(".answered").hidden = true
  }

  private clicked(event: Event): void {
    if (closest(event, "[data-answer-none]")) {
      this.answerNone()
      this.events.write()
    } else if (closest(event, "[data-pick-template]")) {
      event.preventDefault()
      if (this.templates.isOpen && !this.isClosed) this.templates.forget()
      else void this.templates.open(this.select.value, this.isClosed)
      this.count()
    }
  }

  private sent({ detail }: CustomEvent<{ mode: string }>): void {
    if (detail.mode !== "reply") return
    this.templates.forget()
    this.answerNone()
    this.apply()
  }

  /** A template that was taken back is chosen again, with what stood in it. */
  private undone({ detail }: CustomEvent<{ ticket?: number; template?: Chosen | null }>): void {
    if (!detail.template || String(detail.ticket) !== this.host.dataset["ticket"]) return
    this.templates.close()
    this.templates.keep(detail.template)
    this.selectRoute(detail.template.route)
    this.apply()
  }

  /** Whoever writes opens the window again: what can be sent is asked anew. */
  private async threadChanged({ detail }: CustomEvent<{ id?: string }>): Promise<void> {
    if (detail?.id !== "talk") return
    const outcome = await request(`/agent/tickets/${this.host.dataset["ticket"]}/ways/`)
    if (!outcome.ok) return
    const fresh = new DOMParser().parseFromString(await outcome.response.text(), "text/html")
    const options = fresh.querySelectorAll("select[name=route] option")
    if (!options.length) return
    const { value } = this.select
    const wasClosed = this.isClosed
    this.select.replaceChildren(...[...options].map((option) => document.adoptNode(option)))
    this.selectRoute(value)
    this.nameSending(this.option.dataset["label"] ?? "")
    if (wasClosed === this.isClosed && this.select.value === value) this.note()
    else this.apply()
  }

  /** Whoever waits sees it in their messenger, which shows it for a while. */
  private typing({ detail }: CustomEvent<{ ticket: number; mode: string }>): void {
    const { ticket } = this.host.dataset
    if (detail.mode !== "reply" || String(detail.ticket) !== ticket) return
    const now = performance.now()
    if (this.option.dataset["typing"] === undefined || this.isClosed || now - this.toldTyping < TYPING_SHOWS) return
    this.toldTyping = now
    const body = new FormData()
    body.set("route", this.select.value)
    void request(`/agent/tickets/${ticket}/typing/`, { method: "POST", body })
  }

  private get option(): HTMLOptionElement {
    return this.select.options[this.select.selectedIndex] ?? h("option", {})
  }

  private get select(): HTMLSelectElement {
    return this.need("select[name=route]")
  }

  private field(name: string): HTMLInputElement {
    return this.need(`input[name=${name}]`)
  }

  private get key(): string {
    return `ot:way:${this.host.dataset["ticket"]}`
  }

  private need<E extends Element>(selector: string): E {
    const found = this.host.querySelector<E>(selector)
    if (!found) throw new Error(`no ${selector} among the ways`)
    return found
  }
}

/** "3 hr", "25 min": as much as one needs to know. */
function span(milliseconds: number): string {
  const minutes = Math.max(1, Math.floor(milliseconds / MINUTE))
  const [unit, amount] = minutes >= 60 ? (["hour", Math.floor(minutes / 60)] as const) : (["minute", minutes] as const)
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "short" }).format(amount)
}
