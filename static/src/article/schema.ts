/*
 * What an article can hold beside plain words, in the very HTML that the server keeps (knowledge_base/body.py): callouts,
 * pictures by number, videos of two sites, reusable blocks, links to articles by number.
 */
import { Extension, Mark, Node, type AnyExtension } from "@tiptap/core"
import { Link } from "@tiptap/extension-link"
import { BlockView, PictureView, VideoView } from "./views"

export const CALLOUTS = ["info", "tip", "warning", "danger"] as const
export type CalloutKind = (typeof CALLOUTS)[number]

declare module "@tiptap/core" {
  interface Commands<ReturnType> {
    callout: {
      /** Put what is selected into a callout, change its kind, or (the same kind again) take it out. */
      toggleCallout: (kind: CalloutKind) => ReturnType
    }
  }
}

const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes: () => ({ kind: fromData("kind", "callout", "info") }),
  parseHTML: () => [{ tag: "div[data-callout]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes, 0],
  addCommands() {
    return {
      toggleCallout:
        (kind) =>
        ({ commands, editor }) => {
          if (!editor.isActive(this.name)) return commands.wrapIn(this.name, { kind })
          if (editor.isActive(this.name, { kind })) return commands.lift(this.name)
          return commands.updateAttributes(this.name, { kind })
        },
    }
  },
})

/* The address of a picture is the server's business: here it is its number and what it shows, in words. */
const Picture = Node.create({
  name: "picture",
  group: "block",
  draggable: true,
  addAttributes: () => ({ number: fromData("number", "picture"), alt: { default: "" } }),
  parseHTML: () => [{ tag: "img[data-picture]" }],
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
  addNodeView: () => (props) => new PictureView(props),
})

const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "picture caption?",
  isolating: true,
  parseHTML: () => [{ tag: "figure" }],
  renderHTML: () => ["figure", 0],
})

const Caption = Node.create({
  name: "caption",
  content: "inline*",
  parseHTML: () => [{ tag: "figcaption" }],
  renderHTML: () => ["figcaption", 0],
})

const Video = Node.create({
  name: "video",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ at: fromData("at", "video") }),
  parseHTML: () => [{ tag: "div[data-video]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes],
  addNodeView: () => (props) => new VideoView(props),
})

/** Words that stand in many articles: shown here, changed on a page of their own. */
const Block = Node.create({
  name: "reusable", // "block" is the name of all that stands for itself
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ number: fromData("number", "block") }),
  parseHTML: () => [{ tag: "div[data-block]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes],
  addNodeView: () => (props) => new BlockView(props),
})

/** A link to an article goes by its number, so that it survives renames; any other by its address. */
const Links = Link.extend({
  inclusive: false,
  addAttributes() {
    return {
      ...this.parent?.(),
      article: { default: null, parseHTML: (link: HTMLElement) => link.dataset["article"] ?? null },
    }
  },
  parseHTML() {
    return [{ tag: "a[data-article]" }, ...(this.parent?.() ?? [])]
  },
  renderHTML(props) {
    const { article, ...others } = props.HTMLAttributes
    if (article) return ["a", { "data-article": String(article) }, 0]
    return this.parent?.({ ...props, HTMLAttributes: others }) ?? ["a", others, 0]
  },
}).configure({ openOnClick: false, defaultProtocol: "https", HTMLAttributes: { rel: null, target: null } })

/* StarterKit's code block keeps its language in a class, which the server takes away. */
const CodeLanguage = Extension.create({
  name: "codeLanguage",
  addGlobalAttributes: () => [
    {
      types: ["codeBlock"],
      attributes: {
        named: {
          default: null,
          parseHTML: (pre) => pre.dataset["language"] ?? null,
          renderHTML: ({ named, language }) => {
            const said = named ?? language
            return said ? { "data-language": String(said) } : {}
          },
        },
      },
    },
  ],
})

const marks = ["kbd", "mark", "sub", "sup"].map((tag) =>
  Mark.create({ name: tag, parseHTML: () => [{ tag }], renderHTML: () => [tag, 0] }),
)

export const ours: AnyExtension[] = [Callout, Picture, Figure, Caption, Video, Block, Links, CodeLanguage, ...marks]

/** An attribute that stands in the HTML as `data-…`. */
function fromData(attribute: string, name: string, standard: string | null = null) {
  return {
    default: standard,
    parseHTML: (element: HTMLElement) => element.dataset[name] ?? standard,
    renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: attributes[attribute] }),
  }
}
