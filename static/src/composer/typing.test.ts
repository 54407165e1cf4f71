import { expect, test, vi } from "vitest"
import { heard } from "../testing/page"
import { TypingSignal } from "./typing"

test("typing is told at most every 3 s, at once when reply becomes note, and its pause after 6 s", () => {
  vi.useFakeTimers()
  const [typing, idle] = [heard("ot:typing"), heard("ot:idle")]
  const signal = new TypingSignal(12)
  signal.typed("reply", 10_000)
  signal.typed("reply", 12_000)
  signal.typed("note", 12_500)
  expect(typing).toEqual([
    { ticket: 12, mode: "reply" },
    { ticket: 12, mode: "note" },
  ])
  vi.advanceTimersByTime(6_000)
  expect(idle).toHaveLength(1)
})

test("an emptied reply lets go of the claim once; a note never had one", () => {
  const released = heard("ot:release")
  const signal = new TypingSignal(12)
  signal.emptied("reply")
  signal.typed("note")
  signal.emptied("note")
  expect(released).toEqual([])
  signal.typed("reply")
  signal.emptied("reply")
  signal.emptied("reply")
  expect(released).toEqual([{ ticket: 12, mode: "reply" }])
})
