import { beforeEach, expect, test, vi } from "vitest"
import { Socket, waitBefore } from "./socket"

/** The browser's socket with the network taken away: a test says when it opens, hears and closes. */
class Line {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static all: Line[] = []
  readyState = Line.CONNECTING
  sent: string[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor(readonly url: string) {
    Line.all.push(this)
  }

  send(data: string): void {
    this.sent.push(data)
  }

  close(): void {
    this.readyState = 3
  }

  open(): void {
    this.readyState = Line.OPEN
    this.onopen?.()
  }

  drop(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

const told: string[] = []
const listener = {
  opened: (again: boolean) => void told.push(again ? "again" : "opened"),
  closed: () => void told.push("closed"),
  refused: () => void told.push("refused"),
  received: (message: Record<string, unknown>) => void told.push(String(message["t"])),
}

beforeEach(() => {
  Line.all = []
  told.length = 0
  vi.useFakeTimers()
  vi.stubGlobal("WebSocket", Line)
})

function connected(): { socket: Socket; line: Line } {
  const socket = new Socket("ws://desk/ws/agent/", listener)
  socket.connect()
  newest().open()
  return { socket, line: newest() }
}

function newest(): Line {
  const line = Line.all.at(-1)
  if (!line) throw new Error("nothing connected")
  return line
}

test("waits 0.5 s doubled each time, at most 30 s, give or take 30 %", () => {
  expect([0, 1, 2, 10].map((attempt) => waitBefore(attempt, 0.5))).toEqual([500, 1000, 2000, 30_000])
  expect(waitBefore(0, 0)).toBe(350)
  expect(waitBefore(0, 1)).toBeCloseTo(650)
})

test("comes back after a drop and says that something may have been missed", () => {
  const { line } = connected()
  line.drop()
  vi.advanceTimersByTime(700)
  newest().open()
  expect(told).toEqual(["opened", "closed", "again"])
})

test("gives up on a connection that does not open in 8 s", () => {
  new Socket("ws://desk/", listener).connect()
  vi.advanceTimersByTime(8_000)
  expect(told).toEqual(["closed"])
  vi.advanceTimersByTime(700)
  expect(Line.all).toHaveLength(2)
})

test("waking while the back-off waits makes one connection, not two", () => {
  const { socket, line } = connected()
  line.drop()
  socket.wake()
  vi.advanceTimersByTime(2_000)
  expect(Line.all).toHaveLength(2)
})

test("waking an open line makes it prove that it lives", () => {
  const { socket, line } = connected()
  socket.wake()
  line.onmessage?.({ data: '{"t":"pong"}' })
  vi.advanceTimersByTime(5_000)
  expect(Line.all).toHaveLength(1)
  socket.wake()
  vi.advanceTimersByTime(6_000)
  expect(Line.all).toHaveLength(2)
})

test("without a network the line is dropped at once", () => {
  const { socket } = connected()
  socket.drop()
  expect(told).toEqual(["opened", "closed"])
})

test("pings every 25 s and takes silence until the next ping for a dead line", () => {
  const { line } = connected()
  vi.advanceTimersByTime(25_000)
  expect(line.sent).toEqual(['{"t":"ping"}'])
  line.onmessage?.({ data: '{"t":"pong"}' })
  vi.advanceTimersByTime(25_000)
  expect(told).not.toContain("closed")
  vi.advanceTimersByTime(25_000)
  expect(told).toContain("closed")
})

test("says a word every 4 s while others want to know, and bears a slow answer for 10 s", () => {
  const { socket, line } = connected()
  socket.attend(true)
  vi.advanceTimersByTime(8_000)
  expect(line.sent).toHaveLength(2)
  expect(told).not.toContain("closed")
  vi.advanceTimersByTime(8_000)
  expect(told).toContain("closed")
})

test("an old line that closes late is not listened to", () => {
  const { socket, line } = connected()
  const late = line.onclose
  socket.connect()
  late?.({ code: 1006 })
  expect(told).toEqual(["opened"])
})

test("nobody signed in: no reconnecting, and it is said", () => {
  connected().line.drop(4401)
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual(["opened", "closed", "refused"])
  expect(Line.all).toHaveLength(1)
})
