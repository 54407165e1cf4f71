import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import type { Unsent } from "./outbox"
import { Writing, type WritingHost } from "./writing"

const PANE = `<div id="pane" data-me="5" data-chat-key="abc" data-ticket="1042" data-upload-url="/agent/attachments/" data-max-bytes="1000">
  <form class="cwrite composer" data-mode="reply"><ul class="files"></ul><div class="waiting" hidden></div>
    <p class="cerror" hidden></p>
    <div class="ed"><textarea data-reply="Write a line" data-note="A note"></textarea></div>
    <button type="button" data-do="note" aria-pressed="false"></button><input type="file" class="picker" multiple hidden>
  </form></div>`

let sent: Pick<Unsent, "mode" | "text" | "files" | "more">[] = []
let typing: boolean[] = []

function writing(): { writing: Writing; area: HTMLTextAreaElement } {
  page(PANE)
  const host = Object.assign(one("#pane"), {
    ticket: "1042",
    send: (words: (typeof sent)[number]) => void sent.push(words),
    typing: (on: boolean) => void typing.push(on),
  }) as unknown as WritingHost
  return { writing: new Writing(host, new AbortController().signal), area: one<HTMLTextAreaElement>("textarea") }
}

function type(area: HTMLTextAreaElement, words: string): void {
  area.value = words
  area.setSelectionRange(words.length, words.length)
  area.dispatchEvent(new Event("input", { bubbles: true }))
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  sent = []
  typing = []
  return () => vi.useRealTimers()
})

test("Enter sends what was written, Shift Enter does not", () => {
  const { area } = writing()
  type(area, "Hello Ada")
  press("Enter", area, { shiftKey: true })
  expect(sent).toEqual([])
  press("Enter", area)
  expect(sent).toEqual([{ mode: "reply", text: "Hello Ada", files: [], more: [] }])
  expect(area.value).toBe("")
})

test("nothing is not sent, and neither is what an input method is still composing", () => {
  const { area } = writing()
  type(area, "  ")
  press("Enter", area)
  type(area, "にほ")
  press("Enter", area, { isComposing: true })
  expect(sent).toEqual([])
})

test("a note is one note: the next words are for the visitor", () => {
  const { area } = writing()
  press("i", area, { altKey: true, code: "KeyI" })
  expect(one("form").dataset["mode"]).toBe("note")
  type(area, "Be kind")
  press("Enter", area)
  type(area, "Hello")
  press("Enter", area)
  expect(sent.map(({ mode, text }) => [mode, text])).toEqual([
    ["note", "Be kind"],
    ["reply", "Hello"],
  ])
})

test("words are kept while they are written, and gone once they are sent", async () => {
  const first = writing()
  type(first.area, "Half a sent")
  await vi.advanceTimersByTimeAsync(400)
  const again = writing()
  expect(again.area.value).toBe("Half a sent")
  press("Enter", again.area)
  await vi.advanceTimersByTimeAsync(400)
  expect(writing().area.value).toBe("")
})

test("the visitor hears that somebody types, and that they stopped; of notes they hear nothing", async () => {
  const { area } = writing()
  type(area, "H")
  type(area, "He")
  expect(typing).toEqual([true])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(typing).toEqual([true, false])
  press("i", area, { altKey: true, code: "KeyI" })
  type(area, "Careful")
  expect(typing).toEqual([true, false])
})

test("who does not talk with the visitor writes notes only", () => {
  const { writing: place } = writing()
  place.allow(false, true)
  expect(one("form").dataset["mode"]).toBe("note")
  expect(one("form").hidden).toBe(false)
  place.allow(false, false)
  expect(one("form").hidden).toBe(true)
  place.allow(true, true)
  expect(one("form").dataset["mode"]).toBe("reply")
})

test("a slash lists macros, and the chosen one's words and changes come in", async () => {
  const macro = { id: 7, title: "Refund", folder: "", shortcut: "ref", description: "", language: "", whose: "", uses: 0, own: 0 } // prettier-ignore
  const taken = {
    macro: { id: 7, title: "Refund" }, mode: "", html: "<p>On its way.</p>", text: "On its way.", problem: "", attachments: [],
    changes: [{ action: { field: "status", value: "pending" }, text: "Status → Pending", problem: "", unchanged: false }],
  } // prettier-ignore
  const { area } = writing()
  const asked = serve({ json: { macros: [macro] } }, { json: taken })
  type(area, "Sure. /re")
  await vi.waitFor(() => expect(one(".cslash").hidden).toBe(false))
  press("Enter", area)
  await vi.waitFor(() => expect(area.value).toBe("Sure. On its way."))
  expect(asked.at(-1)?.url).toBe("/agent/tickets/1042/macros/7/application/")
  press("Enter", area)
  expect(sent[0]?.more).toEqual([
    ["changes", '{"field":"status","value":"pending"}'],
    ["macros", "7"],
  ])
})
