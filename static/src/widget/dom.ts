/* Small help for making elements. Text goes in as text: nothing that anybody wrote is ever read as markup. */

type Child = Node | string | null | undefined | false

/** Fields are properties; those with a dash, and `role` and `for`, are attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  fields: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === false) continue
    if (field.includes("-") || field === "role") element.setAttribute(field, String(value))
    else (element as unknown as Record<string, unknown>)[field] = value
  }
  element.append(...children.filter((child): child is Node | string => !!child))
  return element
}

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `#i-${name}`)
  svg.setAttribute("aria-hidden", "true")
  svg.append(use)
  return svg
}

export const byId = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E

export const button = (text: string, act: () => void, className = ""): HTMLButtonElement =>
  h("button", { type: "button", className, dir: "auto", onclick: act }, text)

/** Puts `wanted` into `parent` in this order, and moves only what stands elsewhere. */
export function arrange(parent: HTMLElement, wanted: Node[]): void {
  const keep = new Set(wanted)
  for (const child of [...parent.childNodes]) if (!keep.has(child)) child.remove()
  let at: Node | null = parent.firstChild
  for (const node of wanted) {
    if (node === at) at = at.nextSibling
    else parent.insertBefore(node, at)
  }
}
