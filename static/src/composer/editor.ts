/* What the composer needs from an editor, and the plain one: a textarea, there from the first moment and for good when
   the rich one cannot load. Both give HTML, because that is what is sent and saved. */

export type Command = "bold" | "italic" | "bullet" | "ordered" | "quote" | "code"

export interface EditorEvents {
  changed(): void
  /** The caret moved or a mark was toggled: the toolbar may look different. */
  moved(): void
  /** Files were pasted or dropped. */
  files(files: File[]): void
}

export interface Editor {
  readonly isRich: boolean
  html(): string
  isEmpty(): boolean
  set(html: string): void
  /** Put it where the caret is, or behind what is there before anybody was in it. */
  insert(html: string): void
  focus(): void
  hasFocus(): boolean
  describe(label: string, placeholder: string): void
  lock(on: boolean): void
  run(command: Command): void
  isActive(command: Command | "link"): boolean
  /** The address of the link at the caret, "" for none. */
  link(): string
  /** Link the selection, or the word at the caret, to `href`; "" removes the link. */
  setLink(href: string): void
  destroy(): void
}

export class PlainEditor implements Editor {
  readonly isRich = false
  private readonly listening = new AbortController()

  constructor(
    private readonly area: HTMLTextAreaElement,
    private readonly events: EditorEvents,
  ) {
    const { signal } = this.listening
    area.addEventListener("input", () => events.changed(), { signal })
    area.addEventListener("paste", (event) => this.pasted(event), { signal })
  }

  html(): string {
    return textToHtml(this.area.value)
  }

  isEmpty(): boolean {
    return !this.area.value.trim()
  }

  set(html: string): void {
    this.area.value = htmlToText(html)
  }

  insert(html: string): void {
    const { selectionStart, selectionEnd, value } = this.area
    const before = value.slice(0, selectionStart)
    const words = `${before && !before.endsWith("\n") ? "\n" : ""}${htmlToText(html)}`
    this.area.setRangeText(words, selectionStart, selectionEnd, "end")
    this.events.changed()
  }

  focus(): void {
    this.area.focus()
    this.area.setSelectionRange(this.area.value.length, this.area.value.length)
  }

  hasFocus(): boolean {
    return document.activeElement === this.area
  }

  describe(label: string, placeholder: string): void {
    this.area.setAttribute("aria-label", label)
    this.area.placeholder = placeholder
  }

  lock(on: boolean): void {
    this.area.readOnly = on
  }

  run(_command: Command): void {
    this.area.focus()
  }

  isActive(): boolean {
    return false
  }

  link(): string {
    return ""
  }

  setLink(href: string): void {
    if (href) this.area.setRangeText(href, this.area.selectionEnd, this.area.selectionEnd, "end")
    this.events.changed()
  }

  destroy(): void {
    this.listening.abort()
  }

  private pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return
    event.preventDefault()
    this.events.files(files)
  }
}

export function textToHtml(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .trimEnd()
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((paragraph) => `<p>${escape(paragraph).replace(/\n/g, "<br>")}</p>`)
    .join("")
}

export function htmlToText(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const item of page.querySelectorAll("li")) item.prepend("- ")
  for (const line of page.querySelectorAll("br")) line.replaceWith("\n")
  for (const block of page.querySelectorAll("p, pre, blockquote, ul, ol"))
    block.append(block.closest("li") && block.matches("p") ? "" : "\n\n")
  for (const item of page.querySelectorAll("li")) item.append("\n")
  return (page.body.textContent ?? "").replace(/\n{3,}/g, "\n\n").trim()
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
}
