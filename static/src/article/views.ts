/* How pictures, videos and blocks look while an article is written: enough to know them, with what can be done to them. */
import type { NodeViewRendererProps } from "@tiptap/core"
import type { Node as EditorNode } from "@tiptap/pm/model"
import type { NodeView } from "@tiptap/pm/view"
import { h, icon } from "../lib/dom"
import { text } from "../strings"
import { offeredBlocks } from "./offers"

/** Asks whoever holds the editor to change the node at `at`. */
function askToEdit(dom: HTMLElement, props: NodeViewRendererProps): void {
  const at = props.getPos()
  if (at === undefined) return
  props.editor.commands.setNodeSelection(at)
  dom.dispatchEvent(new CustomEvent("ot:edit-node", { bubbles: true, detail: { at, type: props.node.type.name } }))
}

export class PictureView implements NodeView {
  readonly dom: HTMLElement
  private readonly image = h("img", { draggable: "false" })
  private readonly said = h("button.btn.sm", { type: "button" })

  constructor(props: NodeViewRendererProps) {
    this.dom = h("span.apicture", { contenteditable: "false" }, this.image, this.said)
    this.said.addEventListener("click", () => askToEdit(this.dom, props))
    this.image.addEventListener("dblclick", () => askToEdit(this.dom, props))
    this.show(props.node)
  }

  update(node: EditorNode): boolean {
    if (node.type.name !== "picture") return false
    this.show(node)
    return true
  }

  ignoreMutation = () => true

  private show({ attrs }: EditorNode): void {
    const alt = String(attrs["alt"] ?? "")
    const source = `/hc/pictures/${Number(attrs["number"])}`
    if (this.image.getAttribute("src") !== source) this.image.src = source
    this.image.alt = alt
    this.said.textContent = alt ? text("article.alt_is", { alt }) : text("article.alt_none")
  }
}

const SITES: Record<string, string> = { youtube: "YouTube", vimeo: "Vimeo" }

export class VideoView implements NodeView {
  readonly dom: HTMLElement

  constructor({ node }: NodeViewRendererProps) {
    const [site = "", id = ""] = String(node.attrs["at"] ?? "").split(":")
    this.dom = h(
      "div.avideo",
      { contenteditable: "false" },
      icon("play"),
      h("b", {}, SITES[site] ?? site),
      h("bdi", {}, id),
    )
  }

  ignoreMutation = () => true
}

export class BlockView implements NodeView {
  readonly dom: HTMLElement
  private readonly words = h("div.words", {})

  constructor({ node }: NodeViewRendererProps) {
    const number = Number(node.attrs["number"])
    const name = h("b", { dir: "auto" }, text("article.block"))
    const change = h(
      "a.btn.ghost.sm",
      { href: `/knowledge/blocks/${number}/`, target: "_blank" },
      text("article.block_edit"),
    )
    this.dom = h(
      "div.ablock",
      { contenteditable: "false" },
      h("header", {}, icon("layers", "sm"), name, change),
      this.words,
    )
    queueMicrotask(() => void this.show(number, name)) // the page around it is known then
  }

  ignoreMutation = () => true

  private async show(number: number, name: HTMLElement): Promise<void> {
    const block = (await offeredBlocks(this.dom)).find(({ id }) => id === number)
    name.textContent = block?.name ?? text("article.block_gone")
    const page = new DOMParser().parseFromString(block?.html ?? "", "text/html")
    this.words.replaceChildren(...page.body.childNodes)
  }
}
