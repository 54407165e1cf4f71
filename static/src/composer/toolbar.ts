/* The composer's buttons: pressed states follow the caret, and the small row that asks for a link's address. */
import { button, h } from "../lib/dom"
import { text } from "../strings"
import type { Command, Editor } from "./editor"

const COMMANDS: ReadonlySet<string> = new Set<Command>(["bold", "italic", "bullet", "ordered", "quote", "code"])

export function isCommand(name: string | undefined): name is Command {
  return name !== undefined && COMMANDS.has(name)
}

export function showPressed(host: HTMLElement, editor: Editor): void {
  for (const control of host.querySelectorAll<HTMLElement>("[data-cmd]")) {
    const command = control.dataset["cmd"]
    if (isCommand(command) || command === "link") control.setAttribute("aria-pressed", String(editor.isActive(command)))
  }
}

/** Opens the row for a link's address below `place`, or closes it when it is open. */
export function toggleLinkRow(place: HTMLElement, editor: Editor): void {
  const open = place.parentElement?.querySelector(".linkbar")
  if (open) return open.remove()
  const input = h("input.input", {
    type: "text",
    inputmode: "url",
    value: editor.link(),
    "aria-label": text("link.address"),
    placeholder: "https://",
  })
  const wrong = h("small.err", { role: "alert" })
  const finish = (href: string) => {
    row.remove()
    editor.setLink(href)
  }
  const apply = () => {
    const href = linkAddress(input.value)
    if (href === undefined) wrong.textContent = text("link.invalid")
    else finish(href)
  }
  const remove = editor.link() ? button("btn ghost sm", text("link.remove"), () => finish("")) : null
  const row = h("div.linkbar", {}, input, button("btn sm", text("link.apply"), apply), remove, wrong)
  row.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === input) apply()
    else if (event.key === "Escape") editor.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === "Escape") row.remove()
  })
  place.after(row)
  input.select()
}

/** A usable address: web, mail or telephone; "example.com" gets its scheme. `undefined` for anything else. */
export function linkAddress(typed: string): string | undefined {
  const value = typed.trim()
  if (!value) return ""
  if (/^(https?:\/\/|mailto:|tel:)\S+$/i.test(value)) return value
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@]+$/.test(value)) return `mailto:${value}`
  return /^[^\s:]+\.[^\s:.]{2,}([/?#:]\S*)?$/.test(value) ? `https://${value}` : undefined
}
