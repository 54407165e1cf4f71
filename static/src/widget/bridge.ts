/* What the loader on the host's page and the panel in its frame tell each other by postMessage. */
import type { Identity, Page, Unsent } from "./protocol"

/** Kept by the loader on the host's page: a frame of another site has no storage of its own that lasts. */
export interface Kept {
  token?: string | null
  unsent?: Unsent[]
  seen?: { chat: string; seq: number }
  draft?: string
  isLoud?: boolean
  /** a chat is under way, or words wait to be sent: the panel is loaded without anybody asking for it */
  isLive?: boolean
  visits?: number
  /** when the last visit was counted or went on, in milliseconds since 1970 */
  visitedAt?: number
}

export interface Told {
  page: Page
  attributes: Record<string, unknown>
  identity: Identity | null
  consent: boolean
}

export type ToFrame =
  | ({ t: "init"; kept: Kept; isShown: boolean; secondsHere: number } & Told)
  | { t: "shown"; isShown: boolean }
  | ({ t: "told" } & Told)
  | { t: "goal"; name: string; value?: number | undefined }
  | { t: "peeked"; isAccepted: boolean }

export type ToLoader =
  | { t: "ready" }
  | { t: "keep"; kept: Kept }
  | { t: "unread"; count: number }
  | { t: "close" }
  | { t: "peek"; text: string; name: string }
  | { t: "happened"; name: string; detail?: unknown }

/** Tells our messages from all others that fly about a page. */
export const MARK = "onethread"

export const marked = (data: unknown): data is { [MARK]: 1 } => (data as { [MARK]?: 1 } | null)?.[MARK] === 1
