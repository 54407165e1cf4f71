import { beforeEach, expect, test, vi } from "vitest"
import { Saving, type SaveState, type Stored, type Words } from "./saving"

const PLACE = { me: "5", article: "7", language: "en", url: "/draft/" }
const FIRST: Words = { title: "Brakes", summary: "", body: "<p>Clean.</p>" }

let sent: Record<string, unknown>[]
let answers: (() => Response | Promise<Response>)[]
let states: SaveState[]
let conflicts: Stored[]
let refusals: string[]
let heard: [number, string][]

function json(data: object, status = 200): () => Response {
  return () => new Response(JSON.stringify(data), { status, headers: { "Content-Type": "application/json" } })
}

function saving(version = 1, words = FIRST): Saving {
  return new Saving(PLACE, version, words, {
    status: (state) => states.push(state),
    saved: (version, said) => heard.push([version, said]),
    conflict: (other) => conflicts.push(other),
    refused: (reason) => refusals.push(reason),
    expired: () => states.push("nowhere"),
  })
}

beforeEach(() => {
  sent = []
  answers = []
  states = []
  conflicts = []
  refusals = []
  heard = []
  vi.useFakeTimers()
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)) as Record<string, unknown>)
    return (answers.shift() ?? json({ version: sent.length + 1, state: "draft" }))()
  })
})

test("what is typed is saved a moment later, with the version it began with", async () => {
  const one = saving()
  one.change({ ...FIRST, body: "<p>Clean it.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  one.change({ ...FIRST, body: "<p>Clean it well.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  expect(sent.map(({ version }) => version)).toEqual([1, 2])
  expect(one.isDirty).toBe(false)
  expect(states.at(-1)).toBe("saved")
  expect(localStorage.length).toBe(0)
})

test("without a connection the words stay in this browser and come back, until the server has them", async () => {
  answers = [() => Promise.reject(new TypeError("offline"))]
  saving().change({ ...FIRST, body: "<p>Half a</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  expect(states.at(-1)).toBe("here")

  const next = saving()
  expect(next.restore()?.body).toBe("<p>Half a</p>")
  await vi.advanceTimersByTimeAsync(1_600)
  expect(sent.at(-1)?.["body"]).toBe("<p>Half a</p>")
  expect(localStorage.length).toBe(0)
})

test("another person's words are told, and nothing is sent until somebody has chosen", async () => {
  const theirs = { version: 4, title: "Brakes", summary: "", body: "<p>Theirs.</p>", by: "Alan" }
  answers = [json(theirs, 409)]
  const one = saving()
  one.change({ ...FIRST, body: "<p>Mine.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  expect(conflicts).toHaveLength(1)
  one.change({ ...FIRST, body: "<p>Mine, still.</p>" })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(sent).toHaveLength(1)

  await one.putOver(conflicts[0]!)
  expect(sent[1]).toMatchObject({ version: 4, over: true, body: "<p>Mine, still.</p>" })
})

test("giving way hands in one's own words as a revision first", async () => {
  answers = [json({ version: 4, title: "Brakes", summary: "", body: "<p>Theirs.</p>", by: "Alan" }, 409)]
  const one = saving()
  one.change({ ...FIRST, body: "<p>Mine.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)

  expect(await one.giveWay(conflicts[0]!)).toBe(true)
  expect(sent[1]).toMatchObject({ aside: true, body: "<p>Mine.</p>" })
  expect(one.words.body).toBe("<p>Theirs.</p>")
  expect(one.isDirty).toBe(false)
})

test("meeting one's own words, because an answer was lost, is no conflict", async () => {
  answers = [
    () => Promise.reject(new TypeError("lost")),
    json({ ...FIRST, body: "<p>Mine.</p>", version: 2, by: "Me" }, 409),
  ]
  const one = saving()
  one.change({ ...FIRST, body: "<p>Mine.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  await vi.advanceTimersByTimeAsync(16_000)
  expect(conflicts).toHaveLength(0)
  expect(one.isDirty).toBe(false)
})

test("what the server refuses is said and kept", async () => {
  answers = [json({ detail: "Too long." }, 413)]
  saving().change({ ...FIRST, title: "Long" })
  await vi.advanceTimersByTimeAsync(1_600)
  expect(refusals).toEqual(["Too long."])
  expect(localStorage.length).toBe(1)
})

test("what a change took back is heard in the server's words", async () => {
  const one = saving()
  answers = [json({ version: 2, state: "draft", said: "A draft again." })]
  one.change({ ...FIRST, body: "<p>Mine.</p>" })
  await vi.advanceTimersByTimeAsync(1_600)
  expect(heard).toEqual([[2, "A draft again."]])
})

test("who meets their own words knows what version they are now", async () => {
  const one = saving()
  const mine = { ...FIRST, body: "<p>Mine.</p>" }
  answers = [json({ ...mine, version: 2, by: "Ada" }, 409)]
  one.change(mine)
  await vi.advanceTimersByTimeAsync(1_600)
  expect(conflicts).toEqual([])
  expect(heard).toEqual([[2, ""]])
})
