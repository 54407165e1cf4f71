/* The sentences of chats in the reader's language: they come with the pages that need them (#chat-words), not with all. */

let known: { from: Element; words: Record<string, string> } | undefined

/** The sentence named `key`, with `{name}` filled from `values`; a name without a sentence stands for itself. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  const pattern = all()[key] ?? key
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export function hasWord(key: string): boolean {
  return key in all()
}

/** The clock of the reader, as on all pages, whatever clock this device has. */
export function zone(): string | undefined {
  return document.querySelector<HTMLElement>("[data-zone]")?.dataset["zone"] || undefined
}

function all(): Record<string, string> {
  const block = document.getElementById("chat-words")
  if (!block) return {}
  if (known?.from !== block)
    known = { from: block, words: JSON.parse(block.textContent || "{}") as Record<string, string> }
  return known.words
}
