import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Outcome } from "../lib/http"
import { Outbox, type Unsent } from "./outbox"

const KEY = "ot:chat-out:5:abc"
const offline: Outcome = { ok: false, failure: { kind: "offline", message: "No connection" } }
const refused: Outcome = { ok: false, failure: { kind: "refused", message: "This chat is over.", data: {} } }
const fine = (): Outcome => ({ ok: true, response: Response.json({ line: {} }) })

let answers: (() => Outcome)[] = []
let posted: Unsent[] = []
const sent: string[] = []
const events = { changed: () => undefined, sent: ({ text }: Unsent) => void sent.push(text), expired: () => undefined }

function outbox(): Outbox {
  return new Outbox(
    KEY,
    (unsent) => {
      posted.push(unsent)
      return Promise.resolve((answers.shift() ?? fine)())
    },
    events,
  )
}

const words = (text: string) => ({ mode: "reply" as const, text, files: [], more: [] })

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  answers = []
  posted = []
  sent.length = 0
})

afterEach(() => void vi.useRealTimers())

test("lines go one after the other, in the order in which they were written", async () => {
  const box = outbox()
  for (const text of ["one", "two", "three"]) box.add(words(text))
  await vi.runAllTimersAsync()
  expect(sent).toEqual(["one", "two", "three"])
  expect(box.list).toEqual([])
  expect(localStorage.getItem(KEY)).toBeNull()
})

test("what could not be sent is sent again, under the same id and before what came after", async () => {
  answers = [() => offline, () => offline]
  const box = outbox()
  box.add(words("one"))
  box.add(words("two"))
  await vi.runAllTimersAsync()
  expect(posted.map(({ text }) => text)).toEqual(["one", "one", "one", "two"])
  expect(new Set(posted.map(({ id }) => id)).size).toBe(2)
})

test("a reload forgets nothing", async () => {
  answers = [() => offline]
  outbox().add(words("kept"))
  await vi.advanceTimersByTimeAsync(1)
  const again = outbox()
  expect(again.list.map(({ text }) => text)).toEqual(["kept"])
})

test("what is refused stays with its reason and holds up nothing else", async () => {
  answers = [() => refused]
  const box = outbox()
  box.add(words("too late"))
  box.add(words("next"))
  await vi.runAllTimersAsync()
  expect(box.list.map(({ text, refused: reason }) => [text, reason])).toEqual([["too late", "This chat is over."]])
  expect(sent).toEqual(["next"])
  box.retry(box.list[0]!.id)
  await vi.runAllTimersAsync()
  expect(box.list).toEqual([])
})

test("a line seen on the server is not sent again", async () => {
  answers = [() => offline]
  const box = outbox()
  const { id } = box.add(words("arrived all the same"))
  await vi.advanceTimersByTimeAsync(1)
  box.confirm(id)
  await vi.runAllTimersAsync()
  expect(posted).toHaveLength(1)
})
