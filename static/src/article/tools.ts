/* The row of buttons above the words: pressed states follow the caret, and a second row comes with a table. */
import type { Editor } from "@tiptap/core"
import { closest, h, icon } from "../lib/dom"
import { text, type StringKey } from "../strings"
import { hasBlocks } from "./offers"
import { CALLOUTS, type CalloutKind } from "./schema"
import { inTable, runTable, TABLE_COMMANDS, type TableCommand } from "./tables"

interface Tool {
  id: string
  icon: string
  label: StringKey
  active?: (editor: Editor) => boolean
  run?: (editor: Editor) => void
}

/* Without `run` it is asked for: ot:insert {id}. Nulls are gaps. */
const TOOLS: (Tool | null)[] = [
  tool("bold", "bold", "words.bold", (editor) => editor.chain().focus().toggleBold().run()),
  tool("italic", "italic", "words.italic", (editor) => editor.chain().focus().toggleItalic().run()),
  tool("code", "code", "article.code", (editor) => editor.chain().focus().toggleCode().run()),
  tool("kbd", "keyboard", "article.key", (editor) => editor.chain().focus().toggleMark("kbd").run()),
  { id: "link", icon: "link", label: "article.link", active: (editor) => editor.isActive("link") },
  null,
  tool("bulletList", "list", "words.bullet", (editor) => editor.chain().focus().toggleBulletList().run()),
  tool("orderedList", "list-ordered", "words.ordered", (editor) => editor.chain().focus().toggleOrderedList().run()),
  tool("blockquote", "quote", "article.quote", (editor) => editor.chain().focus().toggleBlockquote().run()),
  null,
  { id: "picture", icon: "image", label: "article.picture" },
  { id: "table", icon: "table", label: "article.table" },
  { id: "video", icon: "play", label: "article.video" },
  { id: "block", icon: "layers", label: "article.block" },
]

const STYLES: [string, StringKey][] = [
  ["p", "article.text"],
  ["2", "article.heading_2"],
  ["3", "article.heading_3"],
  ["4", "article.heading_4"],
  ["pre", "article.code_block"],
]

const TABLE_ICONS: Record<TableCommand, string> = {
  row_before: "between-horizontal-start",
  row_after: "between-horizontal-end",
  row_delete: "table-rows-split",
  column_before: "between-vertical-start",
  column_after: "between-vertical-end",
  column_delete: "table-columns-split",
  header_row: "panel-top",
  header_column: "panel-left",
  merge: "table-cells-merge",
  delete: "trash-2",
}

export class Tools {
  readonly row: HTMLElement
  private readonly tableRow: HTMLElement
  private readonly style = select(text("article.style"), STYLES)
  private readonly callout = select(text("article.callout"), [
    ["", "article.callout_none"],
    ...CALLOUTS.map((kind) => [kind, `article.callout_${kind}`] as [string, StringKey]),
  ])
  private readonly language = h("input.input", {
    "aria-label": text("article.code_language"),
    placeholder: text("article.code_language"),
    maxlength: 20,
    spellcheck: "false",
  })

  constructor(
    private readonly editor: Editor,
    signal: AbortSignal,
  ) {
    const offered = TOOLS.filter((one) => one?.id !== "block" || hasBlocks(editor.view.dom))
    const tools = offered.map((one) => (one ? buttonOf(one.id, one.icon, one.label) : h("span.vr", {})))
    this.tableRow = h("div.tools.tabletools", { role: "group", "aria-label": text("article.table"), hidden: true })
    for (const [name, symbol] of Object.entries(TABLE_ICONS)) {
      this.tableRow.append(buttonOf(`table:${name}`, symbol, `article.table_${name as TableCommand}`))
    }
    const bar = h(
      "div.tools",
      { role: "group", "aria-label": text("words.tools") },
      this.style,
      ...tools,
      this.callout,
      this.language,
    )
    if (editor.view.dom.closest("ot-article")) {
      bar.append(h("span.vr", {}), buttonOf("comment", "message-square", "article.comment"))
    }
    this.row = h("div.atools", {}, bar, this.tableRow)
    this.row.addEventListener("pointerdown", (event) => closest(event, "button") && event.preventDefault(), { signal })
    this.row.addEventListener("click", (event) => this.clicked(event), { signal })
    this.style.addEventListener("change", () => this.setStyle(), { signal })
    this.callout.addEventListener("change", () => this.setCallout(), { signal })
    this.language.addEventListener("change", () => this.setLanguage(), { signal })
  }

  /** As the caret has it. */
  show(): void {
    const { editor } = this
    for (const one of TOOLS) {
      if (!one?.active) continue
      this.row.querySelector(`[data-tool="${one.id}"]`)?.setAttribute("aria-pressed", String(one.active(editor)))
    }
    const level = editor.isActive("heading") ? String(editor.getAttributes("heading")["level"]) : ""
    const isCode = editor.isActive("codeBlock")
    this.style.value = isCode ? "pre" : level || "p"
    this.callout.value = editor.isActive("callout") ? String(editor.getAttributes("callout")["kind"]) : ""
    this.language.hidden = !isCode
    const { named, language } = editor.getAttributes("codeBlock")
    if (document.activeElement !== this.language) this.language.value = String(named ?? language ?? "")
    this.tableRow.hidden = !inTable(editor)
  }

  private clicked(event: Event): void {
    const id = closest(event, "[data-tool]")?.dataset["tool"] ?? ""
    const table = id.startsWith("table:") ? id.slice(6) : ""
    if (table in TABLE_COMMANDS) return runTable(this.editor, table as TableCommand)
    const known = TOOLS.find((one) => one?.id === id)
    if (known?.run) known.run(this.editor)
    else if (id) this.editor.view.dom.dispatchEvent(new CustomEvent("ot:insert", { bubbles: true, detail: { id } }))
  }

  private setStyle(): void {
    const chain = this.editor.chain().focus()
    const { value } = this.style
    if (value === "p") chain.setParagraph().run()
    else if (value === "pre") chain.setCodeBlock().run()
    else chain.setHeading({ level: Number(value) as 2 | 3 | 4 }).run()
  }

  private setCallout(): void {
    const kind = this.callout.value as CalloutKind | ""
    if (kind) this.editor.chain().focus().toggleCallout(kind).run()
    else this.editor.chain().focus().lift("callout").run()
  }

  private setLanguage(): void {
    const named = this.language.value
      .trim()
      .toLowerCase()
      .replace(/[^\w+#-]/g, "")
      .slice(0, 20)
    this.editor
      .chain()
      .updateAttributes("codeBlock", { named: named || null, language: null })
      .focus()
      .run()
  }
}

function tool(id: string, symbol: string, label: StringKey, run: (editor: Editor) => void): Tool {
  return { id, icon: symbol, label, run, active: (editor) => editor.isActive(id) }
}

function buttonOf(id: string, symbol: string, label: StringKey): HTMLButtonElement {
  const words = text(label)
  const one = h("button.btn.ghost.icon.sm", { type: "button", "aria-label": words, "data-tool": id })
  one.append(icon(symbol, "sm"))
  return one
}

function select(label: string, options: [string, StringKey][]): HTMLSelectElement {
  const field = h("select.input", { "aria-label": label })
  for (const [value, name] of options) field.append(h("option", { value }, text(name)))
  return field
}
