/*
 * Makes pasted HTML fit for an article. The composer's cleaning (composer/paste.ts) makes lists of Word's paragraphs;
 * here tables and headings stay as well, and what Google Docs says by style (bold, italic, headings by size) becomes
 * what it means. Pictures of other pages are left out: what they show may be copied in as a file.
 */
import { cleanMarkup } from "../composer/paste"

const HEADINGS: Record<string, string> = { H1: "h2", H5: "h4", H6: "h4" }
const OWN_ARTICLE = /^\/hc\/[\w-]+\/articles\/(\d+)[^#]*(#[\w-]+)?$/

export function cleanArticlePaste(html: string): string {
  return cleanMarkup(html, (page) => {
    if (isOurs(page)) return
    nameStyles(page)
    for (const heading of page.querySelectorAll("h1, h5, h6")) rename(page, heading, HEADINGS[heading.tagName] ?? "h4")
    for (const heading of page.querySelectorAll("p[class*=MsoTitle], p[class*=MsoHeading]")) rename(page, heading, "h2")
    for (const wrapper of page.querySelectorAll("[id^=docs-internal-guid]")) unwrap(wrapper)
    for (const image of page.querySelectorAll("img:not([data-picture])")) image.remove()
    for (const link of page.querySelectorAll("a[href]")) knowArticle(link)
    for (const cell of page.querySelectorAll("td, th")) plainCell(cell)
    for (const empty of page.querySelectorAll("h2, h3, h4, p")) if (isEmpty(empty)) empty.remove()
  })
}

/** Copied from an editor of ours: it needs nothing, and knows its pictures by number. */
function isOurs(page: Document): boolean {
  return (
    page.querySelector("[data-pm-slice]") !== null && page.querySelector("[style*=mso-], [id^=docs-internal]") === null
  )
}

/** Google Docs and word processors say by style what HTML has elements for. */
function nameStyles(page: Document): void {
  for (const node of page.querySelectorAll<HTMLElement>("span[style], b[style], a span[style]")) {
    const style = (node.getAttribute("style") ?? "").toLowerCase()
    if (/font-weight:\s*(normal|400)/.test(style) && node.tagName === "B") {
      unwrap(node)
      continue
    }
    const inHeading = node.closest("h1, h2, h3, h4, h5, h6, a") !== null
    if (/font-weight:\s*(bold|[6-9]00)/.test(style) && !inHeading) wrap(page, node, "strong")
    if (/font-style:\s*italic/.test(style)) wrap(page, node, "em")
    if (/text-decoration[^;]*line-through/.test(style)) wrap(page, node, "s")
    if (/vertical-align:\s*super/.test(style)) wrap(page, node, "sup")
    if (/vertical-align:\s*sub/.test(style)) wrap(page, node, "sub")
    if (/font-family:[^;]*(mono|courier|consolas)/.test(style) && !node.closest("pre, code")) wrap(page, node, "code")
  }
}

/** An address of an article of ours is kept by number, so that it survives renames. */
function knowArticle(link: Element): void {
  const address = link.getAttribute("href") ?? ""
  const url = URL.canParse(address, location.href) ? new URL(address, location.href) : null
  const found = url?.origin === location.origin ? OWN_ARTICLE.exec(`${url.pathname}${url.hash}`) : null
  if (!found) return
  link.setAttribute("data-article", `${found[1]}${found[2] ?? ""}`)
  link.removeAttribute("href")
}

/** Sizes and merged cells beyond reason are not taken. */
function plainCell(cell: Element): void {
  for (const name of ["width", "height", "valign", "align", "bgcolor"]) cell.removeAttribute(name)
}

function isEmpty(element: Element): boolean {
  return (
    !element.textContent?.replace(/\u00a0/g, " ").trim() &&
    !element.querySelector("img, br") &&
    !element.closest("td, th, li")
  )
}

function rename(page: Document, element: Element, tag: string): void {
  const renamed = page.createElement(tag)
  renamed.append(...element.childNodes)
  element.replaceWith(renamed)
}

function wrap(page: Document, element: Element, tag: string): void {
  const mark = page.createElement(tag)
  mark.append(...element.childNodes)
  element.append(mark)
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes)
}

/** Whether plain text was most likely written as Markdown: one clear sign of a block, or two of words. */
export function looksLikeMarkdown(words: string): boolean {
  if (/^(#{1,6} \S|```|\|.+\|\s*$|> \[!\w+\])/m.test(words)) return true
  const items = words.match(/^\s*([-*+]|\d+\.) \S/gm)?.length ?? 0
  const marks = words.match(/\*\*\S[^*\n]*\*\*|\[[^\]\n]+\]\([^)\s]+\)|`[^`\n]+`/g)?.length ?? 0
  return items > 1 || marks > 1 || (marks === 1 && items === 1)
}
