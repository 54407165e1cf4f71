/* Pictures of an article: described first, uploaded then, and changed in place later. */
import type { Editor, JSONContent } from "@tiptap/core"
import type { Node as EditorNode } from "@tiptap/pm/model"
import { parseObject, request } from "../lib/http"
import { text } from "../strings"
import { askPicture, type PictureWords } from "./dialogs"
import { putIn } from "./put-in"

const TYPES = "image/png,image/jpeg,image/gif,image/webp"

/** Lets the writer choose files, then asks of each what it shows. */
export function choosePictures(editor: Editor, url: string): void {
  const picker = document.createElement("input")
  picker.type = "file"
  picker.accept = TYPES
  picker.multiple = true
  picker.addEventListener("change", () => addPictures(editor, url, [...(picker.files ?? [])]))
  picker.click()
}

/** One dialog after the other, each for one picture. */
export function addPictures(editor: Editor, url: string, files: File[]): void {
  const [file, ...others] = files
  if (!file) return
  const source = URL.createObjectURL(file)
  const next = () => {
    URL.revokeObjectURL(source)
    addPictures(editor, url, others)
  }
  askPicture(source, undefined, async (words) => {
    const answer = await upload(url, file)
    if (typeof answer === "string") return answer
    putIn(editor, contentOf(answer, words))
    next()
    return ""
  })
}

/** Changes what is said of the picture at `at`. */
export function editPicture(editor: Editor, at: number): void {
  const node = editor.state.doc.nodeAt(at)
  if (node?.type.name !== "picture") return
  const around = editor.state.doc.resolve(at).parent
  const caption =
    around.type.name === "figure" ? (around.lastChild?.type.name === "caption" ? around.lastChild : null) : null
  const number = Number(node.attrs["number"])
  const known = { alt: String(node.attrs["alt"] ?? ""), caption: caption?.textContent ?? "" }
  askPicture(`/hc/pictures/${number}`, known, (words) => {
    replace(editor, at, node, around, contentOf(number, words))
    return ""
  })
}

function replace(editor: Editor, at: number, node: EditorNode, around: EditorNode, content: JSONContent): void {
  const isFigure = around.type.name === "figure"
  const from = isFigure ? at - 1 : at
  const size = isFigure ? around.nodeSize : node.nodeSize
  editor
    .chain()
    .focus()
    .insertContentAt({ from, to: from + size }, content)
    .run()
}

function contentOf(number: number, { alt, caption }: PictureWords): JSONContent {
  const picture = { type: "picture", attrs: { number: String(number), alt } }
  if (!caption) return picture
  return { type: "figure", content: [picture, { type: "caption", content: [{ type: "text", text: caption }] }] }
}

/** Its number, or why it was not taken. */
async function upload(url: string, file: File): Promise<number | string> {
  const form = new FormData()
  form.append("file", file)
  const outcome = await request(url, { method: "POST", body: form }, 120_000)
  if (outcome.ok) return Number(parseObject(await outcome.response.text())["id"])
  return "message" in outcome.failure ? outcome.failure.message : text("session.expired")
}
