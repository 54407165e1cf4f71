/* The list that opens at the caret after a sign: names after @, macros after /. */
import type { SuggestionKeyDownProps, SuggestionOptions, SuggestionProps } from "@tiptap/suggestion"
import { h } from "../lib/dom"
import { Options } from "../lib/options"
import { placeAt } from "../lib/popover"

export interface MenuOf<Item> {
  /** Ends in "-list"; options are named after it. */
  id: string
  label: () => string
  found: (count: number) => string
  value: (item: Item) => string
  row: (item: Item) => HTMLElement
  pick: (item: Item, command: SuggestionProps<Item>["command"], props: SuggestionProps<Item>) => void
}

/** The list at the caret. The focus stays in the editor; which option is active is told by aria-activedescendant. */
export class SuggestionMenu<Item> {
  private readonly list: HTMLElement
  private readonly said = h("span.sr", { role: "status" })
  private readonly options: Options
  private props: SuggestionProps<Item> | undefined
  private readonly editor: HTMLElement

  constructor(
    host: HTMLElement,
    private readonly of: MenuOf<Item>,
  ) {
    const { id, label } = of
    this.list = h("ul.menu.mentionmenu", { id, role: "listbox", popover: "manual", tabindex: 0, "aria-label": label() })
    this.editor = host.querySelector<HTMLElement>("[contenteditable]") ?? host
    this.options = new Options(this.editor, () => [...this.list.querySelectorAll<HTMLElement>("[role=option]")], true)
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()) // the caret stays
    this.list.addEventListener("click", (event) =>
      this.pick((event.target as Element).closest<HTMLElement>("[role=option]")),
    )
    this.list.addEventListener("pointermove", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]")
      if (option && option !== this.options.current) this.options.activate(option)
    })
  }

  hooks(): ReturnType<NonNullable<SuggestionOptions<Item>["render"]>> {
    return {
      onStart: (props) => this.show(props),
      onUpdate: (props) => this.show(props),
      onKeyDown: (props) => this.pressed(props),
      onExit: () => this.close(),
    }
  }

  private show(props: SuggestionProps<Item>): void {
    this.props = props
    if (!props.items.length) return this.hide()
    const active = this.options.current?.dataset["value"]
    this.list.replaceChildren(...props.items.map((item) => this.rowOf(item)))
    if (!this.list.isConnected) document.body.append(this.list, this.said)
    if (!this.list.matches(":popover-open")) this.list.showPopover()
    this.editor.setAttribute("aria-controls", this.list.id)
    this.editor.setAttribute("aria-autocomplete", "list")
    const rows = [...this.list.children] as HTMLElement[]
    this.options.activate(rows.find((option) => option.dataset["value"] === active) ?? rows[0])
    this.said.textContent = this.of.found(props.items.length)
    const rect = props.clientRect?.()
    if (rect) placeAt(this.list, { getBoundingClientRect: () => rect } as Element)
  }

  private hide(): void {
    this.options.activate(undefined)
    this.said.textContent = ""
    this.editor.removeAttribute("aria-controls")
    this.editor.removeAttribute("aria-autocomplete")
    if (this.list.matches(":popover-open")) this.list.hidePopover()
  }

  private close(): void {
    this.hide()
    this.list.remove()
    this.said.remove()
    this.props = undefined
  }

  /** True when the key was the menu's; it then does not reach the composer, where Escape and Enter mean something else. */
  private pressed({ event }: SuggestionKeyDownProps): boolean {
    if (!this.options.current || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false
    if (["ArrowDown", "ArrowUp"].includes(event.key)) this.options.move(event)
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey) this.pick(this.options.current)
    else if (event.key === "Escape") {
      event.stopPropagation()
      return false // the plugin itself ends the suggestion, and does not begin it again at this @
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  private pick(option: HTMLElement | null | undefined): void {
    const { props } = this
    const item = props?.items.find((one) => this.of.value(one) === option?.dataset["value"])
    if (props && item !== undefined) this.of.pick(item, props.command, props)
  }

  private rowOf(item: Item): HTMLElement {
    const option = this.of.row(item)
    const value = this.of.value(item)
    option.setAttribute("role", "option")
    option.dataset["value"] = value
    option.id = `${this.list.id.replace(/-list$/, "")}-${value.replace(":", "-")}`
    return option
  }
}
