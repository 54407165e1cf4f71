/*
 * What this page has of a chat's log. Numbers have no gaps: a line that is further on than the next one says that
 * something is missing, and nothing is drawn out of order. Pure; what is missing is fetched by whoever asks.
 */

export interface FileOf {
  id: number
  filename: string
  size: number
  content_type: string
}

export interface Line {
  seq: number
  id: string | null
  said: "visitor" | "agent" | "bot" | "event"
  name: string
  author: number | null
  text: string
  at: string
  files: FileOf[]
  kind?: string
  [fact: string]: unknown
}

export interface Taken {
  /** New lines, in their order. */
  fresh: Line[]
  /** Something before what was told is missing: read the log after `last`. */
  gap: boolean
}

export class Lines {
  private readonly bySeq = new Map<number, Line>()
  /** The newest line up to which nothing is missing. */
  last = 0
  first = 0

  /** What the server said is there: the last lines without a gap. */
  begin(lines: readonly Line[]): void {
    for (const line of lines) this.bySeq.set(line.seq, line)
    this.first = lines[0]?.seq ?? 1
    this.last = lines.at(-1)?.seq ?? 0
  }

  /** Lines as they come, in any order and any number of times. */
  take(lines: readonly Line[]): Taken {
    const fresh: Line[] = []
    for (const line of [...lines].sort((one, other) => one.seq - other.seq)) {
      if (line.seq !== this.last + 1) continue
      this.last = line.seq
      this.bySeq.set(line.seq, line)
      fresh.push(line)
    }
    return { fresh, gap: lines.some(({ seq }) => seq > this.last) }
  }

  /** Lines from before the first one. */
  prepend(lines: readonly Line[]): Line[] {
    const older = lines.filter(({ seq }) => seq < this.first)
    for (const line of older) this.bySeq.set(line.seq, line)
    this.first = older[0]?.seq ?? this.first
    return older
  }

  get all(): Line[] {
    return [...this.bySeq.values()].sort((one, other) => one.seq - other.seq)
  }

  has(id: string): boolean {
    return [...this.bySeq.values()].some((line) => line.id === id)
  }

  /** Since when the visitor waits for a word of ours, as far as it is known here; "" when they do not. */
  get waitingSince(): string {
    let since = ""
    for (const line of this.all.reverse()) {
      if (line.said === "agent") break
      if (line.said === "visitor") since = line.at
    }
    return since
  }

  /** What was said last, by whomever. */
  get words(): string {
    return this.all.findLast(({ said, text }) => said !== "event" && text)?.text ?? ""
  }

  /** The visitor's lines after number `seq`. */
  unseen(seq: number): number {
    return [...this.bySeq.values()].filter((line) => line.said === "visitor" && line.seq > seq).length
  }
}
