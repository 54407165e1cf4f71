/* The parts of the composer's markup, found when they are needed: the server wrote them, and may have left one out. */
import { h } from "../lib/dom"

export class Parts {
  constructor(private readonly host: HTMLElement) {}

  get form(): HTMLFormElement {
    return this.need("form")
  }

  get area(): HTMLTextAreaElement {
    return this.need("textarea[name=body]")
  }

  get box(): HTMLElement {
    return this.need(".ed")
  }

  get files(): HTMLElement {
    return this.need(".files")
  }

  /** Where changes of macros wait; made when the markup has no place for them. */
  get waiting(): HTMLElement {
    const found = this.form.querySelector<HTMLElement>(".waiting")
    if (found) return found
    const created = h("div.waiting", {})
    this.files.after(created)
    return created
  }

  get trouble(): HTMLElement {
    return this.need(".cerror")
  }

  get notices(): HTMLElement {
    return this.need(".notices")
  }

  get picker(): HTMLInputElement {
    return this.need("input[type=file]")
  }

  /** What is being written: "reply" or "note". */
  get mode(): string {
    return this.field("mode").value || "reply"
  }

  /** A hidden field of the form; made when the markup has none. */
  field(name: string): HTMLInputElement {
    const found = this.form.querySelector<HTMLInputElement>(`input[name=${name}]`)
    if (found) return found
    const created = h("input", { type: "hidden", name })
    this.form.append(created)
    return created
  }

  say(words: string): void {
    const line = this.host.querySelector(".saved")
    if (line) line.textContent = words
  }

  private need<E extends HTMLElement>(selector: string): E {
    const found = this.host.querySelector<E>(selector)
    if (!found) throw new Error(`<ot-composer> needs ${selector}`)
    return found
  }
}
