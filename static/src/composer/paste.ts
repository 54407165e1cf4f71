/*
 * Makes pasted HTML fit for an editor. Word and Outlook draw lists as paragraphs with `mso-list:l0 level2` in their
 * style and the bullet as text; here they become real, nested lists. Spreadsheet tables become lines of text. Office's
 * own elements (`o:p`), styles, classes and scripts go.
 */

const LIST = /mso-list:\s*l\d+\s+level(\d+)/i
const NUMBER = /^[\s(]*(\d+|[a-z]|[ivxlc]+)[.)]/i

export function cleanPaste(html: string): string {
  return cleanMarkup(html, (page) => {
    for (const table of page.querySelectorAll("table")) table.replaceWith(...tableLines(page, table))
  })
}

/** What every editor needs; `more` has its turn while styles and classes are still there to be read. */
export function cleanMarkup(html: string, more: (page: Document) => void): string {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const node of page.querySelectorAll("style, script, meta, link, xml, title")) node.remove()
  for (const node of page.querySelectorAll("*")) if (node.tagName.includes(":")) node.replaceWith(...node.childNodes)
  rebuildLists(page)
  more(page)
  for (const node of page.querySelectorAll("[style], [class]")) {
    node.removeAttribute("style")
    node.removeAttribute("class")
  }
  return page.body.innerHTML
}

function rebuildLists(page: Document): void {
  let open: HTMLElement[] = []
  let last: Element | null = null
  for (const paragraph of page.querySelectorAll<HTMLElement>("p, h1, h2, h3")) {
    const level = Number(LIST.exec(paragraph.getAttribute("style") ?? "")?.[1] ?? 0)
    if (!level || (last && nextElement(last) !== paragraph)) open = []
    if (!level) continue
    const ordered = takeMarker(paragraph)
    open = open.slice(0, level)
    if (open[level - 1]?.tagName !== (ordered ? "OL" : "UL")) open = open.slice(0, level - 1)
    while (open.length < level) open.push(startList(page, ordered, open.at(-1), paragraph))
    const item = page.createElement("li")
    const line = page.createElement("p")
    line.append(...paragraph.childNodes)
    item.append(line)
    open.at(-1)?.append(item)
    last = open[0] ?? null
    paragraph.remove()
  }
}

function nextElement(element: Element): Element | null {
  return element.nextElementSibling
}

/** A list inside the last item of the outer one, or in the place of the paragraph. */
function startList(page: Document, ordered: boolean, outer: HTMLElement | undefined, paragraph: Element): HTMLElement {
  const list = page.createElement(ordered ? "ol" : "ul")
  const parent = outer?.lastElementChild ?? outer
  if (parent) parent.append(list)
  else paragraph.before(list)
  return list
}

/** Removes the bullet or number that Word wrote as text; true when it was a number. */
function takeMarker(paragraph: Element): boolean {
  const marker = [...paragraph.querySelectorAll("[style]")].find((node) =>
    /mso-list:\s*ignore/i.test(node.getAttribute("style") ?? ""),
  )
  const ordered = NUMBER.test(marker?.textContent ?? "")
  const wrapper = marker?.parentElement
  if (marker && wrapper && wrapper !== paragraph && wrapper.textContent === marker.textContent) wrapper.remove()
  else marker?.remove()
  return ordered
}

function tableLines(page: Document, table: HTMLTableElement): HTMLElement[] {
  return [...table.rows].map((row) => {
    const line = page.createElement("p")
    line.textContent = [...row.cells].map((cell) => cell.textContent?.trim() ?? "").join("  |  ")
    return line
  })
}
