/* The rich editor: TipTap over ProseMirror, in a chunk of its own that loads after the page has settled. */
import { Editor as TipTap, Extension } from "@tiptap/core"
import { Link } from "@tiptap/extension-link"
import { Placeholder } from "@tiptap/extensions"
import { Plugin } from "@tiptap/pm/state"
import StarterKit from "@tiptap/starter-kit"
import type { Command, Editor, EditorEvents } from "./editor"
import { slashMacros } from "./macros/slash"
import { mentions } from "./mentions"
import { cleanPaste } from "./paste"

/* a draft that ends with a space is gone on with after that space */
const PARSE = { preserveWhitespace: true } as const

export class RichEditor implements Editor {
  readonly isRich = true
  private readonly editor: TipTap
  private label = ""
  /** Somebody has put the caret somewhere. */
  private wasEntered = false
  private placeholder = ""

  constructor(host: HTMLElement, html: string, events: EditorEvents) {
    this.editor = new TipTap({
      element: host,
      content: html,
      parseOptions: PARSE,
      injectCSS: false,
      editorProps: { attributes: () => this.attributes(), transformPastedHTML: cleanPaste },
      extensions: [
        StarterKit.configure({ heading: false, horizontalRule: false, link: false }),
        // Not inclusive: what is typed after a link is not part of it.
        Link.extend({ inclusive: false }).configure({
          openOnClick: false,
          defaultProtocol: "https",
          HTMLAttributes: { rel: null, target: null },
        }),
        Placeholder.configure({ placeholder: () => this.placeholder }),
        mentions(host),
        slashMacros(host),
        takeFiles(events),
      ],
      onFocus: () => (this.wasEntered = true),
      onUpdate: () => events.changed(),
      onTransaction: () => events.moved(),
    })
  }

  html(): string {
    return this.editor.getHTML().replace(/(<p><\/p>)+$/, "")
  }

  isEmpty(): boolean {
    return !this.editor.getText().trim()
  }

  set(html: string): void {
    this.editor.commands.setContent(html, { emitUpdate: false, parseOptions: PARSE })
  }

  insert(html: string): void {
    const chain = this.wasEntered ? this.editor.chain().focus() : this.editor.chain().focus("end")
    chain.insertContent(html, { parseOptions: PARSE }).run()
  }

  /** At once, so that a quick typist's keys arrive; TipTap's own command, for the place, waits for the next frame. */
  focus(): void {
    this.editor.view.focus()
    this.editor.commands.focus("end")
  }

  hasFocus(): boolean {
    return this.editor.isFocused
  }

  describe(label: string, placeholder: string): void {
    this.label = label
    this.placeholder = placeholder
    this.editor.view.dispatch(this.editor.state.tr)
  }

  lock(on: boolean): void {
    this.editor.setEditable(!on, false)
  }

  run(command: Command): void {
    const chain = this.editor.chain().focus()
    const runs: Record<Command, () => boolean> = {
      bold: () => chain.toggleBold().run(),
      italic: () => chain.toggleItalic().run(),
      bullet: () => chain.toggleBulletList().run(),
      ordered: () => chain.toggleOrderedList().run(),
      quote: () => chain.toggleBlockquote().run(),
      code: () => (this.editor.state.selection.empty ? chain.toggleCodeBlock().run() : chain.toggleCode().run()),
    }
    runs[command]()
  }

  isActive(command: Command | "link"): boolean {
    const names = {
      bold: ["bold"],
      italic: ["italic"],
      bullet: ["bulletList"],
      ordered: ["orderedList"],
      quote: ["blockquote"],
      code: ["code", "codeBlock"],
      link: ["link"],
    }
    return names[command].some((name) => this.editor.isActive(name))
  }

  link(): string {
    return String(this.editor.getAttributes("link")["href"] ?? "")
  }

  setLink(href: string): void {
    const chain = this.editor.chain().focus().extendMarkRange("link")
    if (!href) chain.unsetLink().run()
    else if (this.editor.state.selection.empty && !this.editor.isActive("link")) {
      chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run()
    } else chain.setLink({ href }).run()
  }

  destroy(): void {
    this.editor.destroy()
  }

  private attributes(): Record<string, string> {
    return { class: "tiptap", "aria-label": this.label, "aria-multiline": "true", role: "textbox", spellcheck: "true" }
  }
}

/** Pasted and dropped files go to the attachments; a paste that also carries HTML (a screenshot of a table) stays text. */
function takeFiles(events: EditorEvents): Extension {
  const take = (list: FileList | undefined): boolean => {
    const files = [...(list ?? [])]
    if (files.length) events.files(files)
    return files.length > 0
  }
  return Extension.create({
    name: "files",
    addProseMirrorPlugins: () => [
      new Plugin({
        props: {
          handlePaste: (_view, event) => !event.clipboardData?.getData("text/html") && take(event.clipboardData?.files),
          handleDrop: (_view, event) => take(event.dataTransfer?.files),
        },
      }),
    ],
  })
}
