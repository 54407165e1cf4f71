/* The words that colleagues comment on, marked where they stand. The comments themselves are the page's. */
import { Extension } from "@tiptap/core"
import type { Node as EditorNode } from "@tiptap/pm/model"
import { Plugin, PluginKey, type EditorState } from "@tiptap/pm/state"
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view"

interface Marked {
  quotes: string[]
  decorations: DecorationSet
}

const KEY = new PluginKey<Marked>("quotes")

export function quotes(): Extension {
  return Extension.create({
    name: "quotes",
    addProseMirrorPlugins: () => [
      new Plugin<Marked>({
        key: KEY,
        state: {
          init: (_config, { doc }) => mark(doc, []),
          apply: (tr, before) => {
            const told = tr.getMeta(KEY) as string[] | undefined
            return told || tr.docChanged ? mark(tr.doc, told ?? before.quotes) : before
          },
        },
        props: { decorations: (state: EditorState) => KEY.getState(state)?.decorations },
      }),
    ],
  })
}

/** From now on these words are marked. */
export function markQuotes(view: EditorView, words: string[]): void {
  view.dispatch(view.state.tr.setMeta(KEY, words).setMeta("addToHistory", false))
}

/** Where `words` stand, each run of white space counting as one space; `undefined` when they are no longer there. */
export function findQuote(doc: EditorNode, words: string): { from: number; to: number } | undefined {
  const wanted = words.replace(/\s+/g, " ").trim()
  if (!wanted) return undefined
  const places: number[] = []
  let said = ""
  doc.descendants((node, at) => {
    if (node.isTextblock && said && !said.endsWith(" ")) put(" ", at)
    if (!node.isText) return
    let behind = at
    for (const letter of node.text ?? "") {
      put(letter, behind)
      behind += letter.length
    }
  })
  const at = said.indexOf(wanted)
  const from = places[at]
  const last = places[at + wanted.length - 1]
  return at < 0 || from === undefined || last === undefined ? undefined : { from, to: last + 1 }

  function put(letter: string, at: number): void {
    const sign = /\s/.test(letter) ? " " : letter
    if (sign === " " && said.endsWith(" ")) return
    said += sign
    for (let unit = 0; unit < sign.length; unit++) places.push(at + unit)
  }
}

function mark(doc: EditorNode, words: string[]): Marked {
  const found = words.map((one) => findQuote(doc, one)).filter((place) => place !== undefined)
  const decorations = found.map(({ from, to }) => Decoration.inline(from, to, { class: "quoted" }))
  return { quotes: words, decorations: DecorationSet.create(doc, decorations) }
}
