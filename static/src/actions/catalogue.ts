/* What there is to do: the server's list of actions, each with how its value is given. */
import { parseObject } from "../lib/http"

/** A part of a value, or the value: what it is called, and the widget that gives it. */
export interface Part {
  label?: string
  /** choice, person, text, tags, words, html, date, number, flag, lookup:<kind>, choices, or parts for several in one */
  widget: string
  choices?: [value: string, label: string][]
  /** With `parts`: the value is a list with one value for each of these. */
  parts?: Part[]
  /** What a field for words shows while it is empty. */
  hint?: string
}

export interface Action extends Part {
  key: string
  label: string
  group?: string
  /** It makes sense more than once in a list, as a notification does. */
  repeatable?: boolean
}

export class Catalogue {
  private readonly byKey: Map<string, Action>
  /** [value, label] of the placeholders that fields for words offer. */
  readonly placeholders: [value: string, label: string][]

  constructor(json: string) {
    const data = parseObject(json)
    this.byKey = new Map(((data["actions"] ?? []) as Action[]).map((action) => [action.key, action]))
    this.placeholders = (data["placeholders"] ?? []) as [string, string][]
  }

  get actions(): Action[] {
    return [...this.byKey.values()]
  }

  /** Actions by the heading they stand under; "" is none. */
  get groups(): Map<string, Action[]> {
    const groups = new Map<string, Action[]>()
    for (const action of this.actions) {
      const group = action.group ?? ""
      groups.set(group, [...(groups.get(group) ?? []), action])
    }
    return groups
  }

  action(key: string): Action | undefined {
    return this.byKey.get(key)
  }
}
