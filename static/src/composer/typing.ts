/* Tells the others that somebody writes here: at most every 3 s, and that it stopped after 6 s of silence. */
import { announce } from "../lib/dom"

const AGAIN_AFTER = 3_000
const STOPPED_AFTER = 6_000

export class TypingSignal {
  private last = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ticket: number) {}

  typed(mode: string, now = Date.now()): void {
    if (!this.ticket) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stopped(mode), STOPPED_AFTER)
    if (now - this.last < AGAIN_AFTER) return
    this.last = now
    announce("ot:typing", { ticket: this.ticket, mode })
  }

  stopped(mode: string): void {
    clearTimeout(this.timer)
    if (this.last) announce("ot:idle", { ticket: this.ticket, mode })
    this.last = 0
  }
}
