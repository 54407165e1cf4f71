import { beforeEach, expect, test, vi } from "vitest"
import { heard, one, page, press, serve } from "../testing/page"
import "./ot-composer"

const COMPOSER = `
<section id="conv"><div class="scroll" tabindex="0"><ol id="thread" data-last-event="77"><li class="msg" id="m1"></li></ol></div>
<ot-composer data-ticket="12" data-draft-url="/draft/" data-upload-url="/agent/attachments/" data-max-bytes="100" data-refused="exe bat">
<form action="/agent/tickets/12/messages/" method="post">
<input type="hidden" name="mode" value="reply"><input type="hidden" name="status" value=""><input type="hidden" name="last_event" value="70">
<input type="hidden" name="submit_key" value="key-1"><input type="hidden" name="format" value="text">
<template data-draft="note" data-version="2" data-attachments="9"><p>note draft</p></template>
<div role="tablist"><button type="button" role="tab" data-mode="reply">Reply</button><button type="button" role="tab" data-mode="note">Note</button></div>
<div class="notices"></div><div class="ed"><textarea name="body" aria-label="Reply" data-label-note="Internal note"></textarea></div>
<ul class="files"><li data-attachment="9" data-size="2048"><bdi>a.pdf</bdi></li></ul><p class="cerror" role="alert" hidden></p>
<span class="saved"></span><button data-cmd="send" type="submit">Send</button><button type="button" data-status="solved">Send and solve</button>
<input type="file" multiple hidden></form></ot-composer></section>`

const area = () => one<HTMLTextAreaElement>("textarea")
const trouble = () => one(".cerror")

function type(words: string): void {
  area().value = words
  area().dispatchEvent(new Event("input", { bubbles: true }))
}

function send(): void {
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
}

function fields(body: unknown): Record<string, string> {
  return Object.fromEntries([...(body as FormData)].map(([name, value]) => [name, String(value)]))
}

function posts(sent: ReturnType<typeof serve>) {
  return sent.filter(({ method }) => method === "POST")
}

beforeEach(() => {
  vi.restoreAllMocks()
  // The rich editor is tried in a real browser; here the textarea stays.
  vi.stubGlobal("requestIdleCallback", () => 0)
  page(COMPOSER)
})

test("a reply goes out with its mode, key and the last event the writer saw, and the editor is empty again", async () => {
  const sent = serve({ status: 201, json: { message: 5 } })
  const done = heard("ot:sent")
  type("Hello Ada")
  send()
  await vi.waitFor(() => expect(done).toHaveLength(1))
  expect(fields(posts(sent)[0]?.body)).toMatchObject({
    body: "<p>Hello Ada</p>",
    mode: "reply",
    format: "html",
    submit_key: "key-1",
    last_event: "77",
    status: "",
  })
  expect(posts(sent)[0]?.headers.get("HX-Request")).toBe("true")
  expect(area().value).toBe("")
})

test("an empty reply is not sent, and that is said", () => {
  const sent = serve({ status: 201, json: {} })
  send()
  expect(trouble().textContent).toContain("Write something first.")
  expect(sent).toHaveLength(0)
})

test.each([
  [{ status: 500 }, "could not do this"],
  [{ status: 403, json: { detail: "Light agents write notes only." } }, "Light agents write notes only."],
  [{ status: 413 }, "too large"],
  [{ status: 422, json: { detail: "This ticket has no address." } }, "This ticket has no address."],
  [{ status: 429, headers: { "Retry-After": "9" } }, "9 s"],
  [new TypeError("offline"), "No connection"],
])("whatever goes wrong, the words stay and the reason is said (%#)", async (answer, reason) => {
  serve(answer)
  type("My words")
  send()
  await vi.waitFor(() => expect(trouble().textContent).toContain(reason))
  expect(area().value).toBe("My words")
  expect(area().readOnly).toBe(false)
})

test("trying again after no answer carries the same key", async () => {
  const sent = serve(new TypeError("offline"), { status: 201, json: {} })
  const done = heard("ot:sent")
  type("Once only")
  send()
  await vi.waitFor(() => expect(trouble().querySelector("button")).not.toBeNull())
  trouble().querySelector("button")?.click()
  await vi.waitFor(() => expect(done).toHaveLength(1))
  expect(posts(sent).map(({ body }) => fields(body)["submit_key"])).toEqual(["key-1", "key-1"])
})

test("the next message has a key of its own", async () => {
  const sent = serve({ status: 201, json: {} })
  const done = heard("ot:sent")
  for (const words of ["One", "Two"]) {
    type(words)
    send()
    await vi.waitFor(() => expect(done).toHaveLength(words === "One" ? 1 : 2))
  }
  const [first, second] = posts(sent).map(({ body }) => fields(body)["submit_key"])
  expect(first).not.toBe(second)
})

const NEWS = {
  detail: "Ada wrote a new message.",
  last_event: 81,
  news: '<ol class="news"><li class="msg" id="n2">Stop!</li></ol>',
}

test("the thread moved on: what is new is there to read, and neither Enter nor a key held down sends", async () => {
  const sent = serve({ status: 409, json: NEWS }, { html: "" }, { status: 201, json: {} })
  type("Hello")
  send()
  await vi.waitFor(() => expect(one(".moved").textContent).toContain("Ada wrote a new message."))
  expect(document.activeElement).toBe(one(".newsbox"))
  expect(one(".newsbox").textContent).toBe("Stop!")
  press("Enter", one(".newsbox"))
  press("Enter", one(".newsbox"), { ctrlKey: true })
  press("Enter", one(".newsbox"), { ctrlKey: true, repeat: true })
  expect(posts(sent)).toHaveLength(1)
})

test("once it could be read, the key that sends sends what was read over", async () => {
  const sent = serve({ status: 409, json: NEWS }, { status: 201, json: {} })
  const done = heard("ot:sent")
  type("Hello")
  send()
  await vi.waitFor(() => one(".moved"))
  const later = Date.now() + 1_000
  vi.spyOn(Date, "now").mockReturnValue(later)
  press("Enter", one(".newsbox"), { ctrlKey: true })
  await vi.waitFor(() => expect(done).toHaveLength(1))
  expect(fields(posts(sent)[1]?.body)["last_event"]).toBe("81")
  expect(document.querySelector(".moved")).toBeNull()
})

test("Escape goes back to the words; what was shown counts as read", async () => {
  const sent = serve({ status: 409, json: NEWS }, { status: 201, json: {} })
  type("Hello")
  send()
  await vi.waitFor(() => one(".moved"))
  press("Escape", one(".newsbox"))
  expect(document.activeElement).toBe(area())
  expect(document.querySelector(".moved")).toBeNull()
  send()
  await vi.waitFor(() => expect(posts(sent)).toHaveLength(2))
  expect(fields(posts(sent)[1]?.body)["last_event"]).toBe("81")
})

test("the second half of a double click sends nothing; a plain Send afterwards does not solve", async () => {
  const sent = serve({ status: 409, json: NEWS }, { html: "" }, { status: 201, json: {} })
  type("Hello")
  one("[data-status=solved]").click()
  await vi.waitFor(() => one(".moved"))
  one("[data-cmd=send]").click()
  expect(posts(sent)).toHaveLength(1)
  press("Escape", one(".newsbox"))
  one("[data-cmd=send]").click()
  await vi.waitFor(() => expect(posts(sent)).toHaveLength(2))
  expect(posts(sent).map(({ body }) => fields(body)["status"])).toEqual(["solved", ""])
})

test("a message that comes in while writing is announced, and showing it counts as having seen it", async () => {
  const sent = serve({ status: 201, json: {} })
  type("Hello")
  one("#thread").insertAdjacentHTML("beforeend", '<li class="msg" id="m2"></li>')
  one("#thread").dataset["lastEvent"] = "80"
  document.dispatchEvent(new CustomEvent("ot:refreshed", { detail: {} }))
  expect(one(".arrived").textContent).toContain("1 new message arrived")
  one("[data-show-new]").click()
  expect(document.querySelector(".arrived")).toBeNull()
  send()
  await vi.waitFor(() => expect(posts(sent)).toHaveLength(1))
  expect(fields(posts(sent)[0]?.body)["last_event"]).toBe("80")
})

test("an ended session opens the sign-in dialog and keeps the words", async () => {
  serve({ status: 401 })
  type("Do not lose me")
  send()
  await vi.waitFor(() => expect(one("dialog").textContent).toContain("You have been signed out"))
  expect(one<HTMLAnchorElement>("dialog a").target).toBe("_blank")
  expect(area().value).toBe("Do not lose me")
})

test("reply and note keep words and files of their own", () => {
  type("for the customer")
  one("[role=tab][data-mode=note]").click()
  expect(area().value).toBe("note draft")
  expect(area().getAttribute("aria-label")).toBe("Internal note")
  expect(one(".files").textContent).toContain("a.pdf")
  one("[role=tab][data-mode=reply]").click()
  expect(area().value).toBe("for the customer")
  expect(one(".files").children).toHaveLength(0)
})

test.each([
  [{ ctrlKey: true }, ""],
  [{ ctrlKey: true, shiftKey: true }, "solved"],
  [{ altKey: true }, "pending"],
])("keys send with the status they stand for (%#)", async (modifiers, status) => {
  const sent = serve({ status: 201, json: {} })
  type("Hello")
  press("Enter", area(), modifiers)
  await vi.waitFor(() => expect(posts(sent)).toHaveLength(1))
  expect(fields(posts(sent)[0]?.body)["status"]).toBe(status)
})

test("of several refused files each is named, once", () => {
  const files = [new File(["MZ"], "a.exe"), new File(["x".repeat(200)], "long.txt"), new File(["MZ"], "a.exe")]
  const dropped = new Event("drop", { bubbles: true, cancelable: true })
  area().dispatchEvent(Object.assign(dropped, { dataTransfer: { types: ["Files"], files } }))
  expect(trouble().textContent?.match(/a\.exe:/g)).toHaveLength(1)
  expect(trouble().textContent).toContain("long.txt is 200 bytes")
})

test("the send menu names a status too", async () => {
  const sent = serve({ status: 201, json: {} })
  type("Hello")
  one("[data-status=solved]").click()
  await vi.waitFor(() => expect(fields(posts(sent)[0]?.body)["status"]).toBe("solved"))
})

test("files of the message travel by id", async () => {
  const sent = serve({ status: 201, json: {} })
  one("[role=tab][data-mode=note]").click()
  send()
  await vi.waitFor(() => expect(posts(sent)).toHaveLength(1))
  expect(fields(posts(sent)[0]?.body)).toMatchObject({ attachments: "9", body: "<p>note draft</p>", mode: "note" })
})

test("what the server wants said is said: the toast with its undo", async () => {
  serve({ status: 201, json: {}, headers: { "HX-Trigger": '{"ot:toast": {"text": "Reply sent", "undo": "/undo/"}}' } })
  const toasts = heard("ot:toast")
  type("Hello")
  send()
  await vi.waitFor(() => expect(toasts).toEqual([{ text: "Reply sent", undo: "/undo/" }]))
})

test("words taken back after one has gone on to another ticket do not land in its composer", () => {
  const toasts = heard("ot:toast")
  type("For Bob")
  document.dispatchEvent(
    new CustomEvent("ot:undone", { detail: { ticket: 11, html: "<p>For Ada</p>", mode: "reply" } }),
  )
  expect(area().value).toBe("For Bob")
  expect(toasts[0]).toMatchObject({ href: "/agent/tickets/11/" })
})

test("a reply that was taken back is in the editor again, before what was written since", async () => {
  serve({ status: 201, json: {} })
  const done = heard("ot:sent")
  type("First")
  send()
  await vi.waitFor(() => expect(done).toHaveLength(1))
  type("Since")
  document.dispatchEvent(new CustomEvent("ot:undone", { detail: { html: "<p>First</p>", mode: "reply", version: 3 } }))
  expect(area().value).toBe("First\n\nSince")
})

test("typing is told at most every three seconds", () => {
  const typing = heard("ot:typing")
  type("a")
  type("ab")
  expect(typing).toEqual([{ ticket: 12, mode: "reply" }])
})

test("Escape leaves the editor for the conversation", () => {
  area().focus()
  press("Escape", area())
  expect(document.activeElement).toBe(one("#conv .scroll"))
})
