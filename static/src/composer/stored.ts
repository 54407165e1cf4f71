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
  /** What the last save said, whether or not its answer was heard. */
  handed?: Words
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

/** Whether two drafts say the same, to the same people, with the same files: the server tidies the HTML it stores. */
export function sameDraft(one: Words | undefined, other: Words | undefined): boolean {
  return one !== undefined && other !== undefined && (one === other || sayingOf(one) === sayingOf(other))
}

function sayingOf({ html, attachments, recipients }: Words): string {
  const words = new DOMParser().parseFromString(html, "text/html").body.textContent?.replace(/\s+/g, " ").trim()
  const people = recipients && [recipients.to, recipients.cc, recipients.bcc]
  return JSON.stringify([words, attachments?.map(({ id }) => id).sort(), people ?? null])
}

export function isEmpty({ html, attachments }: Words): boolean {
  return !html && !attachments.length
}
