/*
 * "Send later": the popover with the offered times and a date of one's own. The server says what the offers mean today,
 * in the agent's time zone, and reads what was chosen; nothing here counts hours.
 */
import { closest } from "../lib/dom"
import { parseObject, request } from "../lib/http"
import { followAnchor } from "../lib/popover"
import { text } from "../strings"

export interface Later {
  send_later: string
  unless_answered: string
}

export class SendLater {
  private stopFollowing: (() => void) | undefined

  constructor(
    private readonly popover: HTMLElement,
    private readonly anchor: Element,
    private readonly choose: (later: Later) => void,
  ) {
    popover.addEventListener("toggle", (event) => this.toggled(event as ToggleEvent))
    popover.addEventListener("click", (event) => {
      const value = closest(event, "[data-later]")?.dataset["later"]
      if (value) this.take(value)
    })
    popover.addEventListener("keydown", (event) => this.pressed(event))
  }

  open(): void {
    this.complain("")
    this.popover.showPopover()
    this.popover.querySelector<HTMLElement>("[data-later]")?.focus()
    void this.renew()
  }

  complain(reason: string): void {
    const line = this.popover.querySelector(".err")
    if (line) line.textContent = reason
    if (!reason) return
    if (!this.popover.matches(":popover-open")) this.popover.showPopover()
    this.own?.focus()
  }

  private take(value: string): void {
    const own = this.own?.value ?? ""
    if (value === "own" && !own) return this.complain(text("later.choose"))
    this.popover.hidePopover()
    const unless = this.popover.querySelector<HTMLInputElement>("input[type=checkbox]")?.checked
    this.choose({ send_later: value === "own" ? own : value, unless_answered: unless ? "1" : "" })
  }

  /** The page may be open since yesterday: what "tomorrow" means is asked anew. */
  private async renew(): Promise<void> {
    const outcome = await request("/agent/send-times/")
    if (!outcome.ok) return
    const times = parseObject(await outcome.response.text())["times"]
    for (const { value, when } of Array.isArray(times) ? (times as { value: string; when: string }[]) : []) {
      const small = this.popover.querySelector(`[data-later="${value}"] small`)
      if (small) small.textContent = when
    }
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Enter" && event.target === this.own) {
      event.preventDefault()
      this.take("own")
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const offers = [...this.popover.querySelectorAll<HTMLElement>(".offers button")]
      const at = offers.indexOf(document.activeElement as HTMLElement)
      if (at < 0) return
      event.preventDefault()
      offers.at((at + (event.key === "ArrowDown" ? 1 : -1)) % offers.length)?.focus()
    }
    event.stopPropagation()
  }

  private toggled(event: ToggleEvent): void {
    this.stopFollowing?.()
    this.stopFollowing = event.newState === "open" ? followAnchor(this.popover, this.anchor) : undefined
  }

  private get own(): HTMLInputElement | null {
    return this.popover.querySelector<HTMLInputElement>("input[type=datetime-local]")
  }
}
