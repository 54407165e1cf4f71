/* What the server says can be asked: fields with their operators, and the names of what is looked up. */
import { parseObject } from "../lib/http"

export interface Operator {
  key: string
  label: string
  /** none, choice, choices, words, tags, text, number, date, lookup:<kind> or lookups:<kind> */
  widget: string
}
export interface Field {
  key: string
  label: string
  group: string
  kind: string
  operators: Operator[]
  choices: [value: string, label: string][]
}

export class Catalogue {
  private readonly byKey: Map<string, Field>
  private readonly names: Record<string, Record<string, string>>

  constructor(json: string) {
    const data = parseObject(json)
    this.byKey = new Map(((data["fields"] ?? []) as Field[]).map((field) => [field.key, field]))
    this.names = (data["names"] ?? {}) as Record<string, Record<string, string>>
  }

  get fields(): Field[] {
    return [...this.byKey.values()]
  }

  /** Fields by the heading they stand under. */
  get groups(): Map<string, Field[]> {
    const groups = new Map<string, Field[]>()
    for (const field of this.fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field])
    return groups
  }

  field(key: string): Field | undefined {
    return this.byKey.get(key)
  }

  operator(field: string, key: string): Operator | undefined {
    return this.byKey.get(field)?.operators.find((operator) => operator.key === key)
  }

  /** What a stored value is called; nothing for one that is gone. */
  nameOf(field: string, value: string): string | undefined {
    const chosen = this.byKey.get(field)?.choices.find(([known]) => String(known) === value)
    return chosen?.[1] ?? this.names[field]?.[value]
  }

  remember(field: string, value: string, label: string): void {
    this.names[field] = { ...this.names[field], [value]: label }
  }
}
