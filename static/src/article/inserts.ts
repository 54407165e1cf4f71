/* What can be put into an article, with its name, sign and the words it is found by: for the / menu and the tools. */
import type { Editor } from "@tiptap/core"
import { matches } from "../lib/options"
import { text, type StringKey } from "../strings"
import { CALLOUTS } from "./schema"
import { insertTable } from "./tables"

export interface Insert {
  id: string
  icon: string
  label: string
  /** Other words somebody may look for. */
  words: string
  run(editor: Editor): void
}

/** What needs to ask something first is left to whoever listens for `ot:insert` {id}. */
const ASKED = [
  ["picture", "image", "article.picture", "image photo screenshot bild"],
  ["video", "play", "article.video", "youtube vimeo film"],
  ["block", "layers", "article.block", "reusable snippet baustein"],
  ["link", "link", "article.link_article", "link article"],
  ["markdown", "file-text", "article.markdown", "md"],
] as const

export function inserts(): Insert[] {
  return [
    one("h2", "heading-2", "article.heading_2", "h2 title", (chain) => chain.setHeading({ level: 2 })),
    one("h3", "heading-3", "article.heading_3", "h3 title", (chain) => chain.setHeading({ level: 3 })),
    one("h4", "heading-4", "article.heading_4", "h4 title", (chain) => chain.setHeading({ level: 4 })),
    one("bullet", "list", "words.bullet", "ul", (chain) => chain.toggleBulletList()),
    one("ordered", "list-ordered", "words.ordered", "ol steps 1", (chain) => chain.toggleOrderedList()),
    {
      id: "table",
      icon: "table",
      label: text("article.table"),
      words: "grid rows columns",
      run: (editor) => insertTable(editor),
    },
    ...CALLOUTS.map((kind) =>
      one(`callout-${kind}`, CALLOUT_ICONS[kind], `article.callout_${kind}`, "callout note box", (chain) =>
        chain.toggleCallout(kind),
      ),
    ),
    one("code", "code", "article.code_block", "pre", (chain) => chain.toggleCodeBlock()),
    one("quote", "quote", "article.quote", "blockquote", (chain) => chain.toggleBlockquote()),
    one("rule", "minus", "article.rule", "hr line divider", (chain) => chain.setHorizontalRule()),
    ...ASKED.map(([id, icon, label, words]) => ({ id, icon, label: text(label), words, run: ask(id) })),
  ]
}

/** Those that `query` may mean, first those that begin with it. Blocks hold no blocks (`hasBlocks`). */
export function insertsFor(query: string, hasBlocks = true): Insert[] {
  const begun = query.trim().toLocaleLowerCase()
  const begins = ({ id, label }: Insert) => id.startsWith(begun) || label.toLocaleLowerCase().startsWith(begun)
  const offered = inserts().filter(({ id }) => hasBlocks || id !== "block")
  const found = offered.filter(({ label, words }) => matches(`${label} ${words}`, query))
  return [...found.filter(begins), ...found.filter((insert) => !begins(insert))]
}

export const CALLOUT_ICONS = {
  info: "info",
  tip: "lightbulb",
  warning: "triangle-alert",
  danger: "circle-alert",
} as const

type Chain = ReturnType<Editor["chain"]>

function one(id: string, icon: string, label: StringKey, words: string, add: (chain: Chain) => Chain): Insert {
  return { id, icon, label: text(label), words, run: (editor) => void add(editor.chain().focus()).run() }
}

function ask(id: string): (editor: Editor) => void {
  return ({ view }) => view.dom.dispatchEvent(new CustomEvent("ot:insert", { bubbles: true, detail: { id } }))
}
