/* Small helpers to build and find elements without ever parsing strings as HTML. */

type Child = Node | string | null | undefined | false
type Attributes = Record<string, string | number | boolean | null | undefined>

/** `h("li.file", {role: "option"}, "text")`: an element with classes, attributes and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  selector: Tag | `${Tag}.${string}`,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const [tag = "div", ...classes] = selector.split(".")
  const element = document.createElement(tag) as HTMLElementTagNameMap[Tag]
  if (classes.length) element.classList.add(...classes)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value))
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child) || child === ""))
  return element
}

/** An icon from the page's sprite, whose address is learnt from the first icon the server rendered. */
export function icon(name: string, size = ""): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", `i ${size}`.trim())
  svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `${spriteAddress()}#${name}`)
  svg.append(use)
  return svg
}

function spriteAddress(): string {
  return document.querySelector("svg.i use[href*='#']")?.getAttribute("href")?.split("#")[0] ?? ""
}

export function button(classes: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: classes }, label)
  element.addEventListener("click", onClick)
  return element
}

/** Define a custom element once, so that a page may load two bundles that both know it. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element)
}

/** The element an event came from, when it is inside `selector`. */
export function closest<E extends HTMLElement = HTMLElement>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null
}

export function announce(name: string, detail: object): void {
  document.dispatchEvent(new CustomEvent(name, { detail }))
}
