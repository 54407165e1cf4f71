/*
 * <ot-palette data-ticket-url="/agent/tickets/0/" data-suggest-url="/agent/search/suggest/" data-me="5">
 *   <nav hidden>links to places that the page itself does not show</nav></ot-palette>, once per page.
 * Ctrl/Cmd+K or `[data-palette]` opens a field over what can be done on this page, changes of the open ticket, recent
 * tickets, other places, and what the search suggests. The dialog is there at once, so that no key typed after Ctrl+K
 * reaches the page; what fills it loads when the page is idle.
 */
import { closest, define, h, icon } from "../lib/dom"
import { keyCaps } from "../lib/keys"
import { loadAhead } from "../lib/lazy"
import { rememberTicket } from "../palette/recent"
import { text } from "../strings"

export interface PaletteParts {
  dialog: HTMLDialogElement
  field: HTMLInputElement
  list: HTMLUListElement
}

const load = () => import("../palette/finder")

export class OtPalette extends HTMLElement {
  private listening: AbortController | undefined
  private dialog: HTMLDialogElement | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("click", (event) => closest(event, "[data-palette]") && this.open(), { signal })
    document.addEventListener("htmx:after:swap", () => rememberTicket(this.dataset["me"]), { signal })
    rememberTicket(this.dataset["me"])
    loadAhead(() => void load().catch(() => undefined))
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
    const parts = buildDialog()
    this.dialog = parts.dialog
    parts.dialog.showModal()
    let isEntered = false // before what fills the dialog is there: then it counts as soon as it is
    const early = (event: KeyboardEvent) => (isEntered ||= event.key === "Enter")
    parts.dialog.addEventListener("keydown", early)
    load()
      .then(({ Finder }) => {
        parts.dialog.removeEventListener("keydown", early)
        if (!parts.dialog.isConnected) return
        new Finder(this, parts).start()
        if (isEntered) parts.field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
      })
      .catch((error: unknown) => {
        console.warn("the palette did not load", error)
        parts.list.replaceChildren(h("li.grp", { role: "presentation" }, text("error.offline")))
      })
  }
}

function buildDialog(): PaletteParts {
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
