import { beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import { Ways } from "./ways"

const HOUR = 3_600_000
const option = (value: string, label: string, more: string) =>
  `<option value="${value}" data-label="${label}" ${more}>${label}</option>`
const until = (hours: number) => `data-until="${new Date(Date.now() + hours * HOUR).toISOString()}"`

const page_of = (options: string) => `
<ot-composer data-ticket="12" data-me="5"><div class="ways"><select name="route">${options}</select>
<span class="waynote"></span><output class="count"></output><a class="pick" href="/t/" data-pick-template>Use a template…</a></div>
<div class="answered" hidden><span class="clip"></span><input name="answers" value=""><button type="button" data-answer-none>x</button></div>
<div class="template" data-src="/templates/"></div><button><span data-send-label>Send</span></button></ot-composer>
<a data-answers="7" data-conversation="3" data-words="It rattles" href="?answers=7">Answer this</a>`

const TEMPLATES = `<select name="template"><option value="">Choose…</option><option value="delivery|en">delivery</option></select>
<fieldset data-template="delivery|en" hidden disabled><input name="var.body.1"><div>Hello <var data-var="var.body.1">{{1}}</var></div></fieldset>`

const WHATSAPP = option(
  "c3",
  "WhatsApp",
  `data-channel="whatsapp" data-templates data-conversation="3" data-limit="20"`,
)
const SMS = option("c4", "SMS", `data-channel="sms" data-limit="1600" data-segments data-conversation="4"`)
const EMAIL = option("email", "E-mail", `data-channel="email"`)

let words = ""
let files = false

function ways(options: string): Ways {
  page(page_of(options))
  const events = { html: () => `<p>${words}</p>`, hasFiles: () => files, write: () => undefined }
  return new Ways(one("ot-composer"), events, new AbortController().signal)
}

function choose(name: string, value: string): void {
  const select = one<HTMLSelectElement>(`select[name=${name}]`)
  select.value = value
  select.dispatchEvent(new Event("change", { bubbles: true }))
}

const note = () => one(".waynote").textContent
const count = () => one(".count").textContent
const shown = () => one("ot-composer").dataset["template"]

beforeEach(() => {
  vi.restoreAllMocks()
  words = ""
  files = false
  sessionStorage.clear()
  localStorage.clear()
})

test("each way counts in its own measure, and says what files it takes", () => {
  words = "Grüße 😀"
  const chooser = ways(WHATSAPP + SMS + option("c5", "Instagram", `data-limit="1000" data-bytes`) + EMAIL)
  expect(count()).toBe("7/20")
  choose("route", "c4")
  expect(count()).toBe("7/1600 · 1 SMS (“😀” shortens each to 70 characters)")
  choose("route", "c5")
  expect(count()).toBe("12/1000")
  files = true
  chooser.count()
  expect(count()).toContain("Instagram takes no files")
  choose("route", "email")
  expect(count()).toBe("")
  choose("route", "c3")
  words = "x".repeat(21)
  chooser.count()
  expect(one(".count").classList).toContain("bad")
})

test("the window counts down, is urgent near its end, and closes in front of its reader", () => {
  vi.useFakeTimers()
  ways(option("c3", "WhatsApp", `data-templates data-conversation="3" ${until(3)}`))
  serve({ html: TEMPLATES })
  expect(note()).toBe("Open for 3 hrs; after that choose a template.")
  expect(one(".waynote").classList).not.toContain("urgent")
  vi.advanceTimersByTime(1.5 * HOUR)
  expect(note()).toContain("Open for 1 hr")
  expect(one(".waynote").classList).toContain("urgent")
  vi.advanceTimersByTime(2 * HOUR)
  expect(note()).toBe("Only a template can be sent now.")
  expect(shown()).toBe("")
  vi.useRealTimers()
})

test("why nothing can be sent stands before everything else", () => {
  ways(option("c4", "SMS", `data-conversation="4" data-why="They said STOP." data-note="Waits" ${until(3)}`))
  expect(note()).toBe("They said STOP.")
  expect(one(".waynote").classList).toContain("bad")
})

test("a template is filled in, kept over a reload, and forgotten once it is sent", async () => {
  serve({ html: TEMPLATES })
  ways(WHATSAPP + EMAIL)
  one("[data-pick-template]").click()
  await vi.waitFor(() => one("select[name=template]"))
  choose("template", "delivery|en")
  const input = one<HTMLInputElement>("[name='var.body.1']")
  input.value = "Ada"
  input.dispatchEvent(new Event("input", { bubbles: true }))
  expect(one("var").textContent).toBe("Ada")

  ways(WHATSAPP + EMAIL)
  await vi.waitFor(() => expect(one("var").textContent).toBe("Ada"))
  expect(shown()).toBe("delivery|en")
  expect(one<HTMLFieldSetElement>("fieldset").disabled).toBe(false)

  document.dispatchEvent(new CustomEvent("ot:sent", { detail: { mode: "reply" } }))
  expect(shown()).toBeUndefined()
  ways(WHATSAPP + EMAIL)
  expect(shown()).toBeUndefined()
})

test("a template that was taken back is chosen again", async () => {
  serve({ html: TEMPLATES })
  ways(EMAIL + WHATSAPP)
  const template = { route: "c3", template: "delivery|en", values: { "var.body.1": "Ada" } }
  document.dispatchEvent(new CustomEvent("ot:undone", { detail: { ticket: 13, template } }))
  expect(one<HTMLSelectElement>("select[name=route]").value).toBe("email")
  document.dispatchEvent(new CustomEvent("ot:undone", { detail: { ticket: 12, template } }))
  await vi.waitFor(() => expect(one<HTMLInputElement>("[name='var.body.1']").value).toBe("Ada"))
  expect(one<HTMLSelectElement>("select[name=route]").value).toBe("c3")
})

test("own words may take the place of a template that nobody has to choose", async () => {
  serve({ html: TEMPLATES })
  ways(WHATSAPP)
  one("[data-pick-template]").click()
  await vi.waitFor(() => one("button.own"))
  choose("template", "delivery|en")
  one("button.own").click()
  expect(shown()).toBeUndefined()
  expect(localStorage.length).toBe(0)
})

test("answering one message chooses its conversation; another way answers none", () => {
  ways(EMAIL + WHATSAPP)
  one("[data-answers]").click()
  expect(one<HTMLSelectElement>("select[name=route]").value).toBe("c3")
  expect(one<HTMLInputElement>("[name=answers]").value).toBe("7")
  expect(one(".answered .clip").textContent).toBe("It rattles")
  choose("route", "email")
  expect(one<HTMLInputElement>("[name=answers]").value).toBe("")
  expect(one(".answered").hidden).toBe(true)
})

test("who writes meanwhile opens the window of the page that is open", async () => {
  serve({ html: TEMPLATES })
  ways(option("c3", "WhatsApp", `data-templates data-needs-template data-conversation="3"`))
  expect(shown()).toBe("")
  serve({ html: `<select name="route">${option("c3", "WhatsApp", `data-templates ${until(24)}`)}</select>` })
  document.dispatchEvent(new CustomEvent("ot:refreshed", { detail: { id: "talk" } }))
  await vi.waitFor(() => expect(note()).toContain("Open for 23 hrs"))
  expect(shown()).toBeUndefined()
})

test("what a colleague has to approve first is proposed", () => {
  ways(option("c3", "X", `data-proposes data-note="Everybody can read it."`) + EMAIL)
  expect(one("[data-send-label]").textContent).toBe("Propose")
  choose("route", "email")
  expect(one("[data-send-label]").textContent).toBe("Send")
})

test("the chosen way is kept while the page is left and come back to", () => {
  ways(WHATSAPP + SMS)
  choose("route", "c4")
  ways(WHATSAPP + SMS)
  expect(one<HTMLSelectElement>("select[name=route]").value).toBe("c4")
})

test("who waits is shown that somebody writes, once in a while and where the messenger can show it", () => {
  const sent = serve({ status: 204 })
  ways(option("c3", "WhatsApp", `data-typing data-conversation="3"`) + SMS)
  const typed = (detail: object) => document.dispatchEvent(new CustomEvent("ot:typing", { detail }))
  typed({ ticket: 12, mode: "note" })
  typed({ ticket: 13, mode: "reply" })
  expect(sent).toHaveLength(0)
  typed({ ticket: 12, mode: "reply" })
  typed({ ticket: 12, mode: "reply" })
  expect(sent.map(({ url }) => url)).toEqual(["/agent/tickets/12/typing/"])
  expect((sent[0]?.body as FormData).get("route")).toBe("c3")
  ways(SMS)
  typed({ ticket: 12, mode: "reply" })
  expect(sent).toHaveLength(1)
})
