/* What the server offers for putting in: reusable blocks, articles to link to. Where from, says the <ot-body> around. */
import { parseObject, request } from "../lib/http"

export interface OfferedBlock {
  id: number
  name: string
  html: string
  /** It has no words in the language of this article: another's would be shown. */
  missing: boolean
}

export interface OfferedArticle {
  id: number
  title: string
  section: string
  draft: boolean
}

const asked = new Map<string, Promise<OfferedBlock[]>>()

/** Asked for once a page; a failure is asked again. */
export function offeredBlocks(within: Element): Promise<OfferedBlock[]> {
  const url = addressOf(within, "blocksUrl")
  const known = asked.get(url) ?? fetchList<OfferedBlock>(url, "blocks")
  asked.set(url, known)
  return known.then((blocks) => {
    if (!blocks.length) asked.delete(url)
    return blocks
  })
}

/** Whether the text may hold reusable blocks: those themselves may not. */
export function hasBlocks(within: Element): boolean {
  return within.closest<HTMLElement>("ot-body")?.dataset["blocksUrl"] !== ""
}

export function findArticles(within: Element, words: string): Promise<OfferedArticle[]> {
  return fetchList<OfferedArticle>(`${addressOf(within, "linksUrl")}&q=${encodeURIComponent(words)}`, "articles")
}

function addressOf(within: Element, name: string): string {
  const host = within.closest<HTMLElement>("ot-body")
  return `${host?.dataset[name] ?? ""}?language=${host?.dataset["language"] ?? ""}`
}

async function fetchList<One>(url: string, name: string): Promise<One[]> {
  const outcome = await request(url)
  if (!outcome.ok) return []
  const found = parseObject(await outcome.response.text())[name]
  return Array.isArray(found) ? (found as One[]) : []
}
