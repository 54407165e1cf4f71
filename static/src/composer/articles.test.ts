import { beforeEach, describe, expect, it, vi } from "vitest"
import { give, type ArticleHost } from "./articles"
import type { Article } from "./articles-asking"
import { ArticlePicker } from "./articles-picker"

const article: Article = {
  id: 7, title: "Oiling", url: "https://h.example/hc/en/articles/7-oiling/", hindrance: "", language: "en", languageName: "English",
  link: '<a href="https://h.example/hc/en/articles/7-oiling/">Oiling</a>', otherLanguage: false,
  text: '<p>Two drops.</p><p><a href="https://h.example/hc/en/articles/7-oiling/">Oiling</a></p>',
} // prettier-ignore
let ticket = 1

function serve(answers: Record<string, unknown>) {
  const asked: string[] = []
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    asked.push(`${init.method ?? "GET"} ${url} ${String(init.body ?? "")}`.trim())
    const found = Object.entries(answers).find(([part]) => url.includes(part))?.[1] ?? {}
    return Promise.resolve(new Response(JSON.stringify(found), { headers: { "Content-Type": "application/json" } }))
  })
  return asked
}

function host(mode: string, isRich = true) {
  const trouble = document.createElement("p")
  const inserted: string[] = []
  const editor = { isRich, insert: (html: string) => inserted.push(html), focus: vi.fn() }
  const composer = {
    dataset: { ticket: String(++ticket) },
    parts: { mode, trouble },
    editor,
    current: { change: vi.fn() },
  }
  return { composer: composer as unknown as ArticleHost, inserted, trouble }
}

beforeEach(() => document.body.replaceChildren())

describe("giving an article", () => {
  it("inserts the link with room to write on", async () => {
    serve({ "/articles/7/": article })
    const { composer, inserted } = host("reply")
    await give(composer, 7, "link")
    expect(inserted).toEqual([`${article.link} `])
  })

  it("inserts the words with the link below them", async () => {
    serve({ "/articles/7/": article })
    const { composer, inserted } = host("reply")
    await give(composer, 7, "text")
    expect(inserted).toEqual([article.text])
  })

  it("spells the address out where the editor keeps no links", async () => {
    serve({ "/articles/7/": article })
    const { composer, inserted } = host("reply", false)
    await give(composer, 7, "link")
    expect(inserted).toEqual([`<p>Oiling: ${article.url}</p>`])
  })

  it("keeps from a reply what this customer may not read, and lets it into a note", async () => {
    serve({ "/articles/7/": { ...article, hindrance: "For staff only." } })
    const reply = host("reply")
    await give(reply.composer, 7, "text")
    expect(reply.inserted).toEqual([])
    expect(reply.trouble.textContent).toContain("For staff only.")
    const note = host("note")
    await give(note.composer, 7, "text")
    expect(note.inserted).toEqual([article.text])
  })

  it("says when it is in another language than the customer's", async () => {
    serve({ "/articles/7/": { ...article, otherLanguage: true } })
    const said = vi.fn()
    document.addEventListener("ot:toast", (event) => said((event as CustomEvent<{ text: string }>).detail.text), {
      once: true,
    })
    await give(host("reply").composer, 7, "link")
    expect(said.mock.calls[0]?.[0]).toContain("English")
  })
})

describe("the search", () => {
  const offers = [7, 8].map((id) => ({ ...article, id, section: "Care", excerpt: "", given: id === 8 }))

  beforeEach(() => {
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true
    }
  })

  function open(mode = "reply") {
    const taken = vi.fn()
    const picker = new ArticlePicker(String(++ticket), mode, taken)
    return { opened: picker.open(), taken }
  }

  it("shows what fits, and Enter inserts the link of the first", async () => {
    const asked = serve({ "/articles/": { articles: offers, count: 0 } })
    const { opened, taken } = open()
    await opened
    const input = document.querySelector<HTMLInputElement>("dialog input")
    expect(document.querySelectorAll("[role=option]")).toHaveLength(2)
    input?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
    expect(taken).toHaveBeenCalledWith(7, "link")
    expect(asked.filter((one) => one.startsWith("POST"))).toEqual([]) // nothing was searched for
  })

  it("takes the words with Shift Enter, and writes one search down", async () => {
    vi.useFakeTimers()
    const asked = serve({ "/articles/": { articles: offers, count: 2 } })
    const { opened, taken } = open()
    await opened
    const input = document.querySelector<HTMLInputElement>("dialog input")
    if (!input) throw new Error("no field")
    for (const words of ["o", "oil"]) {
      input.value = words
      input.dispatchEvent(new Event("input"))
    }
    await vi.advanceTimersByTimeAsync(400)
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }))
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true, bubbles: true }))
    expect(taken).toHaveBeenCalledWith(8, "text")
    const written = asked.filter((one) => one.startsWith("POST"))
    expect(written).toHaveLength(1)
    expect(written[0]).toContain("q=oil&results=2&clicked=8")
    vi.useRealTimers()
  })

  it("says that nothing fits", async () => {
    serve({ "/articles/": { articles: [], count: 0 } })
    await open().opened
    expect(document.querySelector(".mlist")?.textContent).toContain("No article fits")
  })
})
