/*
 * Keeps the words of one ticket and mode: in this browser after 400 ms, on the server after 3 s, so that neither a
 * crash nor a change of device loses them. `version` is the server's count of saves: whoever saves over a newer one is
 * told, and both texts are kept until a person chooses.
 */
import { parseObject, request } from "../lib/http"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"
import { text } from "../strings"
import { isEmpty, readStored, sameDraft, type LocalDraft, type StoredDraft, type Words } from "./stored"
import { newKey } from "./submit-key"

const LOCAL_AFTER = 400
const SERVER_AFTER = 3_000
/* bytes: browsers refuse keepalive bodies above 64 KB; longer words are in localStorage then */
const KEEPALIVE_MOST = 60_000

export interface DraftEvents {
  /** "hidden": saved, but the ticket was moved out of the writer's sight; "gone": it is no longer there at all. */
  status(state: "saving" | "saved" | "here" | "hidden" | "gone"): void
  /** Another device saved `other` over the version these words began with. */
  conflict(other: StoredDraft): void
  /** The server does not take these words as they are; why, in its own words. */
  refused(reason: string): void
}

export class DraftKeeper {
  words: Words = { html: "", attachments: [] }
  /** Names this message over all its retries, so that it is never sent twice. */
  submitKey: string
  private version = 0
  private handed: Words | undefined
  private dirty = false
  private conflicted = false
  private keepsOld = false
  private saving: Promise<void> | undefined
  /** How often words were stored from here: what was fetched before the last time is old. */
  saves = 0
  private localTimer: ReturnType<typeof setTimeout> | undefined
  private serverTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly place: { me: string; ticket: string; mode: string; url: string },
    private readonly events: DraftEvents,
    firstKey = "",
  ) {
    this.submitKey = firstKey || newKey()
  }

  /** Choose between what the server rendered and what this browser kept. Answers the words to show. */
  restore(server?: StoredDraft): Words {
    const local = readLocal<LocalDraft>(this.storageKey)
    this.handed = local?.handed
    if (local?.dirty && !isEmpty(local) && !sameDraft(local, server)) {
      this.take(local, server?.version ?? 0)
      this.submitKey = local.key
      this.dirty = true
      if (server && server.version > local.version && !sameDraft(local.handed, server)) this.meet(server)
      else this.scheduleServer()
    } else if (server) {
      this.take(server, server.version)
      if (local) this.submitKey = local.key
    }
    return this.words
  }

  get isDirty(): boolean {
    return this.dirty
  }

  /** `keepsOld`: what stood there goes to the earlier versions even if it is only seconds old. */
  change(words: Words, keepsOld = false): void {
    this.words = words
    this.keepsOld ||= keepsOld
    this.dirty = true
    clearTimeout(this.localTimer)
    this.localTimer = setTimeout(() => this.saveLocal(), LOCAL_AFTER)
    this.scheduleServer()
  }

  /** The page may be going away: store at once, and save in a request that outlives it. */
  flush(): void {
    this.saveLocal()
    if (!this.saving) void this.saveServer()
  }

  /** Stop saving and wait for a save on its way, so that it cannot bring a sent draft back to life. */
  async pause(): Promise<void> {
    clearTimeout(this.localTimer)
    this.writeLocal()
    clearTimeout(this.serverTimer)
    this.serverTimer = undefined
    await this.saving
  }

  /** Everything typed so far is on the server, or can't be: for what must come after it. */
  async settle(): Promise<boolean> {
    await this.pause()
    await this.saveServer()
    return !this.dirty
  }

  /**
   * What the server had, because another tab or device saved. True when these words took the place of ours.
   * `asked`: the saves until it was asked.
   */
  async hear(stored: StoredDraft, asked = this.saves): Promise<boolean> {
    await this.saving
    if (asked !== this.saves) return false
    if (stored.version === this.version || sameDraft(stored, this.words)) {
      if (!this.dirty) this.version = stored.version
      return false
    }
    if (!this.dirty) {
      this.useOther(stored)
      return true
    }
    if (isEmpty(stored)) this.version = 0
    else if (!sameDraft(stored, this.handed)) await this.meetUnsaved(stored)
    return false
  }

  resume(): void {
    if (this.dirty) this.scheduleServer()
  }

  /** The message is sent: its words are history, the next one gets a new key. */
  clear(): void {
    clearTimeout(this.localTimer)
    clearTimeout(this.serverTimer)
    this.serverTimer = undefined
    this.words = { html: "", attachments: [] }
    this.version = 0
    this.dirty = this.conflicted = this.keepsOld = false
    this.submitKey = newKey()
    removeLocal(this.storageKey)
  }

  keepMine(): void {
    this.conflicted = false
    this.dirty = this.keepsOld = true
    this.scheduleServer()
  }

  /** Words that the server has put back as the draft of this version: a send that was taken back. */
  restored(words: Words, version: number): void {
    this.words = words
    this.version = version
    this.dirty = this.conflicted = false
    this.writeLocal()
  }

  useOther(other: StoredDraft): Words {
    this.conflicted = this.dirty = false
    this.take(other, other.version)
    removeLocal(this.storageKey)
    return this.words
  }

  private take(draft: StoredDraft, version: number): void {
    this.words = { html: draft.html, attachments: draft.attachments, recipients: draft.recipients ?? null }
    this.version = version
  }

  /** What was never handed in is refused by the server, and thereby kept among the earlier versions. */
  private async meetUnsaved(other: StoredDraft): Promise<void> {
    await this.saveServer()
    if (this.dirty && !this.conflicted) this.meet(other)
  }

  private meet(other: StoredDraft): void {
    this.version = other.version
    this.conflicted = true
    this.saveLocal()
    this.events.conflict(other)
  }

  /** With the writer in it: whoever signs in next in this browser must not find, or send, another's words. */
  private get storageKey(): string {
    return `ot:draft:${this.place.me}:${this.place.ticket}:${this.place.mode}`
  }

  private saveLocal(): void {
    clearTimeout(this.localTimer)
    if (!this.dirty) return
    if (this.writeLocal() && (!this.place.url || this.conflicted)) this.events.status("here")
  }

  private writeLocal(): boolean {
    const { html, attachments, recipients = null } = this.words
    if (isEmpty(this.words) && !this.dirty) {
      removeLocal(this.storageKey)
      return true
    }
    const local: LocalDraft = {
      html,
      attachments,
      recipients,
      version: this.version,
      dirty: this.dirty,
      key: this.submitKey,
      ...(this.handed && { handed: this.handed }),
    }
    return writeLocal(this.storageKey, local)
  }

  private scheduleServer(): void {
    if (!this.place.url || this.conflicted) return
    this.serverTimer ??= setTimeout(() => void this.saveServer(), SERVER_AFTER)
  }

  private async saveServer(): Promise<void> {
    clearTimeout(this.serverTimer)
    this.serverTimer = undefined
    if (this.saving) await this.saving
    if (!this.dirty || this.conflicted || !this.place.url) return
    this.events.status("saving")
    const unheard = this.handed
    this.handed = this.words
    this.writeLocal()
    this.saving = this.put(unheard).finally(() => (this.saving = undefined))
    await this.saving
  }

  /** `unheard` are the words of a save before, which may have arrived although its answer did not. */
  private async put(unheard: Words | undefined): Promise<void> {
    const sent = this.words
    const headers = { "Content-Type": "application/json" }
    const body = this.body()
    const outcome = await request(this.place.url, {
      method: "PUT",
      headers,
      body,
      keepalive: new Blob([body]).size < KEEPALIVE_MOST,
    })
    if (outcome.ok) {
      this.saves++
      const answer = parseObject((await outcome.response.text()) || "{}")
      if (typeof answer["version"] === "number") this.version = answer["version"]
      this.dirty = this.words !== sent
      this.keepsOld = false
      this.writeLocal()
      this.events.status(answer["hidden"] ? "hidden" : "saved")
      if (this.dirty) this.scheduleServer()
    } else if (outcome.failure.kind === "conflict") {
      const other = readStored(outcome.failure.data, this.words.attachments)
      if (!sameDraft(unheard, other)) return this.meet(other)
      this.version = other.version
      this.scheduleServer()
    } else {
      const kept = this.writeLocal()
      if (kept) this.events.status(outcome.failure.kind === "gone" ? "gone" : "here")
      if (outcome.failure.kind === "refused" || outcome.failure.kind === "too_big") {
        this.events.refused(kept ? outcome.failure.message : `${outcome.failure.message} ${text("draft.not_kept")}`)
      }
    }
  }

  private body(): string {
    const { mode } = this.place
    const { html, attachments, recipients = null } = this.words
    const files = attachments.map(({ id }) => id)
    const keeps = this.keepsOld ? { keep: true } : {}
    return JSON.stringify({ mode, html, version: this.version, attachments: files, recipients, ...keeps })
  }
}
