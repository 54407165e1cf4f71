/* Sending a bulk edit, and asking first what it would do. The key makes a second try of the same edit no second edit. */
import { newKey } from "../composer/submit-key"
import { parseObject, request, type Failure } from "../lib/http"
import type { Selected } from "../elements/list/selection"

export interface Action {
  field: string
  value: string | boolean
}

export type Answer =
  | { kind: "started"; job: number; url: string }
  | { kind: "asks"; sentence: string; count: number }
  | { kind: "failed"; failure: Failure }

export class Edit {
  private readonly key = newKey()

  constructor(
    private readonly selected: Selected,
    private readonly actions: Action[],
  ) {}

  /** What it would do, in a sentence. */
  preview(): Promise<Answer> {
    return this.post({ preview: "1" })
  }

  /** Starts it; large ones ask first, unless they were `confirmed`. */
  start(confirmed = false): Promise<Answer> {
    return this.post(confirmed ? { confirmed: "1" } : {})
  }

  private async post(more: Record<string, string>): Promise<Answer> {
    const body = new FormData()
    if (this.selected.whole) body.set("all_of", this.selected.list)
    else body.set("ids", this.selected.ids.join(","))
    body.set("actions", JSON.stringify(this.actions))
    body.set("submit_key", this.key)
    for (const [name, value] of Object.entries(more)) body.set(name, value)
    const outcome = await request("/agent/bulk/", { method: "POST", body })
    if (!outcome.ok) return { kind: "failed", failure: outcome.failure }
    const data = parseObject(await outcome.response.text())
    return typeof data["job"] === "number"
      ? { kind: "started", job: data["job"], url: String(data["url"]) }
      : { kind: "asks", sentence: String(data["confirm"]), count: Number(data["count"]) }
  }
}
