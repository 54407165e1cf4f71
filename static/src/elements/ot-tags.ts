/*
 * <ot-tags data-url="…/tags/" data-name="tags" data-target="#props">
 *   <form …><input name="tags" value="refund, vip" list="tag-list"></form></ot-tags>
 * Tags as chips: Enter or a comma adds one, its cross or Backspace in the empty field removes the last. Every change
 * posts the whole list, `tags=refund,vip`, through htmx. Without scripts the form with the plain field does the same.
 */
import htmx from "htmx.org"
import { button, define, h, icon } from "../lib/dom"
import { text } from "../strings"

export class OtTags extends HTMLElement {
  private tags: string[] = []
  /** The tags that the server showed: what others change meanwhile is theirs. */
  private seen: string[] = []
  private readonly chips = h("span.tagset", {})
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.read()
    this.field.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.field.addEventListener("input", (event) => this.typed(event as InputEvent), { signal })
    this.field.addEventListener("blur", () => this.add(this.field.value), { signal })
    this.querySelector("form")?.addEventListener(
      "submit",
      (event) => {
        event.preventDefault()
        this.add(this.field.value)
      },
      { signal },
    )
    document.addEventListener("htmx:after:swap", () => this.read(), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.chips.remove()
  }

  private get field(): HTMLInputElement {
    const found = this.querySelector<HTMLInputElement>("input[name=tags], input.tagfield")
    if (!found) throw new Error("<ot-tags> needs an input")
    return found
  }

  /** The field's own attribute is what the server says; a morph renews it and drops the chips. */
  private read(): void {
    const field = this.field
    this.tags = this.seen = splitTags(field.getAttribute("value") ?? "")
    if (document.activeElement !== field) field.value = ""
    field.placeholder = text("tags.add")
    if (!this.chips.isConnected) field.before(this.chips)
    this.draw()
  }

  private draw(): void {
    this.chips.replaceChildren(
      ...this.tags.map((tag) => {
        const cross = button("", "", () => this.drop(tag))
        cross.setAttribute("aria-label", text("tags.remove", { tag }))
        cross.append(icon("x", "xs"))
        return h("span.tag", {}, h("span", { dir: "auto" }, tag), cross)
      }),
    )
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault()
      this.add(this.field.value)
    } else if (event.key === "Backspace" && !this.field.value) {
      const last = this.tags.at(-1)
      if (last) this.drop(last)
    } else if (event.key === "Escape") {
      this.field.value = ""
      this.field.blur()
    }
  }

  /** A suggestion picked from the datalist arrives as a replacement, without an Enter. */
  private typed(event: InputEvent): void {
    if (event.inputType === "insertReplacementText" || event.inputType === undefined) this.add(this.field.value)
  }

  private add(typed: string): void {
    this.field.value = ""
    const fresh = splitTags(typed).filter((tag) => !this.tags.includes(tag))
    if (fresh.length) this.save([...this.tags, ...fresh])
  }

  private drop(tag: string): void {
    this.save(this.tags.filter((other) => other !== tag))
    this.field.focus()
  }

  private save(tags: string[]): void {
    this.tags = tags
    this.draw()
    const { url = "", name = "tags", target } = this.dataset
    const values = { [name]: tags.join(","), seen: this.seen.join(",") }
    void htmx.ajax("POST", url, {
      source: this,
      values,
      swap: target ? "outerMorph" : "none",
      ...(target && { target }),
    })
  }
}

export function splitTags(typed: string): string[] {
  const words = typed.split(",").map((tag) => tag.trim().toLowerCase().replace(/\s+/g, "_"))
  return [...new Set(words.filter(Boolean))]
}

define("ot-tags", OtTags)
