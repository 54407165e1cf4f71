/* Templates in place of own words: chosen, filled in, and read as the customer will before they are sent. */
import { button, closest } from "../lib/dom"
import { request } from "../lib/http"
import { text } from "../strings"

export class Templates {
  isOpen = false
  private loaded = ""

  constructor(
    private readonly host: HTMLElement,
    private readonly place: HTMLElement,
    private readonly changed: () => void,
  ) {
    place.addEventListener("change", (event) => this.chosen(event))
    place.addEventListener("input", (event) => this.typed(event))
  }

  /** `isForced`: nothing else can be sent. */
  async open(route: string, isForced: boolean): Promise<void> {
    this.isOpen = true
    this.host.dataset["template"] = ""
    if (this.loaded !== route) await this.load(route)
    if (!this.isOpen) return
    this.place.querySelector(".own")?.remove()
    if (!isForced) this.place.append(this.back())
    this.show()
    if (this.host.contains(document.activeElement)) this.select?.focus()
  }

  close(): void {
    this.isOpen = false
    this.loaded = ""
    delete this.host.dataset["template"]
    this.place.replaceChildren()
    this.changed()
  }

  private async load(route: string): Promise<void> {
    const address = `${this.place.dataset["src"] ?? ""}?route=${encodeURIComponent(route)}`
    const outcome = await request(address)
    this.loaded = outcome.ok ? route : ""
    if (!outcome.ok) return this.place.replaceChildren("message" in outcome.failure ? outcome.failure.message : "")
    const page = new DOMParser().parseFromString(await outcome.response.text(), "text/html")
    this.place.replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)))
  }

  private back(): HTMLButtonElement {
    const own = button("linkbtn own", text("ways.own_words"), () => {
      this.close()
      this.host.querySelector<HTMLElement>("[data-pick-template]")?.focus()
    })
    return own
  }

  private chosen(event: Event): void {
    if (!closest(event, "select[name=template]")) return
    this.show()
    this.place.querySelector<HTMLInputElement>("fieldset:not([hidden]) input")?.focus()
  }

  private show(): void {
    const value = this.select?.value ?? ""
    this.host.dataset["template"] = value
    for (const fields of this.place.querySelectorAll<HTMLFieldSetElement>("fieldset[data-template]")) {
      fields.hidden = fields.dataset["template"] !== value
      fields.disabled = fields.hidden
    }
    this.changed()
  }

  /** The words for a variable stand in the text at once. */
  private typed(event: Event): void {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || !input.name.startsWith("var.")) return
    const fields = input.closest("fieldset")
    for (const place of fields?.querySelectorAll<HTMLElement>("var[data-var]") ?? []) {
      if (place.dataset["var"] !== input.name) continue
      place.dataset["empty"] ??= place.textContent ?? ""
      place.textContent = input.value || place.dataset["empty"]
      place.classList.toggle("filled", Boolean(input.value))
    }
  }

  private get select(): HTMLSelectElement | null {
    return this.place.querySelector("select[name=template]")
  }
}
