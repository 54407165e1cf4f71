/*
 * What the panel knows of its conversation, and what follows from each thing that happens. Pure: no page, no clock, no
 * network. `next` takes the state and a happening and answers the new state and what is to be sent.
 *
 * What the visitor writes stays in `unsent` until the server's log has it, under the id it was given when it was
 * written. After every welcome all of it is sent again; the server writes each id once.
 */
import type { Chat, FromServer, Line, ToServer, Unsent, Wait, Welcome } from "./protocol"
import { type Conversation, isLive, type Net, since, unread } from "./state"

export * from "./state"

export type Happening =
  | { t: "server"; message: FromServer; now: number }
  | { t: "net"; net: Net }
  | { t: "write"; unsent: Unsent }
  | { t: "retry"; id: string }
  | { t: "drop"; id: string }
  | { t: "shown"; isShown: boolean }
  | { t: "more" }
  | { t: "says"; email: string }
  | { t: "tick"; now: number }

/** `again` asks the connection to start over, because what came does not fit what is here. */
export type Out = ToServer | { t: "again" }

const TYPING_LASTS = 8_000 // milliseconds; a "no longer" that is lost must not leave somebody writing for ever

export function next(state: Conversation, happening: Happening): [Conversation, Out[]] {
  switch (happening.t) {
    case "server":
      return heard(state, happening.message, happening.now)
    case "net":
      return [{ ...state, net: happening.net, typing: null }, []]
    case "write":
      return write(state, happening.unsent)
    case "retry":
      return retry(state, happening.id)
    case "drop":
      return [{ ...state, unsent: state.unsent.filter((one) => one.id !== happening.id) }, []]
    case "shown":
      return see({ ...state, isShown: happening.isShown })
    case "says":
      return [{ ...state, visitor: { ...state.visitor, email: happening.email } }, []]
    case "more":
      return [state, state.lines[0] ? [{ t: "more", before: state.lines[0].seq }] : []]
    case "tick":
      return ticked(state, happening.now)
  }
}

function ticked(state: Conversation, now: number): [Conversation, Out[]] {
  const quiet = state.typing && state.typing.until <= now ? { ...state, typing: null } : state
  const due = new Set(quiet.unsent.filter((one) => one.again && one.again <= now).map((one) => one.id))
  if (!due.size || state.net !== "on") return [quiet, []]
  const unsent = quiet.unsent.map((one) => (due.has(one.id) ? without(one, "again") : one))
  return resent({ ...quiet, unsent }, due)
}

function heard(state: Conversation, message: FromServer, now: number): [Conversation, Out[]] {
  switch (message.t) {
    case "welcome":
      return welcomed(state, message)
    case "line":
      return withLine(state, message.line)
    case "ack":
      return [{ ...state, unsent: change(state, message.id, { seq: message.seq, at: message.at }) }, []]
    case "chat":
      return see(withChat(state, message.chat, message.wait))
    case "typing":
      return [
        {
          ...state,
          typing: message.name && message.on !== false ? { name: message.name, until: now + TYPING_LASTS } : null,
        },
        [],
      ]
    case "seen":
      return [state.chat ? { ...state, chat: { ...state.chat, seen: message.seq } } : state, []]
    case "online":
      return [{ ...state, isOnline: message.is_online, opensAt: message.opens_at, answerBy: message.answer_by }, []]
    case "lines":
      return [{ ...state, lines: merged(state.lines, message.lines), hasMore: message.has_more }, []]
    case "articles":
      return [{ ...state, articles: message.articles }, []]
    case "done":
      return done(state, message.of, message.id)
    case "refused":
      return refused(state, message, now)
    default:
      return [state, []] // bye and pong are the connection's; what a newer server says is not for this page
  }
}

function welcomed(state: Conversation, message: Welcome): [Conversation, Out[]] {
  const known: Conversation = {
    ...state,
    net: "on",
    isKnown: true,
    token: message.token,
    visitor: message.visitor,
    isOnline: message.is_online,
    opensAt: message.opens_at,
    answerBy: message.answer_by,
    assistant: message.assistant,
    invitations: message.invitations,
    upload: message.upload,
  }
  const told = withChat(known, message.chat, message.wait)
  const follows = told.lines.length && message.lines[0] && message.lines[0].seq > since(told)! + 1
  const had = follows ? [] : told.lines // more was said than one answer brings: the newest are shown, the rest is asked for
  const lines = merged(had, message.lines)
  const there = { ...told, lines, hasMore: had.length ? state.hasMore : message.has_more }
  const [shown, out] = see({ ...there, unsent: stillUnsent(there.unsent, lines) })
  return [shown, [...out, ...sendings(shown, shown.unsent.filter(isWaiting))]]
}

const isWaiting = (one: Unsent): boolean => one.seq === undefined && !one.problem

function withLine(state: Conversation, line: Line): [Conversation, Out[]] {
  const last = since(state) ?? line.seq - 1
  if (line.seq <= last) return [{ ...state, unsent: stillUnsent(state.unsent, [line]) }, []]
  if (line.seq > last + 1) return [state, [{ t: "again" }]]
  const lines = [...state.lines, line]
  const typing = line.said === "agent" ? null : state.typing
  return see({ ...state, lines, typing, unsent: stillUnsent(state.unsent, [line]) })
}

function withChat(state: Conversation, chat: Chat | null, wait: Wait | null): Conversation {
  const before = state.chat && state.chat.key !== chat?.key ? setAside(state) : state
  const done = chat?.key === state.chat?.key ? before.done : []
  return { ...before, chat, wait, done, typing: chat?.state === "active" ? before.typing : null }
}

/** Another chat has begun: the lines of the one before stay to be read. */
function setAside(state: Conversation): Conversation {
  return { ...state, earlier: [...state.earlier, ...state.lines], lines: [], hasMore: false }
}

/** By number; of two that are the same the one that is here stays, so that it is not drawn and read aloud again. */
function merged(here: Line[], more: Line[]): Line[] {
  const lines = new Map([...more, ...here].map((line) => [line.seq, line]))
  return [...lines.values()].sort((a, b) => a.seq - b.seq)
}

function stillUnsent(unsent: Unsent[], lines: Line[]): Unsent[] {
  const ids = new Set(lines.map((line) => line.id))
  return unsent.some((one) => ids.has(one.id)) ? unsent.filter((one) => !ids.has(one.id)) : unsent
}

const change = (state: Conversation, id: string, fields: Partial<Unsent>): Unsent[] =>
  state.unsent.map((one) => (one.id === id ? { ...one, ...fields } : one))

function write(state: Conversation, unsent: Unsent): [Conversation, Out[]] {
  const { name, email } = unsent
  const visitor = { ...state.visitor, ...(name ? { name } : {}), ...(email ? { email } : {}) }
  const there = { ...state, visitor, unsent: [...state.unsent, unsent] }
  return [there, state.net === "on" ? sendings(there, [unsent]) : []]
}

function retry(state: Conversation, id: string): [Conversation, Out[]] {
  const unsent = state.unsent.map((one) => (one.id === id ? without(one, "problem") : one))
  return resent({ ...state, unsent }, new Set([id]))
}

function without(unsent: Unsent, field: "problem" | "again"): Unsent {
  const { [field]: _gone, ...rest } = unsent
  return rest
}

function resent(state: Conversation, ids: Set<string>): [Conversation, Out[]] {
  const which = state.unsent.filter((one) => ids.has(one.id))
  return [state, state.net === "on" ? sendings(state, which) : []]
}

/** The first line begins a chat where there is none; what follows is said in it. */
function sendings(state: Conversation, unsent: Unsent[]): ToServer[] {
  const first = state.unsent.find((one) => one.as === "line" && !one.problem)
  return unsent.map((one) => {
    const { id, text, files } = one
    const given = files.length ? { files: files.map((file) => file.id) } : {}
    if (one.as === "choice") return { t: "choose", id, option: one.option ?? "" }
    if (one.as === "offline")
      return { t: "offline", id, text, name: one.name ?? "", email: one.email ?? "", ...said(one, "answers"), ...given }
    if (isLive(state) || one !== first) return { t: "say", id, text, ...given }
    return { t: "start", id, text, ...given, ...said(one, "answers", "name", "email") }
  })
}

/** Those of the fields that say something. */
function said<F extends "answers" | "name" | "email">(one: Unsent, ...fields: F[]): Partial<Pick<Unsent, F>> {
  const given = fields.filter((field) => one[field] && Object.keys(one[field]).length)
  return Object.fromEntries(given.map((field) => [field, one[field]])) as Partial<Pick<Unsent, F>>
}

/** What is in sight has been seen: the other side is told, at once or when we are back, and nothing of it is unread. */
function see(state: Conversation): [Conversation, Out[]] {
  const chat = state.chat
  const last = state.lines.at(-1)
  if (!state.isShown || !chat || !last || state.net !== "on") return [state, []]
  if (state.seen.chat === chat.key && state.seen.seq >= last.seq) return [state, []]
  const { seq } = last
  return [{ ...state, seen: { chat: chat.key, seq } }, unread(state) ? [{ t: "seen", seq }] : []]
}

function done(state: Conversation, of: string, id?: string): [Conversation, Out[]] {
  const left = state.unsent.filter((one) => of === "offline" && one.id === id)
  const unsent = state.unsent.filter((one) => !left.includes(one))
  const chat = of === "rate" && state.chat ? { ...state.chat, is_rated: true } : state.chat
  return [
    {
      ...state,
      unsent,
      left: [...state.left, ...left.map((one) => ({ ...one, seq: 1 }))],
      chat,
      done: [...state.done, of],
    },
    [],
  ]
}

function refused(
  state: Conversation,
  message: Extract<FromServer, { t: "refused" }>,
  now: number,
): [Conversation, Out[]] {
  const one = state.unsent.find((unsent) => unsent.id === message.id)
  if (message.code === "challenge") return [state, []] // the connection answers it; all that is unsent comes again after that
  if (one?.as === "line" && state.chat && message.code === "over" && !one.isLate) {
    // It was written before the end was known here: it begins a new chat instead of being lost.
    const chat: Chat = { ...state.chat, state: "ended" }
    const there = { ...state, chat, unsent: change(state, one.id, { isLate: true }) }
    return resent(there, new Set([one.id]))
  }
  if (one && message.code === "too_many")
    return [{ ...state, unsent: change(state, one.id, { again: now + (message.after ?? 5) * 1000 }) }, []]
  if (one) return [{ ...state, unsent: change(state, one.id, { problem: message.code, reason: message.reason }) }, []]
  return [message.code === "blocked" ? { ...state, net: "blocked" } : state, []]
}
