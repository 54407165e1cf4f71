import { describe, expect, test } from "vitest"
import { beginning, type Conversation, type Happening, isLive, next, type Out, since, unread } from "./conversation"
import type { Chat, FromServer, Line, Unsent, Welcome } from "./protocol"

const CHAT: Chat = { key: "c1", state: "active", agent: null, is_rated: false, hold_until: null, seen: 0 }

function line(seq: number, more: Partial<Line> = {}): Line {
  const usual = { id: null, said: "agent", name: "Grace", author: 1, text: `line ${seq}`, at: "", files: [] } as const
  return { ...usual, files: [], seq, ...more }
}

function welcome(more: Partial<Welcome> = {}): Welcome {
  return {
    t: "welcome", token: "T", visitor: { name: "", email: "", is_verified: false }, is_online: true, opens_at: null,
    answer_by: null, chat: null, wait: null, lines: [], has_more: false, invitations: [], assistant: null, upload: null,
    ...more,
  } // prettier-ignore
}

const words = (id: string, more: Partial<Unsent> = {}): Unsent => ({
  id, as: "line", text: `says ${id}`, files: [], at: "", ...more,
}) // prettier-ignore

/** A conversation to which things happen; `sent` is what it wants to be sent, from the last happening. */
class Talk {
  state: Conversation = beginning({})
  sent: Out[] = []

  happens(happening: Happening): this {
    ;[this.state, this.sent] = next(this.state, happening)
    return this
  }

  hears(message: FromServer, now = 0): this {
    return this.happens({ t: "server", message, now })
  }

  writes(id: string, more: Partial<Unsent> = {}): this {
    return this.happens({ t: "write", unsent: words(id, more) })
  }

  get said(): string[] {
    return [...this.state.earlier, ...this.state.lines].map((line) => line.text)
  }

  get unsent(): string[] {
    return this.state.unsent.map((one) => one.id)
  }
}

const talking = (...lines: Line[]): Talk => new Talk().hears(welcome({ chat: CHAT, lines }))

describe("writing", () => {
  test("the first line begins a chat with what was asked before it, those after it are said in it", () => {
    const talk = new Talk().hears(welcome())
    expect(talk.writes("a", { name: "Ada", answers: { order: "A-1" } }).sent).toEqual([
      { t: "start", id: "a", text: "says a", name: "Ada", answers: { order: "A-1" } },
    ])
    expect(talk.writes("b", { files: [{ id: 7, filename: "x", size: 1, content_type: "" }] }).sent).toEqual([
      { t: "say", id: "b", text: "says b", files: [7] },
    ])
  })

  test("what is written without a connection waits, and goes out once there is one, in its order", () => {
    const talk = talking(line(1)).happens({ t: "net", net: "offline" })
    expect(talk.writes("a").sent).toEqual([])
    expect(talk.writes("b").sent).toEqual([])
    talk.hears(welcome({ chat: CHAT }))
    expect(talk.sent).toEqual([
      { t: "say", id: "a", text: "says a" },
      { t: "say", id: "b", text: "says b" },
    ])
  })

  test("it is unsent until the log has it, and is not sent again once the server has said its number", () => {
    const talk = talking(line(1)).writes("a").writes("b")
    talk.hears({ t: "ack", id: "a", seq: 2, at: "" })
    expect(talk.unsent).toEqual(["a", "b"])
    expect(talk.hears(welcome({ chat: CHAT })).sent).toEqual([{ t: "say", id: "b", text: "says b" }])
    talk.hears({ t: "line", line: line(2, { id: "a", said: "visitor", text: "says a" }) })
    expect(talk.unsent).toEqual(["b"])
  })

  test("a line whose acknowledgement was lost is found in what the welcome brings, and not said twice", () => {
    const talk = talking(line(1)).writes("a").happens({ t: "net", net: "off" })
    talk.hears(welcome({ chat: CHAT, lines: [line(2, { id: "a", said: "visitor", text: "says a" })] }))
    expect(talk.sent).toEqual([])
    expect(talk.unsent).toEqual([])
    expect(talk.said).toEqual(["line 1", "says a"])
  })

  test("what was kept from before the page was left is sent after the first welcome", () => {
    const talk = new Talk()
    talk.state = beginning({ token: "T", unsent: [words("a")], seen: { chat: "c1", seq: 3 } })
    expect(talk.hears(welcome({ chat: CHAT, lines: [line(4)] })).sent).toEqual([{ t: "say", id: "a", text: "says a" }])
    expect(unread(talk.state)).toBe(1)
  })

  test("a line that came too late for its chat begins the next one", () => {
    const talk = talking(line(1)).writes("a")
    talk.hears({ t: "refused", id: "a", code: "over", reason: "This chat is over." })
    expect(talk.sent).toEqual([{ t: "start", id: "a", text: "says a" }])
    expect(isLive(talk.state)).toBe(false)
    talk.writes("b").hears({ t: "refused", id: "b", code: "over", reason: "This chat is over." })
    expect(talk.sent).toEqual([{ t: "say", id: "b", text: "says b" }])
    talk.hears({ t: "chat", chat: { ...CHAT, key: "c2" }, wait: null })
    talk.hears({ t: "line", line: line(1, { id: "a", said: "visitor", text: "says a" }) })
    expect(talk.said).toEqual(["line 1", "says a"])
    expect(talk.state.earlier).toHaveLength(1)
    expect(talk.unsent).toEqual(["b"])
    talk.hears({ t: "refused", id: "b", code: "over", reason: "This chat is over." })
    expect(talk.state.unsent[0]?.problem).toBe("over")
  })

  test("what is refused stays with its reason, and is tried again or dropped by whoever wrote it", () => {
    const talk = talking().writes("a")
    talk.hears({ t: "refused", id: "a", code: "files", reason: "It is a program." })
    expect(talk.state.unsent[0]).toMatchObject({ problem: "files", reason: "It is a program." })
    expect(talk.hears(welcome({ chat: CHAT })).sent).toEqual([])
    expect(talk.happens({ t: "retry", id: "a" }).sent).toEqual([{ t: "say", id: "a", text: "says a" }])
    expect(talk.happens({ t: "drop", id: "a" }).state.unsent).toEqual([])
  })

  test("what was too quick is sent again after a while", () => {
    const talk = talking().writes("a")
    talk.hears({ t: "refused", id: "a", code: "too_many", reason: "Slowly.", after: 3 }, 10_000)
    expect(talk.happens({ t: "tick", now: 12_000 }).sent).toEqual([])
    expect(talk.happens({ t: "tick", now: 13_000 }).sent).toEqual([{ t: "say", id: "a", text: "says a" }])
    expect(talk.happens({ t: "tick", now: 14_000 }).sent).toEqual([])
  })

  test("a button of the assistant's is sent as such, and a message for later as such", () => {
    const talk = talking()
    expect(talk.writes("a", { as: "choice", option: "returns" }).sent).toEqual([
      { t: "choose", id: "a", option: "returns" },
    ])
    talk.writes("b", { as: "offline", name: "Ada", email: "ada@example.org" })
    expect(talk.sent).toEqual([{ t: "offline", id: "b", text: "says b", name: "Ada", email: "ada@example.org" }])
    const before = talk.state.unsent[1]
    expect(talk.hears({ t: "done", of: "offline", id: "b" }).unsent).toEqual(["a"])
    expect(talk.state.left[0]).not.toBe(before) // so it is drawn anew, as sent
    expect(talk.state.left[0]?.seq).toBeTruthy()
  })

  test("a challenge is no refusal of what was written", () => {
    const talk = talking().writes("a")
    talk.hears({ t: "refused", id: "a", code: "challenge", reason: "", challenge: { nonce: "n", bits: 4 } })
    expect(talk.hears(welcome({ chat: CHAT })).sent).toEqual([{ t: "say", id: "a", text: "says a" }])
  })
})

describe("hearing", () => {
  test("lines come once and in order; one that is missing is asked for by starting over", () => {
    const talk = talking(line(1), line(2))
    expect(talk.hears({ t: "line", line: line(2) }).said).toHaveLength(2)
    expect(talk.hears({ t: "line", line: line(4) }).sent).toEqual([{ t: "again" }])
    expect(since(talk.state)).toBe(2)
    talk.hears(welcome({ chat: CHAT, lines: [line(3), line(4)] }))
    expect(talk.said).toEqual(["line 1", "line 2", "line 3", "line 4"])
  })

  test("when more was said than a welcome brings, the newest are shown and the rest is to be asked for", () => {
    const talk = talking(line(1)).hears(welcome({ chat: CHAT, lines: [line(80), line(81)], has_more: true }))
    expect(talk.said).toEqual(["line 80", "line 81"])
    expect(talk.happens({ t: "more" }).sent).toEqual([{ t: "more", before: 80 }])
    talk.hears({ t: "lines", lines: [line(78), line(79)], has_more: false })
    expect(talk.said).toEqual(["line 78", "line 79", "line 80", "line 81"])
    expect(talk.state.hasMore).toBe(false)
  })

  test("another chat than the one that was here leaves its lines to be read and counts from its own beginning", () => {
    const talk = talking(line(1), line(2))
    talk.hears(welcome({ chat: { ...CHAT, key: "c2" }, lines: [line(1, { text: "hello again" })] }))
    expect(talk.said).toEqual(["line 1", "line 2", "hello again"])
    expect(since(talk.state)).toBe(1)
  })

  test("what a server of tomorrow says is passed over", () => {
    const talk = talking(line(1))
    expect(talk.hears({ t: "fireworks" } as unknown as FromServer).said).toEqual(["line 1"])
  })

  test("nobody writes for ever: typing ends with a line, by being told, or by itself", () => {
    const talk = talking(line(1)).hears({ t: "typing", name: "Grace" }, 1_000)
    expect(talk.state.typing?.name).toBe("Grace")
    expect(talk.happens({ t: "tick", now: 5_000 }).state.typing).not.toBeNull()
    expect(talk.happens({ t: "tick", now: 9_000 }).state.typing).toBeNull()
    talk.hears({ t: "typing", name: "Grace" }, 10_000).hears({ t: "line", line: line(2) })
    expect(talk.state.typing).toBeNull()
    talk.hears({ t: "typing", name: "Grace" }, 10_000).hears({ t: "typing", name: "" }, 10_001)
    expect(talk.state.typing).toBeNull()
  })

  test("how it stands is kept: online, waiting, seen, rated", () => {
    const talk = talking(line(1))
    talk.hears({ t: "online", is_online: false, opens_at: "2026-11-23T08:00:00Z", answer_by: null })
    expect(talk.state).toMatchObject({ isOnline: false, opensAt: "2026-11-23T08:00:00Z" })
    talk.hears({ t: "chat", chat: { ...CHAT, state: "waiting" }, wait: { position: 2, seconds: 60 } })
    expect(talk.state.wait).toEqual({ position: 2, seconds: 60 })
    expect(talk.hears({ t: "seen", seq: 1 }).state.chat?.seen).toBe(1)
    expect(talk.hears({ t: "done", of: "rate" }).state).toMatchObject({ chat: { is_rated: true }, done: ["rate"] })
  })
})

describe("seeing", () => {
  test("lines are unread until the panel is open; then the other side is told up to where, once", () => {
    const talk = talking(line(1), line(2, { said: "visitor" }), line(3))
    expect(unread(talk.state)).toBe(2)
    expect(talk.sent).toEqual([])
    expect(talk.happens({ t: "shown", isShown: true }).sent).toEqual([{ t: "seen", seq: 3 }])
    expect(unread(talk.state)).toBe(0)
    expect(talk.hears({ t: "line", line: line(4) }).sent).toEqual([{ t: "seen", seq: 4 }])
    expect(talk.happens({ t: "shown", isShown: false }).hears({ t: "line", line: line(5) }).sent).toEqual([])
    expect(unread(talk.state)).toBe(1)
  })

  test("what came into sight without a connection is told after it", () => {
    const talk = talking(line(1)).happens({ t: "net", net: "off" })
    expect(talk.happens({ t: "shown", isShown: true }).sent).toEqual([])
    expect(talk.hears(welcome({ chat: CHAT, lines: [] })).sent).toEqual([{ t: "seen", seq: 1 }])
  })

  test("words are told as seen that something else came after, and those after which the chat ended", () => {
    const talk = talking(line(1), line(2, { said: "event", kind: "held" }))
    expect(talk.happens({ t: "shown", isShown: true }).sent).toEqual([{ t: "seen", seq: 2 }])
    const over = new Talk().hears(welcome({ chat: { ...CHAT, state: "ended" }, lines: [line(1)] }))
    expect(over.happens({ t: "shown", isShown: true }).sent).toEqual([{ t: "seen", seq: 1 }])
  })

  test("what happened is nothing to be read", () => {
    const talk = talking(line(1, { said: "event", kind: "joined" }))
    expect(unread(talk.state)).toBe(0)
  })
})
