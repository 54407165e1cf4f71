/*
 * When the ticket in view has become solved, the next one of the list is offered, not forced on the reader: what was
 * written can be read once more, and undone.
 */
import { button, h, icon } from "../../lib/dom"
import { text } from "../../strings"

export class AfterSolve {
  private before: { ticket: string; status: string } | undefined

  constructor(private readonly goOn: () => void) {}

  /** After any swap: compares what is shown with what was. */
  refreshed(): void {
    const talk = document.querySelector<HTMLElement>("#conv[data-ticket] #talk[data-status]")
    const ticket = document.querySelector<HTMLElement>("#conv")?.dataset["ticket"]
    const status = talk?.dataset["status"]
    const { before } = this
    this.before = ticket && status ? { ticket, status } : undefined
    if (!talk || before?.ticket !== ticket || before?.status === status) return
    document.querySelector("#conv > .solved")?.remove()
    if (status === "solved") talk.after(this.offer())
  }

  private offer(): HTMLElement {
    const next = button("", text("list.next"), () => this.goOn())
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
