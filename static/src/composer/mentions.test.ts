import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve, type Sent } from "../testing/page"
import { RichEditor } from "./tiptap"

const GRACE = {
  id: "user:5",
  name: "Grace Hopper",
  detail: "Agent",
  words: "grace",
  initials: "GH",
  hue: 25,
  sees: true,
}
const ALAN = { ...GRACE, id: "user:6", name: "Alan Turing", words: "alan", initials: "AT", sees: false }
const SUPPORT = { ...GRACE, id: "team:1", name: "Support", words: "", initials: "S", hue: "" as const }

let ticket = 1000 // the names are asked for once a ticket

function editor(mode: "note" | "reply", html = ""): RichEditor {
  page(
    `<div data-ticket="${(ticket += 1)}" data-mode="${mode}"><div class="notices"></div><div class="ed"></div></div>`,
  )
  return new RichEditor(one(".ed"), html, { changed: () => {}, moved: () => {}, files: () => {} })
}

/** What a person does who types: letters come one after the other. */
function type(rich: RichEditor, letters: string): void {
  const { view } = (rich as unknown as { editor: { view: import("@tiptap/pm/view").EditorView } }).editor
  for (const letter of letters) view.dispatch(view.state.tr.insertText(letter))
}

const options = () => [...document.querySelectorAll<HTMLElement>("[role=option]")].map((o) => o.dataset["value"])

let sent: Sent[]
beforeEach(() => {
  HTMLElement.prototype.showPopover ??= () => {}
  HTMLElement.prototype.hidePopover ??= () => {}
  vi.spyOn(Selection.prototype, "collapseToEnd").mockImplementation(() => {}) // happy-dom has none in an editor
  sent = serve({ json: { people: [ALAN, GRACE, SUPPORT] } })
})

test("an @ in a note opens the names, typing narrows them, Enter picks", async () => {
  const rich = editor("note")
  type(rich, "Ask @")
  await vi.waitFor(() => expect(options()).toEqual(["user:6", "user:5", "team:1"]))
  type(rich, "gra")
  await vi.waitFor(() => expect(options()).toEqual(["user:5"]))
  const box = one("[contenteditable]")
  expect(box.getAttribute("aria-activedescendant")).toBe("mention-user-5")
  expect(box.getAttribute("aria-controls")).toBe("mention-list")
  press("Enter", box)
  await vi.waitFor(() => expect(rich.html()).toContain('Ask <span data-mention="user:5">@Grace Hopper</span>'))
  expect(box.hasAttribute("aria-activedescendant")).toBe(false)
  expect(sent.filter(({ url }) => url.endsWith("/mentionable/"))).toHaveLength(1)
})

test("arrows move, Escape leaves the letters as they are", async () => {
  const rich = editor("note")
  type(rich, "@")
  await vi.waitFor(() => expect(options()).toHaveLength(3))
  const box = one("[contenteditable]")
  press("ArrowDown", box)
  expect(box.getAttribute("aria-activedescendant")).toBe("mention-user-5")
  press("ArrowUp", box)
  press("ArrowUp", box)
  expect(box.getAttribute("aria-activedescendant")).toBe("mention-team-1")
  let reached = 0
  document.body.addEventListener("keydown", () => (reached += 1), { once: true })
  press("Escape", box)
  await vi.waitFor(() => expect(options()).toEqual([]))
  expect(rich.html()).toBe("<p>@</p>")
  expect(reached).toBe(0)
})

test("in a reply an @ is a letter", async () => {
  const rich = editor("reply")
  type(rich, "Hi @gra")
  await new Promise((resolve) => setTimeout(resolve))
  expect(options()).toEqual([])
  expect(sent).toEqual([])
})

test("so is the one in an address", async () => {
  const rich = editor("note")
  type(rich, "ada@gra")
  await new Promise((resolve) => setTimeout(resolve))
  expect(options()).toEqual([])
})

test("who may not see the ticket is said at the composer, until the name is gone", async () => {
  const rich = editor("note")
  type(rich, "@al")
  await vi.waitFor(() => expect(options()).toEqual(["user:6"]))
  expect(one("[role=option]").textContent).toContain("may not see this ticket")
  press("Enter", one("[contenteditable]"))
  await vi.waitFor(() => expect(one(".notices").textContent).toContain("Alan Turing may not see this ticket"))
  ;(rich as unknown as { editor: import("@tiptap/core").Editor }).editor.commands.setContent("<p>x</p>", {
    emitUpdate: true,
  })
  await vi.waitFor(() => expect(one(".notices").textContent).toBe(""))
})

test("a stored draft keeps its names", () => {
  const html = '<p>Hi <span data-mention="user:5">@Grace Hopper</span>!</p>'
  expect(editor("note", html).html()).toBe(html)
})
