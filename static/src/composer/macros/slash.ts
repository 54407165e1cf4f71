/* A / at the beginning or after a space opens the macros; what is typed after it finds them, Enter takes one. */
import { Extension } from "@tiptap/core"
import { PluginKey } from "@tiptap/pm/state"
import { Suggestion } from "@tiptap/suggestion"
import { h, icon } from "../../lib/dom"
import { plural, text } from "../../strings"
import { SuggestionMenu, type MenuOf } from "../suggestion-menu"
import { offersFor, rank, type Offer } from "./offers"

const SHOWN = 8
const MENU: MenuOf<Offer> = {
  id: "macro-list",
  label: () => text("macro.menu"),
  found: (count) => plural("macro.found", count),
  value: ({ id }) => String(id),
  row: (offer) => {
    const words = h("span.grow.clip", { dir: "auto" }, offer.title)
    const details = [offer.folder, offer.whose].filter(Boolean).join(" · ")
    if (details) words.append(h("small", {}, details))
    const option = h("li.mi", {}, icon("zap", "sm"), words)
    if (offer.shortcut) option.append(h("kbd", {}, `/${offer.shortcut}`))
    return option
  },
  pick: (offer, _command, { editor, range }) => {
    editor.chain().focus().deleteRange(range).run()
    editor.view.dom.dispatchEvent(new CustomEvent("ot:macro", { bubbles: true, detail: { id: offer.id } }))
  },
}

/** For the editor in `host`, which stands in the composer (data-ticket). Dispatches ot:macro {id} when one is chosen. */
export function slashMacros(host: HTMLElement): Extension {
  const composer = host.closest<HTMLElement>("[data-ticket]")
  const ticket = composer?.dataset["ticket"] ?? ""
  return Extension.create({
    name: "slashMacros",
    addProseMirrorPlugins() {
      return [
        Suggestion<Offer>({
          editor: this.editor,
          pluginKey: new PluginKey("slashMacros"),
          char: "/",
          allowSpaces: true,
          allow: () => ticket !== "" && ticket !== "0",
          items: async ({ query }) => (query.startsWith(" ") ? [] : found(ticket, query, composer)),
          render: () => new SuggestionMenu(host, MENU).hooks(),
        }),
      ]
    },
  })
}

async function found(ticket: string, query: string, composer: HTMLElement | null): Promise<Offer[]> {
  return rank(await offersFor(ticket), query, composer?.dataset["language"]).slice(0, SHOWN)
}
