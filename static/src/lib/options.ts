/* A list of options under the keyboard: which one is active, moving through them, finding by first letters. The focus
   stays where it is (a field or the list); the active option is told by aria-activedescendant. */

let counter = 0

export class Options {
  private active: HTMLElement | undefined
  private typed = ""
  private typedAt = 0

  /** `owner` has the focus while the options are chosen from; `selects`: the active option is also the selected one. */
  constructor(
    private readonly owner: HTMLElement,
    private readonly find: () => HTMLElement[],
    private readonly selects = false,
  ) {}

  get current(): HTMLElement | undefined {
    return this.active?.isConnected && !this.active.hidden ? this.active : undefined
  }

  get shown(): HTMLElement[] {
    return this.find().filter((option) => !option.hidden)
  }

  activate(option: HTMLElement | undefined): void {
    this.active?.classList.remove("is-active")
    if (this.selects) this.active?.setAttribute("aria-selected", "false")
    this.active = option
    if (!option) return this.owner.removeAttribute("aria-activedescendant")
    option.id ||= `option-${++counter}`
    option.classList.add("is-active")
    if (this.selects) option.setAttribute("aria-selected", "true")
    option.scrollIntoView({ block: "nearest" })
    this.owner.setAttribute("aria-activedescendant", option.id)
  }

  /** Handles arrows, Home and End; true when the key was one of them. */
  move(event: KeyboardEvent): boolean {
    const options = this.shown
    const at = this.current ? options.indexOf(this.current) : -1
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % options.length,
      ArrowUp: (at <= 0 ? options.length : at) - 1,
      Home: 0,
      End: options.length - 1,
    }
    const next = to[event.key]
    if (next === undefined || !options.length) return false
    this.activate(options[next])
    event.preventDefault()
    return true
  }

  /** The option that begins with the letters typed within half a second. */
  startingWith(key: string, now = Date.now()): HTMLElement | undefined {
    if (key.length !== 1) return undefined
    this.typed = now - this.typedAt < 500 ? this.typed + key : key
    this.typedAt = now
    const wanted = this.typed.toLocaleLowerCase()
    return this.shown.find((option) => (option.textContent ?? "").trim().toLocaleLowerCase().startsWith(wanted))
  }
}

/** Whether every word of `query` begins a word of `words`; case and accents do not matter. */
export function matches(words: string, query: string): boolean {
  const plain = (value: string) => value.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase()
  const all = plain(words).split(/[^\p{L}\p{N}@.+-]+/u)
  return plain(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => all.some((word) => word.includes(part)))
}
