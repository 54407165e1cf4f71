/*
 * To whom a reply goes. The server renders one field of addresses for each of To, Cc and Bcc, which a page without
 * scripts posts as they are; here they hold what the chips say. The rows to edit them load when they are first opened.
 */
import { h } from "../lib/dom"
import { text } from "../strings"
import type { RecipientRows } from "./recipient-rows"
import type { RecipientLists } from "./stored"

export const FIELDS = ["to", "cc", "bcc"] as const
export type Field = (typeof FIELDS)[number]

export class Recipients {
  private rows: Promise<RecipientRows> | undefined
  private usual: RecipientLists

  constructor(
    private readonly place: HTMLDetailsElement,
    private readonly ticket: string,
    private readonly changed: () => void,
    signal: AbortSignal,
  ) {
    this.usual = usualIn(place)
    place.addEventListener("toggle", () => place.open && void this.openRows(), { signal })
    if (place.open) void this.openRows()
    const details = (event: Event) => (event as CustomEvent<{ id?: string }>).detail?.id === "props" && this.rebase()
    document.addEventListener("ot:refreshed", details, { signal })
    document.addEventListener("htmx:after:swap", () => this.rebase(), { signal })
  }

  /** What the writer chose; null where it is what it would be anyway. */
  get value(): RecipientLists | null {
    const now = this.lists
    const isUsual = FIELDS.every((field) => now[field].join() === this.usual[field].join())
    return isUsual ? null : now
  }

  get lists(): RecipientLists {
    const [to = [], cc = [], bcc = []] = FIELDS.map((field) => split(this.field(field).value))
    return { to, cc, bcc, cc_seen: this.usual.cc_seen }
  }

  /** Show these; null for the usual ones. */
  set(lists: RecipientLists | null | undefined): void {
    for (const field of FIELDS) this.field(field).value = (lists ?? this.usual)[field].join(", ")
    const seen = this.place.querySelector<HTMLInputElement>("input[name=cc_seen]")
    if (seen) seen.value = this.usual.cc.join(", ")
    this.drawSummary()
    void this.rows?.then((rows) => rows.draw())
  }

  /** The details beside the conversation tell who is usual now: what others changed comes in, what the writer chose stays. */
  private rebase(): void {
    const details = document.querySelector<HTMLElement>("#props[data-usual-to]")
    if (!details) return
    const now = usualIn(details)
    const before = this.usual
    if (now.to.join() === before.to.join() && now.cc.join() === before.cc.join()) return
    const shown = this.lists
    this.usual = now
    const to = shown.to.join() === before.to.join() ? now.to : shown.to
    this.set({ ...shown, to, cc: merged(now.cc, before.cc, shown.cc), cc_seen: now.cc })
  }

  /** One field as it was edited. An address stands in one field only: where it was put last. */
  edit(field: Field, addresses: readonly string[]): void {
    for (const other of FIELDS) {
      const kept =
        other === field ? [...new Set(addresses)] : this.lists[other].filter((each) => !addresses.includes(each))
      this.field(other).value = kept.join(", ")
    }
    this.drawSummary()
    this.changed()
  }

  /** The place that the server found wrong, with its reason. */
  async complain(field: string, reason: string): Promise<void> {
    this.place.open = true
    const rows = await this.openRows()
    rows.complain(FIELDS.find((known) => known === field) ?? "to", reason)
  }

  field(name: Field): HTMLInputElement {
    const found = this.place.querySelector<HTMLInputElement>(`input[name=${name}]`)
    if (!found) throw new Error(`no field for ${name}`)
    return found
  }

  private openRows(): Promise<RecipientRows> {
    this.rows ??= import("./recipient-rows").then(
      ({ RecipientRows }) => new RecipientRows(this.place, this, this.ticket),
    )
    return this.rows
  }

  private drawSummary(): void {
    const labels = { to: text("recipients.to"), cc: text("recipients.cc"), bcc: text("recipients.bcc") }
    const parts = FIELDS.flatMap((field) => {
      const chips = this.lists[field].map((address) => h("span.chip", {}, h("bdi", {}, address)))
      if (field === "to" && !chips.length) chips.push(h("span.chip.none", {}, text("recipients.nobody")))
      return chips.length ? [h("span.rl", {}, labels[field]), ...chips] : []
    })
    this.place.querySelector(".rsum")?.replaceChildren(...parts)
  }
}

export function split(joined: string | undefined): string[] {
  return (joined ?? "").split(/[,;\s]+/).filter(Boolean)
}

/** `current` with what the writer added to and took out of what they had `seen`; the server does the same. */
export function merged(current: readonly string[], seen: readonly string[], wanted: readonly string[]): string[] {
  const kept = current.filter((address) => wanted.includes(address) || !seen.includes(address))
  return [...kept, ...wanted.filter((address) => !seen.includes(address) && !kept.includes(address))]
}

function usualIn(place: HTMLElement): RecipientLists {
  const cc = split(place.dataset["usualCc"])
  return { to: split(place.dataset["usualTo"]), cc, bcc: [], cc_seen: cc }
}
