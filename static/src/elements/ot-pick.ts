/*
 * <ot-pick data-url="…/assignee/" data-name="assignee" data-target="#props">
 *   <button popovertarget="pick-assignee">…</button>
 *   <div id="pick-assignee" class="menu pick" popover>[<input aria-label="…">]<ul role="listbox" aria-label="…">
 *     <li role="option" data-value="5" aria-selected="true" [data-words="more words to find it by"]>…</li></ul></div></ot-pick>
 * Chooses one value of a ticket's property from options the server rendered, and posts it through htmx, whose answer is
 * morphed over `data-target`. With a field: type to filter; without: first letters.
 * Dispatches: ot:pick {name, value}; whoever prevents it does something else with the choice.
 */
import htmx from "htmx.org"
import { closest, define, h } from "../lib/dom"
import { matches, Options } from "../lib/options"
import { focusOnOpening, followAnchor } from "../lib/popover"
import { text } from "../strings"

export class OtPick extends HTMLElement {
  private listening: AbortController | undefined
  private stopFollowing: (() => void) | undefined
  /** What was chosen when the menu opened: sent along, so that a colleague's change is not undone unseen. */
  private seen: string | undefined
  private options: Options | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.popup.addEventListener("beforetoggle", (event) => this.opening(event as ToggleEvent), { signal })
    this.popup.addEventListener("toggle", (event) => this.toggled(event as ToggleEvent), { signal })
    this.popup.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.popup.addEventListener("click", (event) => this.choose(closest(event, "[role=option]")), { signal })
    this.popup.addEventListener("pointermove", (event) => this.pointed(event), { signal })
    this.filter?.addEventListener("input", () => this.narrow(), { signal })
    document.addEventListener("htmx:after:swap", () => this.isOpen && this.prepare(), { signal })
    this.options = new Options(this.filter ?? this.list, () => [
      ...this.list.querySelectorAll<HTMLElement>("[role=option]"),
    ])
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.stopFollowing?.()
  }

  private get isOpen(): boolean {
    return this.stopFollowing !== undefined
  }

  private get popup(): HTMLElement {
    return this.need("[popover]")
  }

  private get list(): HTMLElement {
    return this.need("[role=listbox]")
  }

  private get trigger(): HTMLElement {
    return this.need("[popovertarget]")
  }

  private get filter(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("[popover] input")
  }

  private need(selector: string): HTMLElement {
    const found = this.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`<ot-pick> needs ${selector}`)
    return found
  }

  /** Before it is shown, and again after a morph has put the server's attributes back. */
  private prepare(): void {
    this.describe()
    this.narrow()
  }

  private describe(): void {
    const filter = this.filter
    this.list.tabIndex = filter ? -1 : 0
    if (!filter) return
    this.list.id ||= `${this.popup.id}-list`
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "true",
      "aria-controls": this.list.id,
    }))
      filter.setAttribute(name, value)
  }

  private opening(event: ToggleEvent): void {
    if (event.newState !== "open") return
    this.seen = this.list.querySelector<HTMLElement>("[aria-selected=true]")?.dataset["value"]
    if (this.filter) this.filter.value = ""
    this.prepare()
    focusOnOpening(this.popup, this.filter ?? this.list)
  }

  private toggled(event: ToggleEvent): void {
    const open = event.newState === "open"
    this.trigger.setAttribute("aria-expanded", String(open))
    this.stopFollowing?.()
    this.stopFollowing = open ? followAnchor(this.popup, this.trigger) : undefined
  }

  /** Hide what does not match, and headings left without options; the chosen or first one becomes active. */
  private narrow(): void {
    const query = this.filter?.value ?? ""
    for (const option of this.list.querySelectorAll<HTMLElement>("[role=option]")) {
      option.hidden = !matches(`${option.textContent ?? ""} ${option.dataset["words"] ?? ""}`, query)
    }
    for (const heading of this.list.querySelectorAll<HTMLElement>(".mh")) heading.hidden = !hasOptions(heading)
    const shown = this.options?.shown ?? []
    this.list.querySelector(".empty-row")?.remove()
    if (!shown.length) this.list.append(h("li.mh.empty-row", { role: "presentation" }, text("pick.none")))
    const chosen = query ? undefined : shown.find((option) => option.getAttribute("aria-selected") === "true")
    this.options?.activate(chosen ?? shown[0])
  }

  private pressed(event: KeyboardEvent): void {
    const options = this.options
    if (!options || options.move(event)) return
    if (event.key === "Enter" || (event.key === " " && !this.filter)) {
      event.preventDefault()
      this.choose(options.current)
    } else if (event.key === "Tab") {
      this.popup.hidePopover()
    } else if (!this.filter && !event.ctrlKey && !event.metaKey) {
      const found = options.startingWith(event.key)
      if (found) options.activate(found)
    }
  }

  private pointed(event: Event): void {
    const option = closest(event, "[role=option]")
    if (option && option !== this.options?.current) this.options?.activate(option)
  }

  private choose(option: HTMLElement | null | undefined): void {
    if (!option) return
    this.popup.hidePopover()
    this.trigger.focus()
    if (option.getAttribute("aria-selected") === "true") return
    const { url = "", name = "value", target } = this.dataset
    const picked = { name, value: option.dataset["value"] ?? "" }
    if (!this.dispatchEvent(new CustomEvent("ot:pick", { detail: picked, bubbles: true, cancelable: true }))) return
    const values = { [name]: option.dataset["value"] ?? "", ...(this.seen !== undefined && { seen: this.seen }) }
    void htmx.ajax("POST", url, {
      source: this,
      values,
      swap: target ? "outerMorph" : "none",
      ...(target && { target }),
    })
  }
}

function hasOptions(heading: HTMLElement): boolean {
  for (let next = heading.nextElementSibling; next && !next.matches(".mh"); next = next.nextElementSibling) {
    if (next.matches("[role=option]:not([hidden])")) return true
  }
  return false
}

define("ot-pick", OtPick)
