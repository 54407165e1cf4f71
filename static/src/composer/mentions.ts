/*
 * Naming colleagues in a note: `@` opens the people and teams of this installation. What is picked stands as
 * <span data-mention="user:5">@Grace Hopper</span>; in a reply an @ is a letter like any other. Whoever may not see the
 * ticket is marked in the menu, and a notice says that they will not be told.
 */
import { Mention } from "@tiptap/extension-mention"
import type { Node as EditorNode } from "@tiptap/pm/model"
import type { SuggestionOptions } from "@tiptap/suggestion"
import { h, icon } from "../lib/dom"
import { request } from "../lib/http"
import { matches } from "../lib/options"
import { plural, text } from "../strings"
import { SuggestionMenu, type MenuOf } from "./suggestion-menu"

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
const MENU: MenuOf<Person> = {
  id: "mention-list",
  label: () => text("mention.menu"),
  found: (count) => plural("mention.found", count),
  value: ({ id }) => id,
  row: (person) => row(person),
  pick: (person, command) => command({ id: person.id, label: person.name }),
}
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
      render: () => new SuggestionMenu(host, MENU).hooks(),
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

function row(person: Person): HTMLElement {
  const face = h("span.av.av-xs", { "aria-hidden": "true" }, person.hue === "" ? icon("users", "xs") : person.initials)
  if (person.hue !== "") face.classList.add(`hue-${person.hue}`)
  const detail = person.sees ? person.detail : text("mention.unseen_hint")
  const option = h("li.mi", {})
  option.append(face, h("span.grow.clip", {}, person.name, h("small", {}, detail)))
  if (!person.sees) option.append(icon("eye-off", "xs"))
  return option
}
