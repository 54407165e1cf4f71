/*
 * Templates in place of own words: chosen, filled in, and read as the customer will before they are sent. What is chosen
 * is kept in this browser until it is sent, so that neither a reload nor another tab loses it.
 */
import { button, closest } from "../lib/dom"
import { request } from "../lib/http"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"
import { text } from "../strings"

/** By which way, which one, and the words for its variables by the names of their fields. */
export interface Chosen {
  route: string
  template: string
  values: Record<string, string>
}

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

  /** What was chosen here and not sent. */
  get kept(): Chosen | undefined {
    return readLocal<Chosen>(this.key)
  }

  keep(chosen: Chosen): void {
    writeLocal(this.key, chosen)
  }

  /** It is sent, or own words are written after all. */
  forget(): void {
    removeLocal(this.key)
    this.close()
  }

  /** `isForced`: nothing else can be sent. */
  async open(route: string, isForced: boolean): Promise<void> {
    this.isOpen = true
    this.host.dataset["template"] = ""
    if (this.loaded !== route) await this.load(route)
    if (!this.isOpen) return
    this.place.querySelector(".own")?.remove()
    if (!isForced) this.place.append(this.back())
    this.takeUp(route)
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

  /** One that is no longer approved can't be chosen again. */
  private takeUp(route: string): void {
    const { kept, select } = this
    if (kept?.route !== route || !select || select.value) return
    select.value = kept.template
    for (const input of this.inputsOf(kept.template)) {
      input.value = kept.values[input.name] ?? ""
      this.fill(input)
    }
  }

  private back(): HTMLButtonElement {
    const own = button("linkbtn own", text("ways.own_words"), () => {
      this.forget()
      this.host.querySelector<HTMLElement>("[data-pick-template]")?.focus()
    })
    return own
  }

  private chosen(event: Event): void {
    if (!closest(event, "select[name=template]")) return
    this.show()
    this.keepChosen()
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

  private typed(event: Event): void {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || !input.name.startsWith("var.")) return
    this.fill(input)
    this.keepChosen()
  }

  /** The words for a variable stand in the text at once. */
  private fill(input: HTMLInputElement): void {
    const fields = input.closest("fieldset")
    for (const place of fields?.querySelectorAll<HTMLElement>("var[data-var]") ?? []) {
      if (place.dataset["var"] !== input.name) continue
      place.dataset["empty"] ??= place.textContent ?? ""
      place.textContent = input.value || place.dataset["empty"]
      place.classList.toggle("filled", Boolean(input.value))
    }
  }

  private keepChosen(): void {
    const template = this.select?.value ?? ""
    if (!template) return removeLocal(this.key)
    const values = Object.fromEntries(this.inputsOf(template).map(({ name, value }) => [name, value]))
    this.keep({ route: this.loaded, template, values })
  }

  private inputsOf(template: string): HTMLInputElement[] {
    const fields = [...this.place.querySelectorAll<HTMLElement>("fieldset[data-template]")]
    const chosen = fields.find((each) => each.dataset["template"] === template)
    return [...(chosen?.querySelectorAll<HTMLInputElement>("input") ?? [])]
  }

  private get select(): HTMLSelectElement | null {
    return this.place.querySelector("select[name=template]")
  }

  /** With the writer in it, as drafts have it. */
  private get key(): string {
    return `ot:template:${this.host.dataset["me"]}:${this.host.dataset["ticket"]}`
  }
}
