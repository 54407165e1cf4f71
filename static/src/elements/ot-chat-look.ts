/*
 * <ot-chat-look data-form="chat-widget" data-language="en"><div data-window style="--hue: 276"><b data-shows="title">…</b></div>…</ot-chat-look>
 * How a chat widget will look, beside its settings: follows hue, side and the words of the language in which somebody
 * types. An empty field shows what visitors read instead of it, its placeholder. Without scripts it shows what is saved.
 */
import { define } from "../lib/dom"

type Field = HTMLInputElement | HTMLTextAreaElement

export class OtChatLook extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    const form = document.getElementById(this.dataset["form"] ?? "")
    if (!(form instanceof HTMLFormElement)) return
    this.listening = new AbortController()
    form.addEventListener("input", (event) => this.follow(form, event.target), { signal: this.listening.signal })
    form.addEventListener("focusin", (event) => this.follow(form, event.target), { signal: this.listening.signal })
    this.draw(form)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private follow(form: HTMLFormElement, target: EventTarget | null): void {
    const language = target instanceof HTMLElement && target.dataset["language"]
    if (language) this.dataset["language"] = language
    this.draw(form)
  }

  private draw(form: HTMLFormElement): void {
    const hue = form.querySelector<HTMLInputElement>("[name=hue]")?.value ?? "276"
    const fields = [...form.querySelectorAll<Field>(`[data-language="${CSS.escape(this.dataset["language"] ?? "")}"]`)]
    this.classList.toggle("start", form.querySelector<HTMLInputElement>("[name=is_at_start]")?.checked ?? false)
    for (const window of this.querySelectorAll<HTMLElement>("[data-window]")) {
      window.style.setProperty("--hue", hue)
      if (fields[0] && !("corner" in window.dataset)) window.dir = fields[0].dir
    }
    for (const shown of this.querySelectorAll<HTMLElement>("[data-shows]")) {
      const field = fields.find((each) => each.dataset["text"] === shown.dataset["shows"])
      if (field) shown.textContent = field.value.trim() || field.placeholder
    }
  }
}

define("ot-chat-look", OtChatLook)
