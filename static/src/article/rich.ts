/* The editor of articles: TipTap with what articles hold beside words. Its HTML is what the server keeps. */
import { Editor as TipTap, Extension } from "@tiptap/core"
import { Placeholder } from "@tiptap/extensions"
import { Plugin } from "@tiptap/pm/state"
import StarterKit from "@tiptap/starter-kit"
import { cleanArticlePaste, looksLikeMarkdown } from "./paste"
import { quotes, findQuote } from "./quotes"
import { ours } from "./schema"
import { slashMenu } from "./slash"
import { tables } from "./tables"

export interface BodyEvents {
  changed(): void
  /** The caret moved or a mark was toggled: the tools may look different. */
  moved(): void
  /** Pictures were pasted or dropped. */
  pictures(files: File[]): void
  /** Plain text that reads like Markdown was pasted. */
  markdown(words: string): void
}

export interface Described {
  label: string
  placeholder: string
  language: string
}

export class BodyEditor {
  readonly tiptap: TipTap

  constructor(host: HTMLElement, html: string, described: Described, events: BodyEvents) {
    this.tiptap = new TipTap({
      element: host,
      content: html,
      injectCSS: false,
      editorProps: { attributes: () => attributesOf(described), transformPastedHTML: cleanArticlePaste },
      extensions: [
        StarterKit.configure({ heading: { levels: [2, 3, 4] }, link: false }),
        Placeholder.configure({ placeholder: described.placeholder }),
        ...tables,
        ...ours,
        slashMenu(host),
        quotes(),
        takePastes(events),
      ],
      onUpdate: () => events.changed(),
      onTransaction: () => events.moved(),
    })
  }

  html(): string {
    const html = this.tiptap.getHTML().replace(/(<p><\/p>)+$/, "")
    return html === "<p></p>" ? "" : html
  }

  set(html: string): void {
    this.tiptap.commands.setContent(html, { emitUpdate: false })
  }

  insert(html: string): void {
    this.tiptap.chain().focus().insertContent(html).run()
  }

  /** At once: TipTap's own command waits for the next frame, and a quick typist's keys would go elsewhere. */
  focus(): void {
    this.tiptap.view.focus()
  }

  /** What is marked, as one line of words. */
  selection(): string {
    const { from, to } = this.tiptap.state.selection
    return this.tiptap.state.doc.textBetween(from, to, " ", " ").replace(/\s+/g, " ").trim()
  }

  /** Marks the first place that says `words` and brings it into sight; false when nothing does any more. */
  show(words: string): boolean {
    const place = findQuote(this.tiptap.state.doc, words)
    if (place) this.tiptap.chain().setTextSelection(place).scrollIntoView().focus().run()
    return place !== undefined
  }

  destroy(): void {
    this.tiptap.destroy()
  }
}

function attributesOf({ label, language }: Described): Record<string, string> {
  return {
    class: "tiptap words",
    "aria-label": label,
    "aria-multiline": "true",
    role: "textbox",
    spellcheck: "true",
    lang: language,
  }
}

/** Pictures go their own way, and so does Markdown; a paste that also carries HTML (a table's picture) is words. */
function takePastes(events: BodyEvents): Extension {
  const take = (list: FileList | undefined): boolean => {
    const files = [...(list ?? [])].filter(({ type }) => type.startsWith("image/"))
    if (files.length) events.pictures(files)
    return files.length > 0
  }
  return Extension.create({
    name: "pastes",
    addProseMirrorPlugins: () => [
      new Plugin({
        props: {
          handlePaste: (view, { clipboardData }) => {
            if (clipboardData?.getData("text/html")) return false
            if (take(clipboardData?.files)) return true
            const words = clipboardData?.getData("text/plain") ?? ""
            if (view.state.selection.$from.parent.type.spec.code || !looksLikeMarkdown(words)) return false
            events.markdown(words)
            return true
          },
          handleDrop: (_view, { dataTransfer }) => take(dataTransfer?.files),
        },
      }),
    ],
  })
}
