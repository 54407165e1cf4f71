/* What the panel knows of its conversation, and what can be read off it. */
import type { Assistant, Card, Chat, Invitation, Line, Unsent, Upload, Wait } from "./protocol"

export type Net = "connecting" | "on" | "off" | "offline" | "blocked" | "busy"

export interface Conversation {
  net: Net
  /** the server has said at least once how things are */
  isKnown: boolean
  token: string | null
  visitor: { name: string; email: string; is_verified: boolean }
  isOnline: boolean
  opensAt: string | null
  answerBy: string | null
  chat: Chat | null
  wait: Wait | null
  assistant: Assistant | null
  invitations: Invitation[]
  upload: Upload | null
  /** articles for what is being written */
  articles: Card[]
  /** lines of chats before this one, as far as they have been seen here */
  earlier: Line[]
  lines: Line[]
  hasMore: boolean
  unsent: Unsent[]
  /** messages for later that have arrived, to be seen as long as this page is open; `seq` says that they are there */
  left: Unsent[]
  typing: { name: string; until: number } | null
  isShown: boolean
  /** of which chat the visitor has seen everything up to a number */
  seen: { chat: string; seq: number }
  done: string[]
}

export function beginning(kept: {
  token?: string | null
  unsent?: Unsent[]
  seen?: Conversation["seen"]
}): Conversation {
  return {
    net: "connecting",
    isKnown: false,
    token: kept.token ?? null,
    visitor: { name: "", email: "", is_verified: false },
    isOnline: true,
    opensAt: null,
    answerBy: null,
    chat: null,
    wait: null,
    assistant: null,
    invitations: [],
    upload: null,
    articles: [],
    earlier: [],
    lines: [],
    hasMore: false,
    unsent: kept.unsent ?? [],
    left: [],
    typing: null,
    isShown: false,
    seen: kept.seen ?? { chat: "", seq: 0 },
    done: [],
  }
}

export const isLive = (state: Conversation): boolean => !!state.chat && state.chat.state !== "ended"

/** The number of the last line; null before there is a chat to go on with. */
export const since = (state: Conversation): number | null => state.lines.at(-1)?.seq ?? null

/** Lines of the other side that the visitor has not seen. */
export function unread(state: Conversation): number {
  const upTo = state.chat && state.seen.chat === state.chat.key ? state.seen.seq : 0
  return state.lines.filter((line) => line.seq > upTo && isTheirs(line)).length
}

export const isTheirs = (line: Line): boolean => line.said === "agent" || line.said === "bot"
