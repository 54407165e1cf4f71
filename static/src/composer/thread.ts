/*
 * What the writer has seen. The thread carries `data-last-event`; the one that was shown when writing began is sent along,
 * so that the server can say when somebody was faster. Messages that arrive in between are counted for a notice.
 */
import { h, icon } from "../lib/dom"
import { plural, text } from "../strings"

const MESSAGES = "#conv .msg[id]:not(.cancelled)"

export class SeenThread {
  private began: string | undefined
  private messages = new Set<string>()

  constructor(private readonly atLoad: string) {}

  /** The event to send with the message: from when writing began, else the newest shown. */
  get lastEvent(): string {
    return this.began ?? this.shown
  }

  begin(): void {
    if (this.began !== undefined) return
    this.began = this.shown
    this.messages = new Set(this.ids)
  }

  /** All that is on the page counts as seen from here on. */
  catchUp(): void {
    if (this.began === undefined) return
    this.began = undefined
    this.begin()
  }

  end(): void {
    this.began = undefined
  }

  /** Messages that came after writing began. */
  get arrived(): HTMLElement[] {
    if (this.began === undefined) return []
    return [...document.querySelectorAll<HTMLElement>(MESSAGES)].filter((message) => !this.messages.has(message.id))
  }

  private get shown(): string {
    return document.querySelector<HTMLElement>("#conv [data-last-event]")?.dataset["lastEvent"] || this.atLoad
  }

  private get ids(): string[] {
    return [...document.querySelectorAll(MESSAGES)].map(({ id }) => id)
  }
}

/** The line that says how many messages came in while writing, with the button that shows them. */
export function arrivedNotice(count: number): HTMLElement {
  const show = h("button", { type: "button", "data-show-new": true }, text("composer.show"))
  return h("div.notice.tone-violet.arrived", { role: "status" }, icon("message-square", "sm"), h("span.grow", {}, plural("composer.arrived", count)), show)
}
