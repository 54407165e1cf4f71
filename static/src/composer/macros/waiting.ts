/*
 * The changes of macros that wait beside the words: chips that can be taken off one by one, made with the send or at
 * once. They are fields of the composer's form, so a send takes them along; this browser keeps them over a reload.
 */
import { button, h, icon } from "../../lib/dom"
import { csrfToken, dispatchTriggers, request } from "../../lib/http"
import { readLocal, removeLocal, writeLocal } from "../../lib/storage"
import { refresh } from "../../live/fragments"
import { text } from "../../strings"
import { explainFailure } from "../trouble"
import type { Taken } from "./taking"

export interface Waiting {
  action: { field: string; value: unknown }
  text: string
}

export interface Plan {
  changes: Waiting[]
  macros: { id: number; title: string }[]
}

const NOTHING: Plan = { changes: [], macros: [] }
const LISTS = ["current_tags", "remove_tags"]

export class WaitingChanges {
  private plan: Plan = NOTHING

  constructor(
    private readonly place: HTMLElement,
    private readonly trouble: HTMLElement,
    private readonly ticket: string,
    private readonly me: string,
    /** The last one was taken off: the focus has to go somewhere. */
    private readonly emptied: () => void,
  ) {
    this.set(readLocal<Plan>(this.key) ?? NOTHING)
  }

  get value(): Plan {
    return this.plan
  }

  /** What a macro wants to change, over what waits already; what can't be or is so already is left out. */
  add({ macro, changes }: Pick<Taken, "macro" | "changes">): void {
    const wanted = changes.filter(({ problem, unchanged }) => !problem && !unchanged)
    const kept = this.plan.changes.filter(({ action }) => !wanted.some((other) => other.action.field === action.field))
    const joined = wanted.map(({ action, text: words }) => this.joined({ action, text: words }))
    const others = this.plan.macros.filter(({ id }) => id !== macro.id)
    this.set({ changes: [...kept, ...joined], macros: [...others, macro] })
  }

  clear(): void {
    this.set(NOTHING)
  }

  set(plan: Plan): void {
    this.plan = plan
    if (plan.changes.length || plan.macros.length) writeLocal(this.key, plan)
    else removeLocal(this.key)
    this.draw()
  }

  /** Made now, without the words; the toast that says so can take them back. */
  async makeNow(): Promise<void> {
    const body = new FormData()
    body.set("csrfmiddlewaretoken", csrfToken())
    for (const [name, value] of fields(this.plan)) body.append(name, value)
    this.place.setAttribute("aria-busy", "true")
    const outcome = await request(`/agent/tickets/${this.ticket}/changes/`, { method: "POST", body })
    this.place.removeAttribute("aria-busy")
    if (!outcome.ok) return void explainFailure(this.trouble, outcome.failure, { again: () => void this.makeNow() })
    // Its words may still be in the composer: sending them must not count it twice.
    this.clear()
    const leaveTo = outcome.response.headers.get("HX-Redirect")
    if (leaveTo) return location.assign(leaveTo)
    dispatchTriggers(outcome.response)
    refresh([`ticket:${this.ticket}`])
  }

  /** Tags of two macros come together. */
  private joined(wanted: Waiting): Waiting {
    const { field, value } = wanted.action
    const before = this.plan.changes.find(({ action }) => action.field === field)
    if (!before || !LISTS.includes(field)) return wanted
    const tags = new Set(`${String(before.action.value)} ${String(value)}`.split(" "))
    const label = wanted.text.split("→")[0] ?? ""
    return { action: { field, value: [...tags].join(" ") }, text: `${label}→ ${[...tags].join(", ")}` }
  }

  private draw(): void {
    const { changes } = this.plan
    const hidden = fields(this.plan).map(([name, value]) => h("input", { type: "hidden", name, value }))
    this.place.hidden = !changes.length
    const now = button("btn ghost sm", text("macro.make_now"), () => void this.makeNow())
    const label = h("span.muted", { id: "waiting-label" }, text("macro.waiting"))
    const list = h("ul.taglist", { "aria-labelledby": label.id }, ...changes.map((change) => this.chip(change)))
    this.place.replaceChildren(...hidden, ...(changes.length ? [icon("zap", "xs"), label, list, now] : []))
  }

  private chip(change: Waiting): HTMLElement {
    const cross = button("", "", () => {
      const at = this.plan.changes.indexOf(change)
      this.set({ ...this.plan, changes: this.plan.changes.filter((other) => other !== change) })
      const left = this.place.querySelectorAll<HTMLElement>("li button")
      const next = left[Math.min(at, left.length - 1)]
      if (next) next.focus()
      else this.emptied()
    })
    cross.setAttribute("aria-label", text("macro.leave_out", { change: change.text }))
    cross.append(icon("x", "xs"))
    return h("li.tag", {}, h("span.clip", { dir: "auto" }, change.text), cross)
  }

  private get key(): string {
    return `ot:changes:${this.me}:${this.ticket}`
  }
}

function fields({ changes, macros }: Plan): [string, string][] {
  return [
    ...changes.map(({ action }): [string, string] => ["changes", JSON.stringify(action)]),
    ...macros.map(({ id }): [string, string] => ["macros", String(id)]),
  ]
}
