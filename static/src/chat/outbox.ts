/*
 * Lines of one chat that are not known to be on the server: sent one after the other, so that their order holds, and
 * again until they are there. Each carries an id, so that sending twice makes one. This browser keeps them over a
 * reload; what the server refuses stays with the reason until its writer tries again or takes it back.
 */
import type { Attached } from "../composer/attachments"
import { newKey } from "../composer/submit-key"
import type { Failure, Outcome } from "../lib/http"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"

const FIRST_WAIT = 1_000
const LONGEST_WAIT = 15_000

export interface Unsent {
  id: string
  mode: "reply" | "note"
  text: string
  files: Attached[]
  /** Fields of the form: changes of macros and the macros they came from. */
  more: [string, string][]
  at: string
  /** Why the server did not take it; it is not tried again by itself. */
  refused?: string
}

export interface OutboxEvents {
  /** What waits is different. */
  changed(): void
  /** It is on the server, which answered this. */
  sent(unsent: Unsent, answer: Record<string, unknown>): void
  /** Nobody is signed in any more. */
  expired(): void
}

export class Outbox {
  private waiting: Unsent[]
  private isSending = false
  private wait = FIRST_WAIT
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly key: string,
    private readonly post: (unsent: Unsent) => Promise<Outcome>,
    private readonly events: OutboxEvents,
  ) {
    this.waiting = readLocal<Unsent[]>(key) ?? []
  }

  get list(): readonly Unsent[] {
    return this.waiting
  }

  add(words: Pick<Unsent, "mode" | "text" | "files" | "more">): Unsent {
    const unsent = { ...words, id: newKey(), at: new Date().toISOString() }
    this.keep([...this.waiting, unsent])
    void this.flush()
    return unsent
  }

  /** It was seen on the server, whether or not the answer to its sending was. */
  confirm(id: string): void {
    if (this.waiting.some((unsent) => unsent.id === id)) this.keep(this.waiting.filter((unsent) => unsent.id !== id))
  }

  /** Taken back by its writer before the server had it. */
  drop(id: string): Unsent | undefined {
    const dropped = this.waiting.find((unsent) => unsent.id === id)
    this.confirm(id)
    return dropped
  }

  retry(id: string): void {
    this.keep(this.waiting.map((unsent) => (unsent.id === id ? withoutReason(unsent) : unsent)))
    void this.flush()
  }

  /** Try now: the line is back, or somebody asks for it. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    if (this.isSending) return
    this.isSending = true
    try {
      for (let next = this.next; next; next = this.next) if (!(await this.send(next))) break
    } finally {
      this.isSending = false
    }
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private get next(): Unsent | undefined {
    return this.waiting.find(({ refused }) => refused === undefined)
  }

  /** False when the rest has to wait. */
  private async send(unsent: Unsent): Promise<boolean> {
    const outcome = await this.post(unsent)
    if (outcome.ok) {
      this.wait = FIRST_WAIT
      this.confirm(unsent.id)
      this.events.sent(unsent, (await outcome.response.json()) as Record<string, unknown>)
      return true
    }
    return this.failed(unsent, outcome.failure)
  }

  private failed(unsent: Unsent, failure: Failure): boolean {
    if (failure.kind === "expired") {
      this.events.expired()
      return false
    }
    if (["offline", "timeout", "server", "rate"].includes(failure.kind)) {
      this.timer = setTimeout(() => void this.flush(), this.wait)
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2)
      return false
    }
    this.keep(this.waiting.map((other) => (other.id === unsent.id ? { ...other, refused: failure.message } : other)))
    return true
  }

  private keep(waiting: Unsent[]): void {
    this.waiting = waiting
    if (waiting.length) writeLocal(this.key, waiting)
    else removeLocal(this.key)
    this.events.changed()
  }
}

function withoutReason({ refused: _refused, ...unsent }: Unsent): Unsent {
  return unsent
}
