/* What the server says a macro would do, and taking it into the composer. */
import { request, type Failure } from "../../lib/http"
import type { Attached } from "../attachments"

export interface Change {
  action: { field: string; value: unknown }
  text: string
  /** Why it can't be made. */
  problem: string
  /** It is so already. */
  unchanged: boolean
}

export interface Shown {
  macro: { id: number; title: string }
  mode: string
  html: string
  /** The same words as plain text. */
  text: string
  problem: string
  changes: Change[]
  files: { filename: string; size: string }[]
}

export interface Taken extends Omit<Shown, "files"> {
  attachments: Attached[]
}

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure }

export const look = (ticket: string, id: number) => post<Shown>(`/agent/tickets/${ticket}/macros/${id}/preview/`)

/** Its files are copied for the writer; nothing is sent, and the ticket stays as it is. */
export const take = (ticket: string, id: number) => post<Taken>(`/agent/tickets/${ticket}/macros/${id}/application/`)

async function post<T>(url: string): Promise<Answer<T>> {
  const outcome = await request(url, { method: "POST", headers: { Accept: "application/json" } })
  return outcome.ok ? { ok: true, value: (await outcome.response.json()) as T } : outcome
}
