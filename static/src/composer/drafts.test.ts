import { beforeEach, expect, test, vi } from "vitest"
import { serve } from "../testing/page"
import { DraftKeeper } from "./drafts"
import type { StoredDraft } from "./stored"

const PLACE = { me: "3", ticket: "12", mode: "reply", url: "/agent/tickets/12/draft/" }
const KEY = "ot:draft:3:12:reply"
const status: string[] = []
const conflicts: StoredDraft[] = []
const refusals: string[] = []

function keeper(place = PLACE): DraftKeeper {
  return new DraftKeeper(
    place,
    {
      status: (state) => status.push(state),
      conflict: (other) => conflicts.push(other),
      refused: (reason) => refusals.push(reason),
    },
    "key-1",
  )
}

const words = (html: string) => ({ html, attachments: [] })
const stored = (html: string, version: number): StoredDraft => ({ html, version, attachments: [] })
const local = () =>
  JSON.parse(localStorage.getItem(KEY) ?? "null") as { html: string; dirty: boolean; key: string } | null

beforeEach(() => {
  status.length = conflicts.length = refusals.length = 0
  vi.useFakeTimers()
})

test("words are in this browser after 400 ms and on the server after 3 s", async () => {
  const sent = serve({ json: { version: 1 } })
  keeper().change(words("<p>Hi</p>"))
  expect(local()).toBeNull()
  vi.advanceTimersByTime(400)
  expect(local()).toMatchObject({ html: "<p>Hi</p>", dirty: true })
  expect(sent).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(2_600)
  expect(JSON.parse(String(sent[0]?.body))).toEqual({
    mode: "reply",
    html: "<p>Hi</p>",
    version: 0,
    attachments: [],
    recipients: null,
  })
  expect(sent[0]?.method).toBe("PUT")
  expect(status).toEqual(["saving", "saved"])
  expect(local()).toMatchObject({ dirty: false })
})

test("words the server finds too long stay in this browser, and its reason is said", async () => {
  serve({ status: 413, json: { detail: "A draft has at most 9 characters." } })
  const draft = keeper()
  draft.change(words("<p>Much too long</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(refusals).toEqual(["A draft has at most 9 characters."])
  expect(status).toEqual(["saving", "here"])
  expect(local()).toMatchObject({ html: "<p>Much too long</p>", dirty: true })
})

test("where this browser can't keep them either, that is said, too", async () => {
  serve({ status: 413, json: { detail: "Too long." } })
  const full = () => {
    throw new DOMException("full", "QuotaExceededError")
  }
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: full })
  keeper().change(words("<p>Much too long</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(refusals[0]).toContain("copy them before you leave")
  expect(status).toEqual(["saving"])
  vi.unstubAllGlobals()
})

test("somebody who never stops typing is saved every 3 s all the same", async () => {
  const sent = serve({ json: { version: 1 } })
  const draft = keeper()
  for (let typed = 0; typed < 20; typed++) {
    draft.change(words(`<p>${typed}</p>`))
    await vi.advanceTimersByTimeAsync(350)
  }
  expect(sent).toHaveLength(2)
})

test("the next save goes over the version the last one made", async () => {
  const sent = serve({ json: { version: 4 } })
  const draft = keeper()
  draft.restore(stored("<p>a</p>", 3))
  draft.change(words("<p>ab</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  draft.change(words("<p>abc</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(sent.map(({ body }) => (JSON.parse(String(body)) as { version: number }).version)).toEqual([3, 4])
})

test("without a connection the words stay in this browser, and that is said", async () => {
  serve(new TypeError("offline"))
  keeper().change(words("<p>Hi</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(status).toEqual(["saving", "here"])
  expect(local()).toMatchObject({ html: "<p>Hi</p>", dirty: true })
})

test("another device was faster: both texts are there, nothing is saved until somebody chooses", async () => {
  const sent = serve(
    { status: 409, json: { version: 7, html: "<p>theirs</p>", by: "Grace" } },
    { json: { version: 8 } },
  )
  const draft = keeper()
  draft.change(words("<p>mine</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(conflicts).toMatchObject([{ html: "<p>theirs</p>", version: 7, attachments: [] }])
  draft.change(words("<p>mine!</p>"))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toHaveLength(1)
  draft.keepMine()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(JSON.parse(String(sent[1]?.body))).toMatchObject({ html: "<p>mine!</p>", version: 7 })
})

test("using the other text takes its version", async () => {
  const sent = serve({ json: { version: 9 } })
  const draft = keeper()
  expect(draft.useOther(stored("<p>theirs</p>", 8)).html).toBe("<p>theirs</p>")
  draft.change(words("<p>theirs and more</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ version: 8 })
})

test("after a crash the words this browser kept come back, with the key of their message", () => {
  const draft = keeper()
  draft.change(words("<p>before the crash</p>"))
  vi.advanceTimersByTime(400)
  const reborn = new DraftKeeper(PLACE, { status: () => {}, conflict: () => {}, refused: () => {} }, "key-2")
  expect(reborn.restore(undefined).html).toBe("<p>before the crash</p>")
  expect(reborn.submitKey).toBe("key-1")
})

test("a colleague who signs in next in this browser finds nothing", () => {
  keeper().change(words("<p>not for you</p>"))
  vi.advanceTimersByTime(400)
  expect(keeper({ ...PLACE, me: "4" }).restore(undefined).html).toBe("")
})

test("the server's newer draft wins over what this browser has already handed in", () => {
  localStorage.setItem(KEY, JSON.stringify({ html: "<p>old</p>", version: 2, attachments: [], dirty: false, key: "k" }))
  expect(keeper().restore(stored("<p>newer</p>", 5)).html).toBe("<p>newer</p>")
  expect(conflicts).toHaveLength(0)
})

test("words kept here meet a newer draft of another device: the writer is asked", () => {
  localStorage.setItem(KEY, JSON.stringify({ html: "<p>mine</p>", version: 2, attachments: [], dirty: true, key: "k" }))
  expect(keeper().restore(stored("<p>newer</p>", 5)).html).toBe("<p>mine</p>")
  expect(conflicts).toHaveLength(1)
})

test("a save whose answer was never heard is no other device", () => {
  localStorage.setItem(
    KEY,
    JSON.stringify({
      html: "<p>abcd</p>",
      version: 1,
      attachments: [],
      dirty: true,
      key: "k",
      handed: words("<p>abc</p>"),
    }),
  )
  expect(keeper().restore(stored("<p>abc</p>\n", 2)).html).toBe("<p>abcd</p>")
  expect(conflicts).toHaveLength(0)
})

test("nor when its answer is missed and the next save meets it", async () => {
  const sent = serve(
    new TypeError("gone"),
    { status: 409, json: { version: 1, html: "<p>a</p>" } },
    { json: { version: 2 } },
  )
  const draft = keeper()
  draft.change(words("<p>a</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  draft.change(words("<p>ab</p>"))
  await vi.advanceTimersByTimeAsync(6_000)
  expect(conflicts).toHaveLength(0)
  expect(sent.map(({ body }) => (JSON.parse(String(body)) as { version: number }).version)).toEqual([0, 0, 1])
})

test("a tab that is hidden and comes back saves over its own version", async () => {
  const sent = serve({ json: { version: 1 } })
  const draft = keeper()
  draft.change(words("<p>a</p>"))
  draft.flush()
  await vi.advanceTimersByTimeAsync(0)
  draft.change(words("<p>ab</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(sent.map(({ body }) => (JSON.parse(String(body)) as { version: number }).version)).toEqual([0, 1])
})

test("a page that goes away hands the words over in a request that outlives it", () => {
  const sent = serve({ json: { version: 1 } })
  const draft = keeper()
  draft.change(words("<p>Hi</p>"))
  draft.flush()
  expect(sent[0]).toMatchObject({ method: "PUT" })
  expect(local()).toMatchObject({ html: "<p>Hi</p>" })
})

test("a sent message leaves nothing behind and the next one has another key", () => {
  const draft = keeper()
  draft.change(words("<p>Hi</p>"))
  vi.advanceTimersByTime(400)
  draft.clear()
  expect(local()).toBeNull()
  expect(draft.submitKey).not.toBe("key-1")
  expect(draft.submitKey).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test("sending waits for a save on its way, so that it cannot bring the draft back", async () => {
  let answer: ((response: Response) => void) | undefined
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (answer = resolve)))
  const draft = keeper()
  draft.change(words("<p>Hi</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  let paused = false
  const pausing = draft.pause().then(() => (paused = true))
  await vi.advanceTimersByTimeAsync(10)
  expect(paused).toBe(false)
  answer?.(new Response('{"version":1}', { headers: { "Content-Type": "application/json" } }))
  await pausing
  expect(paused).toBe(true)
})

test("what another tab saved comes in silently while nothing is unsaved here", async () => {
  const draft = keeper()
  draft.restore(stored("<p>Old</p>", 2))
  expect(await draft.hear(stored("<p>From the phone</p>", 3))).toBe(true)
  expect(draft.words.html).toBe("<p>From the phone</p>")
  expect(await draft.hear(stored("<p>From the phone</p>", 3))).toBe(false)
})

test("unsaved words here and newer ones there: both are kept, and somebody chooses", async () => {
  const sent = serve({ status: 409, json: { version: 3, html: "<p>Theirs</p>", attachments: [] } })
  const draft = keeper()
  draft.restore(stored("<p>Old</p>", 2))
  draft.change(words("<p>Mine</p>"))
  expect(await draft.hear(stored("<p>Theirs</p>", 3))).toBe(false)
  expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ html: "<p>Mine</p>", version: 2 }) // the server keeps them
  expect(draft.words.html).toBe("<p>Mine</p>")
  expect(conflicts[0]?.html).toBe("<p>Theirs</p>")
})

test("sent on another device: what is unsaved here stays, what is saved goes", async () => {
  const saved = keeper()
  saved.restore(stored("<p>Sent</p>", 2))
  expect(await saved.hear(stored("", 0))).toBe(true)
  expect(saved.words.html).toBe("")
  const typing = keeper()
  typing.change(words("<p>More</p>"))
  expect(await typing.hear(stored("", 0))).toBe(false)
  expect(typing.words.html).toBe("<p>More</p>")
})

test("keeping mine puts theirs among the earlier versions", async () => {
  const sent = serve(
    { status: 409, json: { version: 3, html: "<p>Theirs</p>", attachments: [] } },
    { json: { version: 4 } },
  )
  const draft = keeper()
  draft.restore(stored("<p>Old</p>", 2))
  draft.change(words("<p>Mine</p>"))
  await draft.hear(stored("<p>Theirs</p>", 3))
  draft.keepMine()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(JSON.parse(String(sent.at(-1)?.body))).toMatchObject({ html: "<p>Mine</p>", version: 3, keep: true })
})

test("a ticket out of sight: the words are here, and that is said", async () => {
  serve({ status: 404, json: {} })
  keeper().change(words("<p>Hi</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(status).toEqual(["saving", "gone"])
  expect(local()).toMatchObject({ html: "<p>Hi</p>", dirty: true })
})

test("a file that another tab attached beside the same words comes in", async () => {
  const draft = keeper()
  draft.restore(stored("<p>Same</p>", 2))
  const file = { id: 5, filename: "a.png", size: 3 }
  expect(await draft.hear({ ...stored("<p>Same</p>", 3), attachments: [file] })).toBe(true)
  expect(draft.words.attachments).toEqual([file])
})

test("what was fetched before a save of ours never takes the place of it", async () => {
  serve({ json: { version: 3 } })
  const draft = keeper()
  draft.restore(stored("<p>Old</p>", 2))
  const asked = draft.saves
  draft.change(words("<p>Old and new</p>"))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await draft.hear(stored("<p>Old</p>", 2), asked)).toBe(false)
  expect(draft.words.html).toBe("<p>Old and new</p>")
})
