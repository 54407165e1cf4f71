import { beforeEach, expect, test, vi } from "vitest"
import "../../elements/ot-composer"
import { one, page, serve } from "../../testing/page"

const COMPOSER = `
<section id="conv"><div class="scroll" tabindex="0"><ol id="thread" data-last-event="77"></ol></div>
<ot-composer data-ticket="12" data-me="5" data-draft-url="/draft/" data-upload-url="/agent/attachments/" data-max-bytes="100">
<form action="/agent/tickets/12/messages/" method="post">
<input type="hidden" name="mode" value="note"><input type="hidden" name="status" value=""><input type="hidden" name="last_event" value="70">
<input type="hidden" name="submit_key" value="key-1"><input type="hidden" name="format" value="text">
<div role="tablist"><button type="button" role="tab" data-mode="reply">Reply</button><button type="button" role="tab" data-mode="note">Note</button></div>
<div class="notices"></div><div class="ed"><textarea name="body"></textarea></div>
<ul class="files"></ul><div class="waiting" hidden></div><p class="cerror" role="alert" hidden></p>
<span class="saved"></span><button data-cmd="send" type="submit">Send</button>
<input type="file" multiple hidden></form></ot-composer></section>`

const change = (field: string, value: string, more = {}) => ({
  action: { field, value },
  text: `${field} → ${value}`,
  problem: "",
  unchanged: false,
  ...more,
})
const REFUND = {
  macro: { id: 3, title: "Refund" },
  mode: "reply",
  html: "<p>Hello Ada</p>",
  problem: "",
  attachments: [{ id: 9, filename: "terms.pdf", size: 10 }],
  changes: [
    change("status", "pending"),
    change("current_tags", "refund"),
    change("priority", "high", { unchanged: true }),
    change("assignee_id", "7", { problem: "Gone." }),
  ],
}

const chips = () => [...document.querySelectorAll(".waiting li")].map((li) => li.textContent)
const posted = (body: unknown) => [...(body as FormData)].map(([name, value]) => `${name}=${String(value)}`)

async function use(taken: object): Promise<ReturnType<typeof serve>> {
  const sent = serve({ json: taken }, { status: 201, json: { message: 1 } })
  one("ot-composer").dispatchEvent(new CustomEvent("ot:macro", { detail: { id: 3 } }))
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0))
  await vi.waitFor(() => expect(one<HTMLTextAreaElement>("textarea").value).not.toBe(""))
  return sent
}

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal("requestIdleCallback", () => 0)
  page(COMPOSER)
})

test("a macro is put into the composer: words, mode, files, and what can be changed", async () => {
  const sent = await use(REFUND)
  expect(sent[0]).toMatchObject({ url: "/agent/tickets/12/macros/3/application/", method: "POST" })
  expect(one<HTMLTextAreaElement>("textarea").value).toBe("Hello Ada")
  expect(one<HTMLInputElement>("[name=mode]").value).toBe("reply")
  expect(chips()).toEqual(["status → pending", "current_tags → refund"])
  expect(document.querySelectorAll(".files li")).toHaveLength(1)
  expect(one(".cerror").textContent).toContain("Gone.")
  expect(sent).toHaveLength(1) // nothing was sent
})

test("its changes go with the send, and are gone after it; what was taken off stays off", async () => {
  const sent = await use(REFUND)
  one(".waiting li button").click()
  expect(chips()).toEqual(["current_tags → refund"])
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(chips()).toEqual([]))
  const body = posted(sent.find(({ url }) => url.endsWith("/messages/"))?.body)
  expect(body).toContain('changes={"field":"current_tags","value":"refund"}')
  expect(body).toContain("macros=3")
  expect(body.some((field) => field.includes('status"'))).toBe(false)
})

test("a second macro's status takes the place of the first one's, tags come together, and all outlive a reload", async () => {
  await use(REFUND)
  serve({
    json: {
      ...REFUND,
      html: "",
      macro: { id: 4, title: "VIP" },
      changes: [change("status", "open"), change("current_tags", "vip")],
    },
  })
  one("ot-composer").dispatchEvent(new CustomEvent("ot:macro", { detail: { id: 4 } }))
  await vi.waitFor(() => expect(chips()).toEqual(["status → open", "current_tags → refund, vip"]))
  page(COMPOSER)
  expect(chips()).toEqual(["status → open", "current_tags → refund, vip"])
})

test("a send that fails keeps them; one that is taken back brings them back", async () => {
  await use(REFUND)
  serve({ status: 422, json: { detail: "No." } })
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(one(".cerror").textContent).toContain("No."))
  expect(chips()).toHaveLength(2)
  serve({ status: 201, json: { message: 1 } })
  one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(chips()).toEqual([]))
  const back = (url: string) =>
    document.dispatchEvent(new CustomEvent("ot:undone", { detail: { url, html: "<p>Hello</p>", mode: "reply" } }))
  back("/agent/tickets/12/reversal/?event=3")
  expect(chips()).toEqual([])
  back("/agent/messages/1/retraction/")
  expect(chips()).toHaveLength(2)
})

test("they can be made at once, without the words", async () => {
  await use(REFUND)
  const sent = serve({ status: 204 })
  const now = [...document.querySelectorAll<HTMLButtonElement>(".waiting button")].at(-1)
  now?.click()
  await vi.waitFor(() => expect(chips()).toEqual([]))
  expect(sent[0]?.url).toBe("/agent/tickets/12/changes/")
  expect(posted(sent[0]?.body)).toContain('changes={"field":"status","value":"pending"}')
  expect(one<HTMLTextAreaElement>("textarea").value).toBe("Hello Ada")
})
