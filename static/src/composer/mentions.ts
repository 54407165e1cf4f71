/*
 * Naming colleagues in a note: `@` opens the people and teams of this installation. What is picked stands as
 * <span data-mention="user:5">@Grace Hopper</span>; in a reply an @ is a letter like any other. Whoever may not see the
 * ticket is marked in the menu, and a notice says that they will not be told.
 */
import { Mention } from "@tiptap/extension-mention"
import type { Node as EditorNode } from "@tiptap/pm/model"
import type { SuggestionKeyDownProps, SuggestionOptions, SuggestionProps } from "@tiptap/suggestion"
import { h, icon } from "../lib/dom"
import { request } from "../lib/http"
import { matches, Options } from "../lib/options"
import { placeAt } from "../lib/popover"
import { plural, text } from "../strings"

export interface Person {
  /** "user:5" or "team:2" */
  id: string
  name: string
  detail: string
  words: string
  initials: string
  hue: number | ""
  sees: boolean
}

const SHOWN = 8
const known = new Map<string, Promise<Person[]>>()

/** Mentions for the editor in `host`, which stands in the composer (data-ticket, data-mode). */
export function mentions(host: HTMLElement): ReturnType<typeof Mention.configure> {
  const composer = host.closest<HTMLElement>("[data-ticket][data-mode]")
  const ticket = composer?.dataset["ticket"] ?? ""
  const people = () => (ticket ? peopleOf(ticket) : Promise.resolve([]))
  return Mention.extend({
    addAttributes: () => ({
      id: { default: null, parseHTML: (span: HTMLElement) => span.dataset["mention"] },
      label: { default: "", parseHTML: (span: HTMLElement) => (span.textContent ?? "").replace(/^@/, "") },
    }),
    parseHTML: () => [{ tag: "span[data-mention]" }],
    renderHTML: ({ node }) => ["span", { "data-mention": String(node.attrs["id"]) }, nameOf(node)],
    renderText: ({ node }) => nameOf(node),
    onUpdate() {
      const ids = mentionedIn(this.editor.state.doc)
      if (ids.size || composer?.querySelector("[data-unseen]")) void warn(composer, ids, people)
    },
  }).configure({
    suggestion: {
      allowSpaces: true,
      allowedPrefixes: null,
      allow: ({ state, range }) => composer?.dataset["mode"] === "note" && startsWord(state.doc, range.from),
      items: async ({ query }) => found(await people(), query),
      render: () => new Menu(host).hooks(),
    } satisfies Omit<SuggestionOptions<Person>, "editor">,
  })
}

function nameOf(node: EditorNode): string {
  return `@${String(node.attrs["label"])}`
}

/** Not inside an address such as grace@example.org. */
function startsWord(doc: EditorNode, at: number): boolean {
  return !/[\p{L}\p{N}_.@/+-]$/u.test(doc.textBetween(Math.max(0, at - 1), at, "\n", "\n"))
}

function mentionedIn(doc: EditorNode): Set<string> {
  const ids = new Set<string>()
  doc.descendants((node) => {
    if (node.type.name === "mention") ids.add(String(node.attrs["id"]))
  })
  return ids
}

/** Everybody, asked for once a ticket; a failure is asked again with the next `@`. */
function peopleOf(ticket: string): Promise<Person[]> {
  const asked = known.get(ticket) ?? ask(ticket)
  known.set(ticket, asked)
  return asked
}

async function ask(ticket: string): Promise<Person[]> {
  const outcome = await request(`/agent/tickets/${ticket}/mentionable/`)
  if (outcome.ok) return ((await outcome.response.json()) as { people: Person[] }).people
  known.delete(ticket)
  return []
}

function found(people: Person[], query: string): Person[] {
  if (query.startsWith(" ")) return []
  return people.filter(({ name, words }) => matches(`${name} ${words}`, query)).slice(0, SHOWN)
}

/** Says in the composer who of those named will hear nothing. */
async function warn(composer: HTMLElement | null, ids: Set<string>, people: () => Promise<Person[]>): Promise<void> {
  const unseen = (await people()).filter(({ id, sees }) => ids.has(id) && !sees).map(({ name }) => name)
  const old = composer?.querySelector<HTMLElement>("[data-unseen]")
  if (old?.dataset["unseen"] === unseen.join("\n")) return
  old?.remove()
  if (!unseen.length) return
  const names = new Intl.ListFormat(document.documentElement.lang || "en").format(unseen)
  const words = plural("mention.unseen", unseen.length, { names })
  const notice = h("div.notice.tone-amber", { role: "status", "data-unseen": unseen.join("\n") })
  notice.append(icon("eye-off"), h("span.grow", {}, words))
  composer?.querySelector(".notices")?.append(notice)
}

/** The list at the caret. The focus stays in the editor; which option is active is told by aria-activedescendant. */
class Menu {
  private readonly list = h("ul.menu.mentionmenu", {
    id: "mention-list",
    role: "listbox",
    popover: "manual",
    "aria-label": text("mention.menu"),
  })
  private readonly said = h("span.sr", { role: "status" })
  private readonly options: Options
  private props: SuggestionProps<Person> | undefined
  private readonly editor: HTMLElement

  constructor(host: HTMLElement) {
    this.editor = host.querySelector<HTMLElement>("[contenteditable]") ?? host
    this.options = new Options(this.editor, () => [...this.list.querySelectorAll<HTMLElement>("[role=option]")], true)
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()) // the caret stays
    this.list.addEventListener("click", (event) =>
      this.pick((event.target as Element).closest<HTMLElement>("[role=option]")),
    )
    this.list.addEventListener("pointermove", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]")
      if (option && option !== this.options.current) this.options.activate(option)
    })
  }

  hooks(): ReturnType<NonNullable<SuggestionOptions<Person>["render"]>> {
    return {
      onStart: (props) => this.show(props),
      onUpdate: (props) => this.show(props),
      onKeyDown: (props) => this.pressed(props),
      onExit: () => this.close(),
    }
  }

  private show(props: SuggestionProps<Person>): void {
    this.props = props
    if (!props.items.length) return this.hide()
    const active = this.options.current?.dataset["value"]
    this.list.replaceChildren(...props.items.map(row))
    if (!this.list.isConnected) document.body.append(this.list, this.said)
    if (!this.list.matches(":popover-open")) this.list.showPopover()
    this.editor.setAttribute("aria-controls", this.list.id)
    this.editor.setAttribute("aria-autocomplete", "list")
    const rows = [...this.list.children] as HTMLElement[]
    this.options.activate(rows.find((option) => option.dataset["value"] === active) ?? rows[0])
    this.said.textContent = plural("mention.found", props.items.length)
    const rect = props.clientRect?.()
    if (rect) placeAt(this.list, { getBoundingClientRect: () => rect } as Element)
  }

  private hide(): void {
    this.options.activate(undefined)
    this.said.textContent = ""
    this.editor.removeAttribute("aria-controls")
    this.editor.removeAttribute("aria-autocomplete")
    if (this.list.matches(":popover-open")) this.list.hidePopover()
  }

  private close(): void {
    this.hide()
    this.list.remove()
    this.said.remove()
    this.props = undefined
  }

  /** True when the key was the menu's; it then does not reach the composer, where Escape and Enter mean something else. */
  private pressed({ event }: SuggestionKeyDownProps): boolean {
    if (!this.options.current || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false
    if (["ArrowDown", "ArrowUp"].includes(event.key)) this.options.move(event)
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey) this.pick(this.options.current)
    else if (event.key === "Escape") {
      event.stopPropagation()
      return false // the plugin itself ends the suggestion, and does not begin it again at this @
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  private pick(option: HTMLElement | null | undefined): void {
    const person = this.props?.items.find(({ id }) => id === option?.dataset["value"])
    if (person) this.props?.command({ id: person.id, label: person.name })
  }
}

function row(person: Person): HTMLElement {
  const face = h("span.av.av-xs", { "aria-hidden": "true" }, person.hue === "" ? icon("users", "xs") : person.initials)
  if (person.hue !== "") face.classList.add(`hue-${person.hue}`)
  const detail = person.sees ? person.detail : text("mention.unseen_hint")
  const option = h("li.mi", { role: "option", id: `mention-${person.id.replace(":", "-")}`, "data-value": person.id })
  option.append(face, h("span.grow.clip", {}, person.name, h("small", {}, detail)))
  if (!person.sees) option.append(icon("eye-off", "xs"))
  return option
}
