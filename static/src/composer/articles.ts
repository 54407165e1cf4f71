/*
 * Articles put into what is being written: from the search that Ctrl Shift K opens, or from those beside the ticket.
 * Loaded when it is first asked for.
 */
import { announce } from "../lib/dom"
import { text } from "../strings"
import { fetchArticle, type Article } from "./articles-asking"
import { ArticlePicker } from "./articles-picker"
import { textToHtml, type Editor } from "./editor"
import type { Composition } from "./composition"
import type { Parts } from "./parts"
import { clearTrouble, showTrouble } from "./trouble"

export type GivenAs = "link" | "text"

export interface ArticleHost extends HTMLElement {
  readonly parts: Parts
  readonly editor: Editor
  readonly current: Composition
}

export async function findArticle(host: ArticleHost): Promise<void> {
  const { ticket = "" } = host.dataset
  await new ArticlePicker(ticket, host.parts.mode, (id, as) => void give(host, id, as)).open()
}

/** Puts it where the caret is. Nothing is sent; what this customer may not read goes into notes only. */
export async function give(host: ArticleHost, id: number, as: GivenAs): Promise<void> {
  clearTrouble(host.parts.trouble)
  const article = await fetchArticle(host.dataset["ticket"] ?? "", id)
  if (typeof article === "string") return showTrouble(host.parts.trouble, article || text("session.expired"))
  if (article.hindrance && host.parts.mode !== "note") {
    host.editor.focus()
    return showTrouble(host.parts.trouble, `${article.hindrance} ${text("articles.only_notes")}`)
  }
  host.editor.insert(wordsOf(article, as, host.editor.isRich))
  host.current.change(host.editor)
  if (!article.otherLanguage) return
  const language = { language: article.languageName }
  announce("ot:toast", { text: text("articles.other_language", language), tone: "amber", seconds: 8 })
}

/** The plain editor keeps no links: there the address stands beside the title. */
function wordsOf({ link, text: words, title, url }: Article, as: GivenAs, isRich: boolean): string {
  if (as === "text") return isRich ? words : words.replace(link, () => escaped(`${title}: ${url}`))
  return isRich ? `${link} ` : escaped(`${title}: ${url}`)
}

function escaped(words: string): string {
  return textToHtml(words)
}
