/*
 * What can be done on this page, read from its markup: every element with `data-key` or `data-command` is a command. So
 * the shortcuts sheet and the palette offer exactly what exists, in the words of the page.
 */
import { keyOf } from "./keys"

export interface CommandItem {
  label: string
  /** Heading it stands under. */
  group: string
  /** "e", "g i", "F2"; "" for none. */
  keys: string
  icon: string
  element: HTMLElement
}

export function commandsOnPage(): CommandItem[] {
  const seen = new Set<string>()
  return [...document.querySelectorAll<HTMLElement>("[data-key], [data-command]")]
    .filter(isReachable)
    .map(readCommand)
    .filter((command) => {
      const name = `${command.group}/${command.label}`
      return command.label !== "" && !seen.has(name) && Boolean(seen.add(name))
    })
}

/** The key that runs this element for the person at the page; "" for none. */
export function boundKey({ dataset }: HTMLElement): string {
  const usual = dataset["key"] ?? ""
  return usual && keyOf(dataset["keyId"] ?? usual, usual)
}

function readCommand(element: HTMLElement): CommandItem {
  const { dataset } = element
  return {
    label: dataset["keyLabel"] || element.getAttribute("aria-label")?.replace(/ \([^)]*\)$/, "") || ownText(element),
    group: element.closest<HTMLElement>("[data-key-group]")?.dataset["keyGroup"] ?? "",
    keys: boundKey(element),
    icon: element.querySelector("svg.i use")?.getAttribute("href")?.split("#")[1] ?? "",
    element,
  }
}

/** The words a person reads, without key hints and counts. */
function ownText(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement
  for (const part of copy.querySelectorAll("kbd, .count, .keys, svg, .sr")) part.remove()
  return copy.textContent?.replace(/\s+/g, " ").trim() ?? ""
}

/** Does what a click would; a field is focused instead. False when it can't be done now. */
export function runCommand(element: HTMLElement): boolean {
  if (!element.isConnected || element.matches(":disabled, [aria-disabled=true]")) return false
  if (!isShown(element)) element.closest<HTMLElement & { open?: () => void }>("ot-disclose")?.open?.()
  if (element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select")) {
    element.focus()
    if (element instanceof HTMLInputElement) element.select()
  } else {
    if (element.matches("[popovertarget]")) element.focus()
    element.click()
    if (element.matches("summary"))
      element.parentElement?.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus()
  }
  return true
}

/** Whether the page shows it, or would once the panel it is in (<ot-disclose>) is opened. */
export function isReachable(element: HTMLElement): boolean {
  return isShown(element) || (element.closest("ot-disclose") !== null && !element.closest("[hidden]"))
}

function isShown(element: HTMLElement): boolean {
  return element.checkVisibility?.({ visibilityProperty: true }) ?? true
}
