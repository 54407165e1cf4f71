/*
 * <ot-keep data-me="5" data-name="new-ticket"><form …></ot-keep>: keeps what is typed into a form that has no place on
 * the server yet. In this browser, under the name of its writer; put back on the next visit, forgotten once the form led
 * on to another page. Fields the server has filled in again (it refused the form) are left as they are.
 */
import { button, define, h, icon } from "../lib/dom"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"
import { text } from "../strings"

const AFTER = 400
const NEVER = ["csrfmiddlewaretoken", "submit_key"]

interface Kept {
  fields: Record<string, string>
  /** Where the form was sent from; another page afterwards means that it was taken. */
  sentFrom?: string
}

export class OtKeep extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.restore()
    this.addEventListener("input", () => this.later(), { signal })
    this.addEventListener("change", () => this.later(), { signal })
    this.addEventListener("submit", () => this.sent(), { signal })
    addEventListener("pagehide", () => this.timer && this.save(), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearTimeout(this.timer)
  }

  private get key(): string {
    return keyOf(this.dataset["me"] ?? "", this.dataset["name"] ?? "")
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form")
  }

  private later(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), AFTER)
  }

  private save(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const fields = this.fields()
    if (Object.values(fields).some(Boolean)) writeLocal(this.key, { fields } satisfies Kept)
  }

  private sent(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    writeLocal(this.key, { fields: this.fields(), sentFrom: location.pathname } satisfies Kept)
  }

  private fields(): Record<string, string> {
    const entries = this.form ? [...new FormData(this.form)] : []
    return Object.fromEntries(
      entries.flatMap(([name, value]) => (typeof value === "string" && !NEVER.includes(name) ? [[name, value]] : [])),
    )
  }

  private restore(): void {
    const kept = readLocal<Kept>(this.key)
    const wasRefused = this.querySelector("[aria-invalid=true], [role=alert]")
    if (!kept || wasRefused || !this.form) return
    let changed = false
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = this.form.elements.namedItem(name)
      if (!value || field === null || !("value" in field) || field.value === value) continue
      field.value = value
      changed = true
    }
    if (changed) this.say()
  }

  private say(): void {
    const afresh = button("", text("keep.afresh"), () => {
      removeLocal(this.key)
      this.form?.reset()
      note.remove()
    })
    const note = h(
      "div.notice.tone-blue",
      { role: "status" },
      icon("history", "sm"),
      h("span.grow", {}, text("keep.restored")),
      afresh,
    )
    this.form?.prepend(note)
  }
}

export function keyOf(me: string, name: string): string {
  return `ot:keep:${me}:${name}`
}

/** Forms that were sent and led on to another page are done with. */
export function forgetSent(): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("ot:keep:")) continue
    const sentFrom = readLocal<Kept>(key)?.sentFrom
    if (sentFrom && sentFrom !== location.pathname) removeLocal(key)
  }
}

define("ot-keep", OtKeep)
