/* What goes over the wire, in both directions: docs/chat-protocol.md. */

export interface FileOf {
  id: number
  filename: string
  size: number
  content_type: string
  url?: string
}

export interface Card {
  id: number
  title: string
  excerpt?: string
  url?: string
  path?: string
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
  by?: string
  options?: Option[]
  articles?: Card[]
}

export interface Chat {
  key: string
  state: "bot" | "waiting" | "active" | "ended"
  agent: { name: string; initials: string; hue: number } | null
  is_rated: boolean
  hold_until: string | null
  seen: number
  /** where the conversation goes on by WhatsApp, on the same ticket; empty where the number is none of ours */
  whatsapp?: string
}

export interface Wait {
  position: number
  seconds: number | null
}

/** Something the visitor wrote, from the moment it was written until the log has it. */
export interface Unsent {
  id: string
  as: "line" | "choice" | "offline"
  text: string
  files: FileOf[]
  at: string
  option?: string
  answers?: Record<string, unknown>
  name?: string
  email?: string
  /** the server has it under this number */
  seq?: number
  /** it was refused because its chat was over, and sent again for a new one */
  isLate?: boolean
  /** it was too quick: it is sent again at this time, in milliseconds since 1970 */
  again?: number
  /** the code with which it was refused */
  problem?: string
  reason?: string
}

export interface Invitation {
  id: number
  variant: string
  text: string
  conditions: { page?: string; seconds?: number; basket?: number; visits?: number; languages?: string[] }
}

export interface Identity {
  token?: string
  id?: string
  hash?: string
  name?: string
  email?: string
}

export interface Page {
  url: string
  title: string
}

export interface Hello {
  t: "hello"
  v: 1
  key: string
  token: string | null
  /** the chat in which `since` counts */
  chat: string | null
  since: number | null
  language: string
  page: Page
  identity?: Identity
  attributes?: Record<string, unknown>
  consent?: boolean
  proof?: string
  visits?: number | undefined
}

export interface Welcome {
  t: "welcome"
  token: string
  visitor: { name: string; email: string; is_verified: boolean }
  is_online: boolean
  opens_at: string | null
  answer_by: string | null
  chat: Chat | null
  wait: Wait | null
  lines: Line[]
  has_more: boolean
  invitations: Invitation[]
  /** what the assistant greets with as long as there is no chat */
  assistant: Assistant | null
  /** null where no files are taken */
  upload: Upload | null
}

export interface Option {
  id: string
  label: string
}

export interface Assistant {
  name: string
  text: string
  options: Option[]
}

export interface Upload {
  url: string
  most_bytes: number
}

export type FromServer =
  | Welcome
  | { t: "line"; line: Line }
  | { t: "ack"; id: string; seq: number; at: string }
  | { t: "chat"; chat: Chat | null; wait: Wait | null }
  | { t: "typing"; name: string; on?: boolean }
  | { t: "seen"; seq: number }
  | { t: "invite"; text: string; agent: { name: string } }
  | { t: "online"; is_online: boolean; opens_at: string | null; answer_by: string | null }
  | { t: "lines"; lines: Line[]; has_more: boolean }
  | { t: "articles"; articles: Card[] }
  | { t: "done"; of: string; id?: string }
  | {
      t: "refused"
      id?: string
      of?: string
      code: string
      reason: string
      /** a sentence for each field that is wrong */
      fields?: Record<string, string>
      /** seconds to wait before it is sent again */
      after?: number
      challenge?: { nonce: string; bits: number }
    }
  | { t: "bye"; code: string; after?: number }
  | { t: "pong" }

export type ToServer =
  | Hello
  | {
      t: "start"
      id: string
      text: string
      files?: number[]
      answers?: Record<string, unknown>
      name?: string
      email?: string
    }
  | { t: "say"; id: string; text: string; files?: number[] }
  | { t: "typing"; on: boolean }
  | { t: "seen"; seq: number }
  | { t: "choose"; id: string; option: string }
  | { t: "page"; url: string; title: string }
  | { t: "attributes"; attributes?: Record<string, unknown>; identity?: Identity }
  | { t: "end" }
  | { t: "rate"; score: "good" | "bad"; comment?: string }
  | { t: "transcript"; email: string }
  | {
      t: "offline"
      id: string
      text: string
      name: string
      email: string
      answers?: Record<string, unknown>
      files?: number[]
    }
  | { t: "more"; before: number }
  | { t: "suggest"; text: string }
  | { t: "article"; article: number; what: "opened" | "solved" }
  | { t: "invitation"; invitation: number; variant: string; what: "shown" | "accepted" | "dismissed" }
  | { t: "goal"; name: string; value?: number | undefined }
  | { t: "ping" }
