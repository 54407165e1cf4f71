/* Something of its own behind what is marked: words that somebody has marked are never replaced by a picture. */
import type { Editor, JSONContent } from "@tiptap/core"

/** The caret is then in it, where it can be, else behind it. */
export function putIn(editor: Editor, content: JSONContent): void {
  const { to } = editor.state.selection
  editor.chain().focus().setTextSelection(to).insertContent(content).run()
  if (content.type === "table") editor.commands.focus(firstCell(editor, to))
}

/** Of the first table behind `at`. */
function firstCell(editor: Editor, at: number): number {
  const { doc, selection } = editor.state
  let found = selection.to
  doc.nodesBetween(Math.max(0, at - 1), doc.content.size, (node, place) => {
    if (node.type.name === "table" && place >= at - 1) found = Math.min(found, place + 4)
  })
  return found
}
