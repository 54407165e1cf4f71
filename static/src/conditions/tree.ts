/*
 * The tree of conditions as the builder holds it, and as the server stores it. A group has a section for each of its
 * parts, so that any tree can be shown and comes back with the same meaning. `problem` is what the server said of a
 * node; it goes when the node is changed.
 */
export const PARTS = ["all", "any", "none"] as const
export const LEVELS = 3

export type Part = (typeof PARTS)[number]
export type Value = string | number | (string | number)[] | undefined
export type Stored = { [part in Part]?: unknown[] }

export interface Condition {
  kind: "condition"
  field: string
  operator: string
  value: Value
  problem: string
}
export interface Section {
  part: Part
  items: Node[]
}
export interface Group {
  kind: "group"
  sections: Section[]
  problem: string
}
export type Node = Condition | Group

export interface Problem {
  path: string
  reason: string
}

export function readTree(text: string, problems: readonly Problem[] = []): Group {
  const reasons = new Map<string, string[]>()
  for (const { path, reason } of problems) reasons.set(path, [...(reasons.get(path) ?? []), reason])
  return readGroup(parse(text), "", (path) => (reasons.get(path) ?? []).join(" "))
}

export function writeTree(group: Group): Stored {
  const stored: Stored = {}
  for (const { part, items } of group.sections) if (items.length) stored[part] = items.map(write)
  return stored
}

export function newGroup(part: Part, ...items: Node[]): Group {
  return { kind: "group", sections: [{ part, items }], problem: "" }
}

type Reasons = (path: string) => string

function parse(text: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(text || "{}"))
  } catch {
    return {} // the server shows what can't be read in its own field, and says so
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function readGroup(json: Record<string, unknown>, path: string, reasons: Reasons): Group {
  const sections = PARTS.flatMap((part): Section[] => {
    const items = json[part]
    if (!Array.isArray(items) || !items.length) return []
    return [{ part, items: items.map((item, at) => readNode(asObject(item), join(path, `${part}.${at}`), reasons)) }]
  })
  return { kind: "group", sections: sections.length ? sections : [{ part: "all", items: [] }], problem: reasons(path) }
}

function readNode(json: Record<string, unknown>, path: string, reasons: Reasons): Node {
  if (!("field" in json)) return readGroup(json, path, reasons)
  return {
    kind: "condition",
    field: String(json["field"]),
    operator: String(json["operator"]),
    value: (json["value"] ?? undefined) as Value,
    problem: reasons(path),
  }
}

function join(path: string, step: string): string {
  return path ? `${path}.${step}` : step
}

function write(node: Node): unknown {
  if (node.kind === "group") return writeTree(node)
  const { field, operator, value } = node
  return value === undefined ? { field, operator } : { field, operator, value }
}
