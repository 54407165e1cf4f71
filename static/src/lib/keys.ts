/* When a single key may act: never while writing, never under a dialog or an open menu, and not when the reader switched it off. */
import { readLocal, writeLocal } from "./storage"

const SETTING = "ot:single-keys"
const WRITING =
  "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], dialog, [popover]"

export function singleKeysOn(): boolean {
  return readLocal<boolean>(SETTING) !== false
}

export function switchSingleKeys(on: boolean): void {
  writeLocal(SETTING, on)
}

export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false
  if (!singleKeysOn()) return false
  return !(event.target instanceof Element && event.target.closest(WRITING)) && !document.querySelector("dialog[open]")
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** How a key is drawn in hints: "$mod+Shift+l" → ["⌘", "⇧", "L"] or ["Ctrl", "Shift", "L"]; "g i" → ["G", "I"]. */
export function keyCaps(binding: string): string[] {
  const names: Record<string, string> = isMac
    ? { $mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↵" }
    : { $mod: "Ctrl", Shift: "Shift", Alt: "Alt", Enter: "↵" }
  return binding
    .split(/[ +]/)
    .filter(Boolean)
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
}
