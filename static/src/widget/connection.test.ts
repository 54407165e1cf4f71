import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Connection } from "./connection"
import type { Net } from "./conversation"
import { prove } from "./proof"
import type { FromServer, Hello, ToServer } from "./protocol"

const HELLO: Hello = {
  t: "hello", v: 1, key: "k", token: null, chat: null, since: null, language: "en", page: { url: "", title: "" },
} // prettier-ignore

class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readyState = 0
  sent: ToServer[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.()
  }

  opens(): void {
    this.readyState = 1
    this.onopen?.()
  }

  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

let heard: FromServer[]
let nets: Net[]
let connection: Connection
let isIdle: boolean
const socket = (): FakeSocket => FakeSocket.all.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, "random").mockReturnValue(0.5) // waits are what they are meant to be
  FakeSocket.all = []
  vi.stubGlobal("WebSocket", FakeSocket)
  heard = []
  nets = []
  isIdle = false
  connection = new Connection({
    hello: () => HELLO,
    isIdle: () => isIdle,
    hear: (message) => heard.push(message),
    net: (net) => nets.push(net),
  })
  connection.again()
})

afterEach(() => connection["stop"]()) // its listeners on the window stay

function welcomed(): void {
  socket().opens()
  socket().says({ t: "welcome" })
}

describe("a socket", () => {
  test("says hello first, and what else there is only after the welcome", () => {
    connection.send({ t: "ping" })
    socket().opens()
    connection.send({ t: "ping" })
    expect(socket().sent).toEqual([HELLO])
    socket().says({ t: "welcome" })
    connection.send({ t: "end" })
    expect(socket().sent).toEqual([HELLO, { t: "end" }])
    expect(heard).toEqual([{ t: "welcome" }])
  })

  test("what somebody did while it was away is told after the welcome, and nothing that is over by then", () => {
    connection.send({ t: "goal", name: "purchase", value: 249 })
    connection.send({ t: "typing", on: true })
    welcomed()
    expect(socket().sent).toEqual([HELLO, { t: "goal", name: "purchase", value: 249 }])
    socket().close()
    connection.send({ t: "end" })
    vi.advanceTimersByTime(500)
    welcomed()
    expect(socket().sent).toEqual([HELLO, { t: "end" }])
  })

  test("comes back after it was lost, after twice as long each time", () => {
    welcomed()
    socket().close()
    expect(nets).toEqual(["off"])
    vi.advanceTimersByTime(499)
    expect(FakeSocket.all).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(FakeSocket.all).toHaveLength(2)
    socket().close()
    vi.advanceTimersByTime(999)
    expect(FakeSocket.all).toHaveLength(2)
  })

  test("that does not open, or says nothing any more, counts as lost", () => {
    vi.advanceTimersByTime(8_000)
    expect(nets).toEqual(["off"])
    vi.advanceTimersByTime(500)
    welcomed()
    vi.advanceTimersByTime(25_000)
    expect(socket().sent.at(-1)).toEqual({ t: "ping" })
    socket().says({ t: "pong" })
    vi.advanceTimersByTime(25_000)
    vi.advanceTimersByTime(10_000)
    expect(nets).toEqual(["off", "off"])
  })

  test("is told goodbye and comes back when it was asked to", () => {
    welcomed()
    socket().says({ t: "bye", code: "restart", after: 3 })
    vi.advanceTimersByTime(3_400)
    expect(FakeSocket.all).toHaveLength(1)
    vi.advanceTimersByTime(200)
    expect(FakeSocket.all).toHaveLength(2)
  })

  test("that is not wanted does not come back", () => {
    socket().opens()
    socket().says({ t: "refused", of: "hello", code: "blocked", reason: "" })
    vi.advanceTimersByTime(120_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(nets).toEqual(["blocked"])
  })

  test("is never one of two: a network that is back and a timer that is due make one", () => {
    welcomed()
    dispatchEvent(new Event("offline"))
    dispatchEvent(new Event("online"))
    vi.advanceTimersByTime(5_000)
    expect(FakeSocket.all.filter((one) => one.readyState < 3)).toHaveLength(1)
  })

  test("a challenge is answered by some work and another hello", async () => {
    vi.useRealTimers()
    socket().opens()
    socket().says({ t: "refused", of: "hello", code: "challenge", reason: "", challenge: { nonce: "n", bits: 6 } })
    expect(nets).toEqual(["busy"])
    await vi.waitFor(() => expect(FakeSocket.all).toHaveLength(2))
    socket().opens()
    const [{ proof }] = socket().sent as [Hello]
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(proof)))
    expect(hash[0]! >> 2).toBe(0)
  })
})

describe("where sockets do not get through", () => {
  const polls: { hello: Hello; known: string | null; wait: number; messages: ToServer[] }[] = []
  let answers: { messages: unknown[]; known: string | null }[]

  beforeEach(() => {
    polls.length = 0
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      polls.push(JSON.parse(String(init.body)))
      const answer = answers.shift()
      if (!answer) return new Promise((_done, failed) => init.signal?.addEventListener("abort", failed))
      return Promise.resolve(new Response(JSON.stringify(answer)))
    })
  })

  async function barred(): Promise<void> {
    for (const wait of [500, 1_000]) {
      socket().close()
      await vi.advanceTimersByTimeAsync(wait)
    }
  }

  test("it polls after two tries, from the welcome on with what it was told", async () => {
    answers = [{ messages: [{ t: "welcome" }], known: "a" }]
    await barred()
    expect(heard).toEqual([{ t: "welcome" }])
    expect(polls.map(({ known, wait }) => [known, wait])).toEqual([
      [null, 25],
      ["a", 25],
    ])
  })

  test("what is said goes by requests of its own, one after the other", async () => {
    answers = [{ messages: [{ t: "welcome" }], known: "a" }]
    await barred()
    answers = [{ messages: [{ t: "ack", id: "1", seq: 1, at: "" }], known: "b" }]
    connection.send({ t: "say", id: "1", text: "one" })
    connection.send({ t: "say", id: "2", text: "two" })
    await vi.advanceTimersByTimeAsync(0)
    expect(polls.slice(2).map(({ messages }) => messages.map((one) => "id" in one && one.id))).toEqual([["1"], ["2"]])
    expect(heard.at(-1)).toMatchObject({ t: "ack", id: "1" })
  })

  test("whoever looks at nothing polls, and has a socket as soon as it matters", async () => {
    isIdle = true
    answers = [{ messages: [{ t: "welcome" }], known: "a" }]
    connection.again()
    await vi.advanceTimersByTimeAsync(1_200_000)
    expect([polls.length, FakeSocket.all.length]).toEqual([2, 1]) // that of the beginning, which is closed
    connection.stir()
    expect(FakeSocket.all).toHaveLength(1)
    isIdle = false
    connection.stir()
    expect(FakeSocket.all).toHaveLength(2)
    connection.stir()
    expect(FakeSocket.all).toHaveLength(2)
  })

  test("when that fails as well, sockets have their turn again", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no way")))
    await barred()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(FakeSocket.all).toHaveLength(3)
  })
})

test("a proof begins with as many zero bits as were asked for", async () => {
  for (const nonce of ["n", "x".repeat(80)]) {
    const proof = await prove(nonce, 9)
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(proof)))
    expect(proof.startsWith(`${nonce}:`)).toBe(true)
    expect([hash[0], hash[1]! >> 7]).toEqual([0, 0])
  }
})
