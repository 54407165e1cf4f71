/* Addresses in what was said become links; everything else stays the text that it is. */
import { h, icon } from "./dom"

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi
const NOT_ITS = /[.,:;!?…)\]}»”’]+$/ // what ends the sentence, not the address

export interface Piece {
  text: string
  url?: string
}

export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const url = trimmed(match[0])
    if (!isAddress(url)) continue
    if (match.index > end) found.push({ text: text.slice(end, match.index) })
    found.push({ text: url, url })
    end = match.index + url.length
  }
  if (end < text.length) found.push({ text: text.slice(end) })
  return found
}

/** A bracket is the address's own where it was opened in it: Wikipedia has many such. */
function trimmed(address: string): string {
  const cut = address.replace(NOT_ITS, "")
  const rest = address.slice(cut.length)
  return rest.startsWith(")") && cut.includes("(") && !cut.includes(")") ? `${cut})` : cut
}

function isAddress(text: string): boolean {
  try {
    return new URL(text).hostname.includes(".") || new URL(text).hostname === "localhost"
  } catch {
    return false
  }
}

const safe = { target: "_blank", rel: "noopener noreferrer nofollow ugc" }

export function linked(text: string): (Node | string)[] {
  return pieces(text).map((piece) => (piece.url ? h("a", { href: piece.url, ...safe }, piece.text) : piece.text))
}

/** Says where a link leads. Nothing is fetched from there: a preview would tell a stranger who reads. */
export function cards(text: string): HTMLElement[] {
  const urls = new Set(pieces(text).flatMap((piece) => (piece.url ? [piece.url] : [])))
  return [...urls].slice(0, 3).map((url) => {
    const { hostname, pathname } = new URL(url)
    const path = pathname === "/" ? "" : pathname
    return h(
      "a",
      { className: "linkcard", href: url, ...safe },
      icon("link"),
      h("b", {}, hostname),
      h("small", {}, path),
    )
  })
}
