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
  private readonly usual: RecipientLists

  constructor(
    private readonly place: HTMLDetailsElement,
    private readonly ticket: string,
    private readonly changed: () => void,
    signal: AbortSignal,
  ) {
    const cc = split(place.dataset["usualCc"])
    this.usual = { to: split(place.dataset["usualTo"]), cc, bcc: [], cc_seen: cc }
    place.addEventListener("toggle", () => place.open && void this.openRows(), { signal })
    if (place.open) void this.openRows()
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
    this.drawSummary()
    void this.rows?.then((rows) => rows.draw())
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
