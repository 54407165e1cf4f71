/* A / at the beginning or after a space opens what can be put in; what is typed after it finds it, Enter takes one. */
import { Extension } from "@tiptap/core"
import { PluginKey } from "@tiptap/pm/state"
import { Suggestion } from "@tiptap/suggestion"
import { SuggestionMenu, type MenuOf } from "../composer/suggestion-menu"
import { h, icon } from "../lib/dom"
import { plural, text } from "../strings"
import { insertsFor, type Insert } from "./inserts"
import { hasBlocks } from "./offers"

const MENU: MenuOf<Insert> = {
  id: "insert-list",
  label: () => text("article.insert"),
  found: (count) => plural("article.found", count),
  value: ({ id }) => id,
  row: ({ icon: symbol, label }) => h("li.mi", {}, icon(symbol, "sm"), h("span.grow.clip", {}, label)),
  pick: (insert, _command, { editor, range }) => {
    editor.chain().focus().deleteRange(range).run()
    insert.run(editor)
  },
}

export function slashMenu(host: HTMLElement): Extension {
  return Extension.create({
    name: "insertMenu",
    addProseMirrorPlugins() {
      return [
        Suggestion<Insert>({
          editor: this.editor,
          pluginKey: new PluginKey("insertMenu"),
          char: "/",
          allow: ({ state, range }) => !state.doc.resolve(range.from).parent.type.spec.code,
          items: ({ query }) => insertsFor(query, hasBlocks(host)),
          render: () => new SuggestionMenu(host, MENU).hooks(),
        }),
      ]
    },
  })
}
