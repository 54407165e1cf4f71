/*
 * The keys as this person has them (<ot-keys data-keys data-single> brings them with the page), and when a single key
 * may act: never while writing, never under a dialog or an open menu, and not when the reader switched it off.
 * A command is known by the key it has in the markup, or by `data-key-id`; see helpdesk/accounts/keys.py.
 */
const WRITING =
  "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], dialog, [popover]"

type KeyMap = Readonly<Record<string, string>>

let read: { from: string; keys: KeyMap } = { from: "{}", keys: {} }

function settings(): HTMLElement | null {
  return document.querySelector("ot-keys")
}

/** Only what the person has moved (to another key) or switched off (""). */
export function ownKeys(): KeyMap {
  const from = settings()?.dataset["keys"] || "{}"
  if (from !== read.from) read = { from, keys: JSON.parse(from) as KeyMap }
  return read.keys
}

/** The key of a command: the person's own, or the one it comes with. "" when it is switched off. */
export function keyOf(id: string, usual = id): string {
  return ownKeys()[id] ?? usual
}

/**
 * For keys that a script knows itself ("j", "x"): the usual name of the one that was meant, with `J` for Shift and j;
 * "" for a key whose command went elsewhere.
 */
export function meantKey(event: KeyboardEvent): string {
  const own = Object.entries(ownKeys())
  if (!own.length) return event.key
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const meant = own.find(([, key]) => key === pressed)?.[0]
  if (meant?.length === 1) return event.shiftKey && /[a-z]/.test(meant) ? meant.toUpperCase() : meant
  return meant !== undefined || pressed in ownKeys() ? "" : event.key
}

export function singleKeysOn(): boolean {
  return settings()?.dataset["single"] !== "off"
}

export function switchSingleKeys(on: boolean): void {
  const element = settings()
  if (element) element.dataset["single"] = on ? "on" : "off"
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
