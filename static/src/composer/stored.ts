/* The shapes of a draft: as it is written, as the server tells it, and as this browser keeps it. */
import type { Attached } from "./attachments"

export interface RecipientLists {
  to: string[]
  cc: string[]
  bcc: string[]
  /** Who was in copy when the writer began: what others change since then is kept. */
  cc_seen: string[]
}

export interface Words {
  html: string
  attachments: Attached[]
  /** Null where the writer left them as they were. */
  recipients?: RecipientLists | null
}

export interface StoredDraft extends Words {
  version: number
  shared?: boolean
}

export interface LocalDraft extends StoredDraft {
  /** True while the server has not got these words. */
  dirty: boolean
  key: string
  /** The words of the last save, whether or not its answer was heard. */
  handed?: string
}

/** A draft as the server tells it; `files` stand in where it names none. */
export function readStored(data: Record<string, unknown>, files: Attached[] = []): StoredDraft {
  const attachments = Array.isArray(data["attachments"]) ? (data["attachments"] as Attached[]) : files
  return {
    html: String(data["html"] ?? ""),
    version: Number(data["version"] ?? 0),
    attachments,
    recipients: (data["recipients"] as RecipientLists | null | undefined) ?? null,
    shared: data["shared"] === true,
  }
}

/** Whether two texts say the same: the server tidies the HTML it stores. */
export function sameWords(one: string | undefined, other: string | undefined): boolean {
  const read = (html: string) =>
    new DOMParser().parseFromString(html, "text/html").body.textContent?.replace(/\s+/g, " ").trim()
  return one !== undefined && other !== undefined && (one === other || read(one) === read(other))
}

export function isEmpty({ html, attachments }: Words): boolean {
  return !html && !attachments.length
}
