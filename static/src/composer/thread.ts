/*
 * What the writer has seen. The thread carries `data-last-event`; the one that was shown when writing began is sent
 * along, so that the server can say when somebody was faster. Messages that arrive in between are counted and
 * announced.
 */
import { h, icon } from "../lib/dom"
import { plural, text } from "../strings"

export class SeenThread {
  private began: string | undefined
  private lastSeen = ""

  constructor(private readonly atLoad: string) {}

  /** The event to send with the message: from when writing began, else the newest shown. */
  get lastEvent(): string {
    return this.began ?? this.shown
  }

  begin(): void {
    if (this.began !== undefined) return
    this.began = this.shown
    this.lastSeen = messages().at(-1)?.id ?? ""
  }

  end(): void {
    this.began = undefined
  }

  /** What the server showed as news has been read: it counts as seen. */
  acknowledge(event: string): void {
    this.began = event
    this.lastSeen = messages().at(-1)?.id ?? ""
  }

  /** Says in `place` how many messages came in while writing, with the button that shows them. */
  tellArrived(place: HTMLElement): void {
    place.querySelector(".arrived")?.remove()
    const count = this.arrived.length
    if (!count) return
    const show = h("button", { type: "button", "data-show-new": true }, text("composer.show"))
    const words = h("span.grow", {}, plural("composer.arrived", count))
    place.append(h("div.notice.tone-violet.arrived", { role: "status" }, icon("message-square", "sm"), words, show))
  }

  /** The first arrival comes into view, and all count as seen: the next Send is a plain one. */
  showArrived(place: HTMLElement): void {
    const scroller = document.querySelector<HTMLElement>("#conv .scroll")
    const [first] = this.arrived
    if (first) first.scrollIntoView({ block: "start" })
    else scroller?.scrollTo({ top: scroller.scrollHeight })
    this.end()
    this.begin()
    this.tellArrived(place)
  }

  /** Messages below the last one that was there when writing began; older ones loaded above are no news. */
  private get arrived(): HTMLElement[] {
    if (this.began === undefined) return []
    const all = messages()
    return all.slice(all.findIndex(({ id }) => id === this.lastSeen) + 1)
  }

  private get shown(): string {
    return document.querySelector<HTMLElement>("#conv [data-last-event]")?.dataset["lastEvent"] || this.atLoad
  }
}

function messages(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#conv .msg[id^=m]:not(.cancelled, .scheduled)")]
}
