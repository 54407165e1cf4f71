/* Asks whether we can help: by the widget's invitations when one is due, or because an agent has asked in person. */
import type { ToLoader } from "./bridge"
import type { Store } from "./store"
import { due } from "./inviting"
import { isLive } from "./conversation"
import type { Invitation } from "./protocol"

const VISIT = 30 * 60_000 // milliseconds after which somebody who comes back is on another visit

export class Inviter {
  /** what we have asked last */
  text = ""
  private since: number
  private url: string
  private shown: Invitation | undefined
  private readonly done = new Set<number>()

  constructor(
    private readonly store: Store,
    private readonly language: string,
    secondsHere: number,
    private readonly tell: (message: ToLoader) => void,
  ) {
    this.since = Date.now() - secondsHere * 1000
    this.url = store.page.page.url
    const { visits = 0, visitedAt = 0 } = store.kept
    store.keep({ visits: Date.now() - visitedAt > VISIT ? visits + 1 : visits, visitedAt: Date.now() })
  }

  moved(): void {
    const { url } = this.store.page.page
    if (url !== this.url) this.since = Date.now()
    this.url = url
    this.look()
  }

  look(): void {
    const { state, kept, page } = this.store
    if (state.isShown || isLive(state) || this.shown || state.net !== "on") return
    const basket = Number(page.attributes["basket"]) || 0
    const seconds = (Date.now() - this.since) / 1000
    const facts = { url: this.url, seconds, basket, visits: kept.visits ?? 1, language: this.language }
    const found = due(
      state.invitations.filter((one) => !this.done.has(one.id)),
      facts,
    )
    if (!found) return
    this.done.add(found.id)
    this.store.send({ t: "invitation", invitation: found.id, variant: found.variant, what: "shown" })
    if (!found.text) return // held back, to be compared with
    this.shown = found
    this.peek(found.text)
  }

  /** An agent sees who is on the site and asks. */
  invited({ text, agent }: { text: string; agent: { name: string } }): void {
    if (!this.store.state.isShown) this.peek(text, agent.name)
  }

  private peek(text: string, name = ""): void {
    this.text = text
    this.tell({ t: "peek", text, name })
  }

  answered(isAccepted: boolean): void {
    if (!this.shown) return
    const { id, variant } = this.shown
    this.store.send({ t: "invitation", invitation: id, variant, what: isAccepted ? "accepted" : "dismissed" })
    this.shown = undefined
  }
}
