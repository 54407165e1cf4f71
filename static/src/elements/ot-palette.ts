/*
 * <ot-palette data-ticket-url="/agent/tickets/0/"></ot-palette>, once per page. Ctrl/Cmd+K or `[data-palette]` opens a
 * field over the page's own commands (see lib/commands) and, for a number, the ticket of that number.
 */
import { closest, define, h, icon } from "../lib/dom"
import { commandsOnPage, runCommand, type CommandItem } from "../lib/commands"
import { keyCaps } from "../lib/keys"
import { matches, Options } from "../lib/options"
import { text } from "../strings"

interface Entry extends Omit<CommandItem, "element"> {
  run: (newTab: boolean) => void
}

export class OtPalette extends HTMLElement {
  private listening: AbortController | undefined
  private dialog: HTMLDialogElement | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("click", (event) => closest(event, "[data-palette]") && this.open(), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.dialog?.remove()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.key.toLowerCase() !== "k") return
    if (event.shiftKey || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    if (this.dialog?.open) this.dialog.close()
    else this.open()
  }

  private open(): void {
    const { dialog, field, list } = buildDialog()
    const options = new Options(field, () => [...list.querySelectorAll<HTMLElement>("[role=option]")], true)
    const commands = nearestFirst(commandsOnPage()).filter(({ element }) => element.dataset["command"] !== "off")
    let entries: Entry[] = []
    const draw = () => {
      entries = this.entriesFor(field.value.trim(), commands)
      list.replaceChildren(...rows(entries))
      options.activate(options.shown[0])
    }
    const run = (option: HTMLElement | null | undefined, { ctrlKey, metaKey }: KeyboardEvent | MouseEvent) => {
      const entry = entries[Number(option?.dataset["at"] ?? -1)]
      if (!entry) return
      dialog.close()
      entry.run(ctrlKey || metaKey)
    }
    field.addEventListener("input", draw)
    dialog.addEventListener("keydown", (event) => {
      if (!options.move(event) && event.key === "Enter") run(options.current, event)
    })
    dialog.addEventListener("click", (event) => run(closest(event, "[role=option]"), event))
    dialog.addEventListener("pointermove", (event) => {
      options.activate(closest(event, "[role=option]") ?? options.current)
    })
    this.dialog = dialog
    dialog.showModal()
    draw()
  }

  private entriesFor(query: string, commands: CommandItem[]): Entry[] {
    const found = commands
      .filter(({ label, group }) => matches(`${label} ${group}`, query))
      .map((command) => ({
        ...command,
        group: command.group || text("palette.commands"),
        run: (newTab: boolean) => runIn(command.element, newTab),
      }))
    const number = /^#?(\d{1,9})$/.exec(query)?.[1]
    const pattern = this.dataset["ticketUrl"]
    if (!number || !pattern) return found
    const url = pattern.replace(/0(?=\/?$)/, number)
    return [
      {
        label: text("palette.open_ticket", { number }),
        group: text("palette.tickets"),
        keys: "",
        icon: "ticket",
        run: (newTab) => go(url, newTab),
      },
      ...found,
    ]
  }
}

function buildDialog(): { dialog: HTMLDialogElement; field: HTMLInputElement; list: HTMLUListElement } {
  const list = h("ul", { id: "palette-list", role: "listbox", "aria-label": text("palette.commands") })
  const field = h("input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-label": text("palette.label"),
    placeholder: text("palette.placeholder"),
  })
  const head = h("div.ph", {}, icon("search", "lg"), field)
  const dialog = h("dialog.palette", { "aria-label": text("palette.label") }, head, list, footer())
  dialog.addEventListener("close", () => dialog.remove())
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close())
  document.body.append(dialog)
  return { dialog, field, list }
}

/** What can be done with the ticket or list at hand comes before the ways to other places. */
function nearestFirst(commands: CommandItem[]): CommandItem[] {
  const distance = ({ element }: CommandItem) => (element.closest("#ticket") ? 0 : element.closest("main") ? 1 : 2)
  return commands.sort((one, other) => distance(one) - distance(other))
}

function runIn(element: HTMLElement, newTab: boolean): void {
  if (newTab && element instanceof HTMLAnchorElement) go(element.href, true)
  else runCommand(element)
}

function go(url: string, newTab: boolean): void {
  if (newTab) window.open(url, "_blank")
  else location.assign(url)
}

function rows(entries: Entry[]): HTMLElement[] {
  if (!entries.length) return [h("li.grp", { role: "presentation" }, text("palette.none"))]
  const byGroup = [...new Set(entries.map(({ group }) => group))]
  return byGroup.flatMap((group) => [
    h("li.grp", { role: "presentation" }, group),
    ...entries.flatMap((entry, at) => (entry.group === group ? [row(entry, at)] : [])),
  ])
}

function row({ label, keys, icon: name }: Entry, at: number): HTMLElement {
  const hint = h("span.hint", { "aria-hidden": "true" }, ...keyCaps(keys).map((cap) => h("kbd", {}, cap)))
  return h(
    "li",
    { role: "option", "aria-selected": "false", id: `palette-${at}`, "data-at": at },
    icon(name || "chevron-right"),
    h("span.clip", {}, label),
    hint,
  )
}

function footer(): HTMLElement {
  const hint = (words: string, ...caps: string[]) =>
    h("span", {}, ...caps.flatMap((cap) => keyCaps(cap).map((key) => h("kbd", {}, key))), words)
  return h(
    "div.pf",
    { "aria-hidden": "true" },
    hint(text("palette.move"), "↑", "↓"),
    hint(text("palette.run"), "Enter"),
    hint(text("palette.new_tab"), "$mod+Enter"),
    hint(text("palette.close"), "Esc"),
  )
}

define("ot-palette", OtPalette)
