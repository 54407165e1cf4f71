/*
 * Tells the others that somebody writes here: at most every 3 s, that it stopped after 6 s of silence, and that a reply
 * is done with (sent, discarded, emptied), which lets go of the claim that its first letter made.
 * Dispatches on document: ot:typing, ot:idle, ot:release {ticket, mode}.
 */
import { announce } from "../lib/dom"

const AGAIN_AFTER = 3_000
const STOPPED_AFTER = 6_000

export class TypingSignal {
  private last = 0
  private mode = ""
  private claims = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ticket: number) {}

  typed(mode: string, now = Date.now()): void {
    if (!this.ticket) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stopped(mode), STOPPED_AFTER)
    if (mode === this.mode && now - this.last < AGAIN_AFTER) return
    this.last = now
    this.mode = mode
    if (mode === "reply") this.claims = true
    announce("ot:typing", { ticket: this.ticket, mode })
  }

  stopped(mode: string): void {
    clearTimeout(this.timer)
    if (this.last) announce("ot:idle", { ticket: this.ticket, mode })
    this.last = 0
  }

  emptied(mode: string): void {
    if (mode !== "reply" || !this.claims) return
    this.stopped(mode)
    this.claims = false
    announce("ot:release", { ticket: this.ticket, mode })
  }
}
