import { afterEach, beforeEach, expect, test, vi } from "vitest"
import "./ot-article"

let sent: FormData[]

beforeEach(() => {
  sent = []
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ version: 6 }), { status: 200 }))
  const page = document.createElement("template")
  page.innerHTML = `
    <ot-article data-me="1" data-article="7" data-language="en" data-version="5" data-draft-url="/draft/">
      <form id="article-form"><textarea name="title">Brakes</textarea></form>
      <aside class="wside">
        <form id="approve"><input name="version" value="9"><button>Approve</button></form>
      </aside>
    </ot-article>`
  document.body.replaceChildren(document.importNode(page.content, true))
  document.addEventListener("submit", took)
})

afterEach(() => {
  document.removeEventListener("submit", took)
  vi.unstubAllGlobals()
})

function took(event: Event): void {
  event.preventDefault()
  sent.push(new FormData(event.target as HTMLFormElement))
}

function approve(): void {
  document.querySelector<HTMLFormElement>("#approve")?.requestSubmit()
}

test("what is decided on is the text that stands here, whatever a panel has heard of since", () => {
  approve()
  expect(sent.map((form) => form.get("version"))).toEqual(["5"])
})

test("what was typed is saved first, and decided on then", async () => {
  const title = document.querySelector("textarea")
  if (!title) throw new Error("no title")
  title.value = "Squeaking brakes"
  title.dispatchEvent(new Event("input", { bubbles: true }))
  approve()
  expect(sent).toEqual([])
  await vi.waitFor(() => expect(sent.map((form) => form.get("version"))).toEqual(["6"]))
})
