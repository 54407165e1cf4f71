/* Tables, as thin as they can be over prosemirror-tables: TipTap's own package asks for another version of its core. */
import { Extension, Node, type AnyExtension, type Editor } from "@tiptap/core"
import type { EditorState, Transaction } from "@tiptap/pm/state"
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  mergeCells,
  splitCell,
  tableEditing,
  toggleHeaderColumn,
  toggleHeaderRow,
} from "@tiptap/pm/tables"
import { putIn } from "./put-in"

type Command = (state: EditorState, dispatch?: (tr: Transaction) => void) => boolean

/* In the order of their buttons. */
export const TABLE_COMMANDS = {
  row_before: addRowBefore,
  row_after: addRowAfter,
  row_delete: deleteRow,
  column_before: addColumnBefore,
  column_after: addColumnAfter,
  column_delete: deleteColumn,
  header_row: toggleHeaderRow,
  header_column: toggleHeaderColumn,
  merge: mergeOrSplit,
  delete: deleteTable,
} satisfies Record<string, Command>
export type TableCommand = keyof typeof TABLE_COMMANDS

const ROLES: Record<string, string> = { table: "table", tableRow: "row", tableCell: "cell", tableHeader: "header_cell" }

const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
  addProseMirrorPlugins: () => [tableEditing()],
  addKeyboardShortcuts() {
    const { editor } = this
    return {
      Tab: () => run(editor, goToNextCell(1)) || (isInTable(editor.state) && addRowAndGo(editor)),
      "Shift-Tab": () => run(editor, goToNextCell(-1)),
    }
  },
})

const Row = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)*",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
})

const Roles = Extension.create({
  name: "tableRoles",
  extendNodeSchema: ({ name }) => (ROLES[name] ? { tableRole: ROLES[name] } : {}),
})

export const tables: AnyExtension[] = [Roles, Table, Row, cell("tableCell", "td"), cell("tableHeader", "th")]

export function inTable(editor: Editor): boolean {
  return isInTable(editor.state)
}

export function runTable(editor: Editor, name: TableCommand): void {
  run(editor, TABLE_COMMANDS[name])
  editor.commands.focus()
}

/** The first row says what is below it. */
export function insertTable(editor: Editor, rows = 3, columns = 3): void {
  const line = (name: string) => ({
    type: "tableRow",
    content: Array.from({ length: columns }, () => ({ type: name, content: [{ type: "paragraph" }] })),
  })
  const content = Array.from({ length: rows }, (_, at) => line(at ? "tableCell" : "tableHeader"))
  putIn(editor, { type: "table", content })
}

function cell(name: string, tag: string): Node {
  return Node.create({
    name,
    content: "block+",
    isolating: true,
    addAttributes: () => ({
      colspan: span("colspan"),
      rowspan: span("rowspan"),
      colwidth: { default: null, rendered: false },
    }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  })
}

function span(name: "colspan" | "rowspan") {
  return {
    default: 1,
    parseHTML: (element: HTMLElement) => Math.min(Math.max(Number(element.getAttribute(name)) || 1, 1), 99),
    renderHTML: (attributes: Record<string, unknown>) => (attributes[name] === 1 ? {} : { [name]: attributes[name] }),
  }
}

function run(editor: Editor, command: Command): boolean {
  return command(editor.state, editor.view.dispatch.bind(editor.view))
}

function addRowAndGo(editor: Editor): boolean {
  return run(editor, addRowAfter) && run(editor, goToNextCell(1))
}

function mergeOrSplit(state: EditorState, dispatch?: (tr: Transaction) => void): boolean {
  return mergeCells(state, dispatch) || splitCell(state, dispatch)
}
