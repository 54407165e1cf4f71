/*
 * What the server finds odd in a rule while it is written, said at its place. It comes with the sentence beside the
 * editor as `ot:findings` (HX-Trigger), each with a path: `all.0.any.1`, `actions.2`, or none for the whole rule.
 */
import { h, icon } from "../lib/dom"

interface Finding {
  level: "error" | "warning" | "hint"
  path: string
  text: string
}

const TONES = { error: "tone-red", warning: "tone-amber", hint: "tone-slate" }

/** Shows findings below `root` as they come, where `rowOf` knows a row for their path. */
export function showFindings(root: HTMLElement, rowOf: (path: string) => Element | null, signal: AbortSignal): void {
  const show = (event: Event) => {
    for (const old of root.querySelectorAll(".cfind")) old.remove()
    for (const { level, path, text } of (event as CustomEvent<{ findings?: Finding[] }>).detail.findings ?? []) {
      const row = path ? rowOf(path) : null
      if (!row || row.querySelector(":scope > .cerror")?.textContent === text) continue // it is said already
      row.append(h(`p.cfind.${TONES[level]}`, {}, icon("info", "xs"), text))
    }
  }
  document.addEventListener("ot:findings", show, { signal })
}
