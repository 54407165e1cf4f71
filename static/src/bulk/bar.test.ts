import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { heard, one, page, serve, type Sent } from "../testing/page"
import type { Selected } from "../elements/list/selection"
import { Bar } from "./bar"

const MARKUP = `
<section class="bulkbar"><b data-count></b><button data-clear></button>
  <p data-offer hidden><span data-page-text></span><button data-whole></button></p>
  <ot-pick data-name="status"><button popovertarget="bs"></button><div id="bs" popover><ul role="listbox" aria-label="Status">
    <li role="option" id="o1" data-value="solved" aria-selected="false">Solved</li></ul></div></ot-pick>
  <button data-open="current_tags"></button><button data-open="reply"></button></section>
<dialog class="bulkedit"><h2 data-title></h2><form>
  <select name="status"><option value="~">No change</option><option value="open">Open</option></select>
  <select name="assignee_id"><option value="~">No change</option><option value="">Nobody</option></select>
  <input name="current_tags"><textarea name="comment_value"></textarea>
  <input type="radio" name="comment_mode_is_public" value="false" checked>
  <input type="radio" name="comment_mode_is_public" value="true">
  <p data-says hidden></p><p data-error hidden></p><button data-go></button></form></dialog>
<dialog class="bulkconfirm"><h2 data-title></h2><p data-says></p><button data-go></button><button data-close></button></dialog>`

const CARD = {
  html: '<article class="jobcard" id="bulk-7" data-state="running" data-live-src="/agent/bulk/7/">…</article>',
}

const three: Selected = { ids: ["1", "2", "3"], whole: false, list: "view=open", page: false }
const whole: Selected = { ids: ["1"], whole: true, list: "view=open", page: true }
const posted = (sent: Sent[]) => Object.fromEntries((sent.at(-1)?.body as FormData).entries())
/** What <ot-pick> dispatches. */
const pick = () =>
  one("ot-pick").dispatchEvent(
    new CustomEvent("ot:pick", { detail: { name: "status", value: "solved" }, bubbles: true, cancelable: true }),
  )
const settle = () => vi.waitFor(() => new Promise((done) => setTimeout(done)))

let bar: Bar

async function shown(selected: Selected, ...answers: object[]): Promise<Sent[]> {
  const sent = serve({ html: MARKUP }, ...answers.map((json) => ({ json })), CARD)
  page(`<main><ot-list><ul><li class="ti"><a href="#">1</a></li></ul><div id="host"></div></ot-list></main>`)
  bar = new Bar(one("#host"))
  await bar.show(selected)
  return sent
}

beforeEach(() => sessionStorage.clear())
afterEach(() => vi.useRealTimers())

test("the bar says how many are selected and hides without any", async () => {
  await shown(three)
  expect(one("[data-count]").textContent).toBe("3 selected")
  await bar.show({ ...three, ids: [] })
  expect(one(".bulkbar").hidden).toBe(true)
})

test("a quick change is sent for the selection and then watched", async () => {
  const told = heard("ot:select")
  const sent = await shown(three, { job: 7, url: "/agent/bulk/7/" })
  pick()
  await vi.waitFor(() => expect(document.getElementById("bulk-7")).not.toBeNull())
  const form = sent.find(({ method }) => method === "POST")?.body as FormData
  expect(form.get("ids")).toBe("1,2,3")
  expect(JSON.parse(String(form.get("actions")))).toEqual([{ field: "status", value: "solved" }])
  expect(told).toContainEqual({ clear: true })
  expect(sessionStorage.getItem("ot:bulk-jobs")).toBe("7")
})

test("a page that is wholly selected offers the rest of the list, once counted", async () => {
  const told = heard("ot:select")
  const sent = await shown({ ...three, page: true }, { count: 12340 })
  expect(sent.at(-1)?.url).toBe("/agent/bulk/count/?view=open")
  expect(one("[data-whole]").textContent).toContain("12,340")
  one("[data-whole]").click()
  expect(told).toEqual([{ whole: true }])
})

test("a large edit asks first, and the same edit goes on when it is confirmed", async () => {
  const sent = await shown(whole, { count: 900 }, { confirm: "Change 900 tickets: …", count: 900 }, { job: 7 })
  expect(one("[data-count]").textContent).toBe("900 selected")
  pick()
  await vi.waitFor(() => expect(one<HTMLDialogElement>(".bulkconfirm").open).toBe(true))
  expect(one(".bulkconfirm [data-says]").textContent).toBe("Change 900 tickets: …")
  const asked = posted(sent)
  expect(asked["all_of"]).toBe("view=open")
  one(".bulkconfirm [data-go]").click()
  await vi.waitFor(() => expect(document.getElementById("bulk-7")).not.toBeNull())
  const confirmed = sent.filter(({ method }) => method === "POST").at(-1)?.body as FormData
  expect(confirmed.get("confirmed")).toBe("1")
  expect(confirmed.get("submit_key")).toBe(asked["submit_key"])
})

test("the dialog sends what was changed only, and says the words' readers", async () => {
  const sent = await shown(three, { confirm: "Change 3 tickets: …", count: 3 })
  one("[data-open=reply]").click()
  expect(one<HTMLDialogElement>(".bulkedit").open).toBe(true)
  one<HTMLSelectElement>("[name=assignee_id]").value = ""
  one<HTMLTextAreaElement>("[name=comment_value]").value = "Hello"
  one("form").dispatchEvent(new Event("input", { bubbles: true }))
  await vi.waitFor(() => expect(one("[data-says]").hidden).toBe(false))
  expect(JSON.parse(String(posted(sent)["actions"]))).toEqual([
    { field: "assignee_id", value: "" },
    { field: "comment_value", value: "Hello" },
    { field: "comment_mode_is_public", value: "true" },
  ])
})

test("an empty dialog is sent back without a request; a refusal stands in it with its field", async () => {
  const sent = await shown(three)
  one("[data-open=current_tags]").click()
  const before = sent.length
  one("form").dispatchEvent(new Event("submit", { cancelable: true }))
  await settle()
  expect(one("[data-error]").textContent).toBe("Choose at least one change.")
  expect(sent).toHaveLength(before)
  const problems = [{ field: "current_tags", reason: "Too long." }]
  serve({ status: 422, json: { detail: "Too long.", problems } })
  one<HTMLInputElement>("[name=current_tags]").value = "x"
  one("form").dispatchEvent(new Event("submit", { cancelable: true }))
  await vi.waitFor(() => expect(one("[data-error]").textContent).toBe("Too long."))
  expect(one("[name=current_tags]").getAttribute("aria-invalid")).toBe("true")
})
