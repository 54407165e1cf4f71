import { expect, test } from "vitest"
import { Lines, type Line } from "./lines"

function line(seq: number, said: Line["said"] = "visitor"): Line {
  return {
    seq,
    id: `id-${seq}`,
    said,
    name: "Ada",
    author: null,
    text: `line ${seq}`,
    at: "2026-11-22T10:00:00Z",
    files: [],
  }
}

const seqs = (lines: readonly Line[]) => lines.map(({ seq }) => seq)

test("lines that come in order are fresh once", () => {
  const lines = new Lines()
  lines.begin([line(4), line(5)])
  expect(seqs(lines.take([line(6)]).fresh)).toEqual([6])
  expect(lines.take([line(6), line(5)])).toEqual({ fresh: [], gap: false })
  expect(lines.last).toBe(6)
})

test("what comes too early waits for what is missing", () => {
  const lines = new Lines()
  lines.begin([line(1)])
  expect(lines.take([line(4)])).toEqual({ fresh: [], gap: true })
  expect(lines.last).toBe(1)
  const filled = lines.take([line(4), line(2), line(3)])
  expect(seqs(filled.fresh)).toEqual([2, 3, 4])
  expect(filled.gap).toBe(false)
})

test("a chat without a line begins with the first", () => {
  const lines = new Lines()
  lines.begin([])
  expect(seqs(lines.take([line(1)]).fresh)).toEqual([1])
})

test("earlier lines go before the first, and only once", () => {
  const lines = new Lines()
  lines.begin([line(11)])
  expect(seqs(lines.prepend([line(9), line(10)]))).toEqual([9, 10])
  expect(lines.prepend([line(9), line(10)])).toEqual([])
  expect(seqs(lines.all)).toEqual([9, 10, 11])
})

test("a visitor waits since the oldest of their words that nobody has answered", () => {
  const lines = new Lines()
  lines.begin([line(1), line(2, "agent")])
  expect(lines.waitingSince).toBe("")
  lines.take([{ ...line(3), at: "2026-11-22T10:03:00Z" }, line(4, "event"), { ...line(5), at: "2026-11-22T10:05:00Z" }])
  expect(lines.waitingSince).toBe("2026-11-22T10:03:00Z")
  expect(lines.words).toBe("line 5")
})

test("only the visitor's words are unread", () => {
  const lines = new Lines()
  lines.begin([line(1), line(2, "agent"), line(3), line(4, "event")])
  expect(lines.unseen(1)).toBe(1)
  expect(lines.has("id-3")).toBe(true)
})
