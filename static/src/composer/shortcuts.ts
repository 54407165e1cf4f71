/* What a key means inside the composer. */

export type Wish = "send" | "send solved" | "send pending" | "link" | "article" | "leave" | undefined

export function wishOf(event: KeyboardEvent): Wish {
  const mod = event.ctrlKey || event.metaKey
  if (event.isComposing) return undefined
  if (event.key === "Enter" && mod) return event.shiftKey ? "send solved" : "send"
  if (event.key === "Enter" && event.altKey) return "send pending"
  if (event.key.toLowerCase() === "k" && mod) return event.shiftKey ? "article" : "link"
  return event.key === "Escape" ? "leave" : undefined
}
