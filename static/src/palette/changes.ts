/*
 * Changes of the open ticket as commands, read from its pickers: "Assign to Alan", "Set status to Pending", "Add tag
 * refund". They are posted as the pickers post them, and can be undone like them.
 */
import htmx from "htmx.org"
import { splitTags } from "../elements/ot-tags"
import { text, type StringKey } from "../strings"
import type { Entry } from "./entries"

const SENTENCES: Record<string, StringKey> = {
  assignee: "palette.set_assignee",
  team: "palette.set_team",
  status: "palette.set_status",
  priority: "palette.set_priority",
  type: "palette.set_type",
}
const MOST = 30
const ADD_TAG = /^(?:\+|tags?\s+)(\S.*)$/i

/** Only what a query asks for: a ticket has hundreds of them. */
export function changesOf(query: string): Entry[] {
  const pickers = [...document.querySelectorAll<HTMLElement>("#props ot-pick[data-url]")]
  return [...tagChanges(query), ...pickers.flatMap(choices).slice(0, MOST * pickers.length)]
}

function choices(pick: HTMLElement): Entry[] {
  const sentence = SENTENCES[pick.dataset["name"] ?? ""]
  if (!sentence) return []
  return [...pick.querySelectorAll<HTMLElement>("[role=option]:not([aria-selected=true])")].map((option) => {
    const name = wordsOf(option)
    return change(text(sentence, { name }), option.dataset["words"] ?? "", iconOf(pick), () =>
      post(pick, { [pick.dataset["name"] ?? ""]: option.dataset["value"] ?? "" }),
    )
  })
}

/** The words a person reads, without faces and glyphs. */
function wordsOf(option: HTMLElement): string {
  const copy = option.cloneNode(true) as HTMLElement
  for (const part of copy.querySelectorAll("[aria-hidden=true], svg")) part.remove()
  return copy.textContent?.replace(/\s+/g, " ").trim() ?? ""
}

function tagChanges(query: string): Entry[] {
  const tags = document.querySelector<HTMLElement>("#props ot-tags[data-url]")
  const now = splitTags(tags?.querySelector("input[name=tags]")?.getAttribute("value") ?? "")
  if (!tags) return []
  const save = (list: string[]) => () => post(tags, { tags: list.join(",") })
  const fresh = splitTags(ADD_TAG.exec(query)?.[1] ?? "").filter((tag) => !now.includes(tag))
  return [
    ...fresh.map((tag) => change(text("palette.add_tag", { tag }), query, "tag", save([...now, tag]))),
    ...now.map((tag) => change(text("tags.remove", { tag }), "", "tag", save(now.filter((other) => other !== tag)))),
  ]
}

function change(label: string, detail: string, icon: string, run: () => void): Entry {
  return { label, detail, group: text("palette.this_ticket"), keys: "", icon, run }
}

function iconOf(pick: HTMLElement): string {
  const icons: Record<string, string> = {
    assignee: "user-check",
    team: "users",
    status: "circle-dot",
    priority: "flag",
  }
  return icons[pick.dataset["name"] ?? ""] ?? "pencil"
}

function post(source: HTMLElement, values: Record<string, string>): void {
  const { url = "", target } = source.dataset
  void htmx.ajax("POST", url, {
    source,
    values,
    swap: target ? "outerMorph" : "none",
    ...(target && { target }),
  })
}
