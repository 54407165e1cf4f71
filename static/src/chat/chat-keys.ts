/* Keys of chats are pressed with Alt, so that they act while somebody writes. */
import { isMac } from "../lib/keys"

/**
 * The key's place ("Digit3", "KeyN") when it is pressed with Alt alone; "" when it is none of ours. On a Mac letters with
 * ⌥ type accents: in a field they are left alone.
 */
export function altKey(event: KeyboardEvent): string {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return ""
  const types = isMac && event.target instanceof Element && event.target.matches("textarea, input, [contenteditable]")
  return types && event.code.startsWith("Key") ? "" : event.code
}
