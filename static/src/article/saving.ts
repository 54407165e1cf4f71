/*
 * Keeps an article that is being written: in this browser after 400 ms, on the server a moment later. `version` is the
 * server's count of saves. Whoever would save over somebody else's words is told first, and nothing is lost either way:
 * the words that give way become a revision.
 */
import { parseObject, request } from "../lib/http"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"

const LOCAL_AFTER = 400
const SERVER_AFTER = 1_500
const AGAIN_AFTER = 15_000
/* bytes: browsers refuse keepalive bodies above 64 KB; longer words are in localStorage then */
const KEEPALIVE_MOST = 60_000

export interface Words {
  title: string
  summary: string
  body: string
}

export interface Stored extends Words {
  version: number
  by: string
}

export type SaveState = "saving" | "saved" | "here" | "nowhere"

export interface SavingEvents {
  status(state: SaveState): void
  /** `said`: what the change took back, in the server's words; mostly nothing. */
  saved(version: number, said: string): void
  /** Somebody else saved `other` since these words began. */
  conflict(other: Stored): void
  /** The server does not take these words; why, in its own words. */
  refused(reason: string): void
  expired(): void
}

interface Local extends Words {
  version: number
}

export class Saving {
  words: Words
  private dirty = false
  private conflicted = false
  private running: Promise<void> | undefined
  private localTimer: ReturnType<typeof setTimeout> | undefined
  private serverTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly place: { me: string; article: string; language: string; url: string },
    private version: number,
    words: Words,
    private readonly events: SavingEvents,
  ) {
    this.words = words
  }

  /** Words that this browser kept because the server never got them; they are shown and saved. */
  restore(): Words | undefined {
    const local = readLocal<Local>(this.key)
    if (!local || same(local, this.words)) return undefined
    this.words = { title: local.title, summary: local.summary, body: local.body }
    this.version = local.version
    this.dirty = true
    this.later()
    return this.words
  }

  get isDirty(): boolean {
    return this.dirty
  }

  change(words: Words): void {
    if (same(words, this.words)) return
    this.words = words
    this.dirty = true
    clearTimeout(this.localTimer)
    this.localTimer = setTimeout(() => this.keepHere(), LOCAL_AFTER)
    this.later()
  }

  /** The page may be going away, or somebody wants to be sure. */
  async flush(): Promise<boolean> {
    if (this.dirty) this.keepHere()
    await this.save()
    return !this.dirty
  }

  /** Ours in the place of theirs, which the server keeps as a revision. */
  async putOver(other: Stored): Promise<void> {
    this.version = other.version
    this.conflicted = false
    this.dirty = true
    await this.save({ over: true })
  }

  /** Theirs in the place of ours, which the server keeps as a revision. False when it could not. */
  async giveWay(other: Stored): Promise<boolean> {
    const outcome = await this.put({ ...this.words, version: other.version, aside: true })
    if (!outcome.ok) {
      if (outcome.failure.kind === "expired") this.events.expired()
      else this.events.refused(outcome.failure.message)
      return false
    }
    this.words = { title: other.title, summary: other.summary, body: other.body }
    this.version = other.version
    this.dirty = this.conflicted = false
    removeLocal(this.key)
    this.events.status("saved")
    this.events.saved(this.version, "")
    return true
  }

  stop(): void {
    clearTimeout(this.localTimer)
    clearTimeout(this.serverTimer)
  }

  /** With the writer in it: whoever signs in next in this browser must not find another's words. */
  private get key(): string {
    const { me, article, language } = this.place
    return `ot:article:${me}:${article}:${language}`
  }

  private keepHere(): void {
    clearTimeout(this.localTimer)
    if (!this.dirty) return
    const isKept = writeLocal(this.key, { ...this.words, version: this.version } satisfies Local)
    if (this.conflicted || !isKept) this.events.status(isKept ? "here" : "nowhere")
  }

  private later(after = SERVER_AFTER): void {
    if (this.conflicted) return
    clearTimeout(this.serverTimer)
    this.serverTimer = setTimeout(() => void this.save(), after)
  }

  private async save(more: object = {}): Promise<void> {
    clearTimeout(this.serverTimer)
    while (this.running) await this.running
    if (!this.dirty || this.conflicted) return
    this.running = this.send(more).finally(() => (this.running = undefined))
    await this.running
  }

  private async send(more: object): Promise<void> {
    const sent = this.words
    this.events.status("saving")
    const outcome = await this.put({ ...sent, version: this.version, ...more })
    if (outcome.ok) {
      const answer = parseObject(await outcome.response.text())
      this.version = Number(answer["version"] ?? this.version)
      this.dirty = !same(this.words, sent)
      if (!this.dirty) removeLocal(this.key)
      clearTimeout(this.localTimer)
      this.events.status("saved")
      this.events.saved(this.version, String(answer["said"] ?? ""))
      if (this.dirty) this.later()
      return
    }
    const { failure } = outcome
    const isKept = writeLocal(this.key, { ...this.words, version: this.version } satisfies Local)
    if (failure.kind === "conflict") return this.meet(failure.data, sent)
    this.events.status(isKept ? "here" : "nowhere")
    if (failure.kind === "expired") this.events.expired()
    else if (["refused", "too_big", "forbidden", "gone"].includes(failure.kind)) this.events.refused(failure.message)
    else this.later(AGAIN_AFTER)
  }

  /** An answer that was lost on its way makes us meet our own words: then there is nothing to decide. */
  private meet(data: Record<string, unknown>, sent: Words): void {
    const other: Stored = {
      title: String(data["title"] ?? ""),
      summary: String(data["summary"] ?? ""),
      body: String(data["body"] ?? ""),
      version: Number(data["version"] ?? 0),
      by: String(data["by"] ?? ""),
    }
    if (same(other, sent)) {
      this.version = other.version
      this.dirty = !same(this.words, sent)
      if (this.dirty) this.later()
      else removeLocal(this.key)
      this.events.status("saved")
      this.events.saved(this.version, "")
      return
    }
    this.conflicted = true
    this.events.status("here")
    this.events.conflict(other)
  }

  private put(words: object) {
    const body = JSON.stringify(words)
    const headers = { "Content-Type": "application/json" }
    return request(this.place.url, { method: "PUT", headers, body, keepalive: new Blob([body]).size < KEEPALIVE_MOST })
  }
}

/** Whether two texts say the same: the server tidies what it keeps. */
export function same(one: Words, other: Words): boolean {
  return (
    one.title.trim() === other.title.trim() &&
    one.summary.trim() === other.summary.trim() &&
    (one.body === other.body || plain(one.body) === plain(other.body))
  )
}

function plain(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const link of page.querySelectorAll("a")) link.removeAttribute("rel")
  return page.body.innerHTML.replace(/>\s+</g, "><").trim()
}
