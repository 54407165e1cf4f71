/*
 * When the ticket in view has become solved. Usually the next one of the list is offered, not forced on the reader: what
 * was written can be read once more, and undone. Whoever chose so in their profile is led there, or back to the list; but
 * only after what they did here themselves, and never away from words they have begun.
 */
import { button, h, icon } from "../../lib/dom"
import { text } from "../../strings"

/** How long what somebody does here may take until the ticket is shown as solved. */
const OWN_WITHIN = 10_000

export interface WaysOn {
  /** False when there is no next ticket. */
  next(): boolean
  list(): void
}

export class AfterSolve {
  private before: { ticket: string; status: string } | undefined
  private ownAt = -Infinity

  constructor(
    private readonly host: HTMLElement,
    private readonly ways: WaysOn,
  ) {}

  listen(signal: AbortSignal): void {
    document.addEventListener("ot:sent", () => this.noteOwn(), { signal })
    document.addEventListener(
      "htmx:before:request",
      ({ detail }) => detail.ctx.request.method.toUpperCase() === "GET" || this.noteOwn(),
      { signal },
    )
  }

  /** After any swap: compares what is shown with what was. */
  refreshed(): void {
    const talk = document.querySelector<HTMLElement>("#conv[data-ticket] #talk[data-status]")
    const ticket = document.querySelector<HTMLElement>("#conv")?.dataset["ticket"]
    const status = talk?.dataset["status"]
    const { before } = this
    this.before = ticket && status ? { ticket, status } : undefined
    if (!talk || before?.ticket !== ticket || before?.status === status) return
    document.querySelector("#conv > .solved")?.remove()
    if (status === "solved") this.solved(talk)
  }

  private noteOwn(): void {
    this.ownAt = performance.now()
  }

  private solved(talk: HTMLElement): void {
    const wish = this.host.dataset["afterSolve"] ?? "offer"
    if (wish === "stay") return
    const isOwn = performance.now() - this.ownAt < OWN_WITHIN
    const hasWords = document.querySelector("ot-composer:not(.is-empty)") !== null
    if (wish === "offer" || !isOwn || hasWords) return talk.after(this.offer())
    // Not in the middle of the swap that told us.
    queueMicrotask(() => (wish === "next" && this.ways.next()) || this.ways.list())
  }

  private offer(): HTMLElement {
    const next = button("", text("list.next"), () => this.ways.next())
    next.append(" ", h("kbd", { "aria-hidden": "true" }, "J"))
    return h(
      "div.collide.solved.tone-green",
      { role: "status" },
      icon("circle-check", "sm"),
      h("span", {}, text("list.solved")),
      next,
    )
  }
}
