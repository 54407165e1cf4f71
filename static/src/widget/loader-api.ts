/*
 * `Onethread` on the host's page. It may be used before this script is there:
 *   window.Onethread ??= (...call) => (Onethread.q ??= []).push(call)
 *   Onethread("identify", {token})
 */
import type { Identity } from "./protocol"

export interface Doing {
  open(): void
  close(): void
  identify(identity?: Identity | null): void
  setAttributes(attributes: Record<string, unknown>): void
  consent(given?: boolean): void
  goal(name: string, value?: number): void
  shutdown(): void
}

type Listener = (detail?: unknown) => void

export interface Api extends Doing {
  (name: string, ...given: unknown[]): unknown
  on(name: string, listener: Listener): () => void
  isHere: true
  q?: ArrayLike<unknown>[]
}

export interface Commands {
  /** does what was asked for before we were here */
  take(calls: ArrayLike<unknown>[] | undefined): void
  happened(name: string, detail?: unknown): void
}

export function api(doing: Doing): Commands {
  const listeners = new Map<string, Set<Listener>>()
  const past = new Map<string, unknown>()

  function on(name: string, listener: Listener): () => void {
    const all = listeners.get(name) ?? new Set()
    listeners.set(name, all.add(listener))
    if (name === "ready" && past.has(name)) listener()
    return () => void all.delete(listener)
  }

  const verbs: Record<string, unknown> = { ...doing, on }
  const call = (name: string, ...given: unknown[]): unknown => {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (typeof verb === "function") return verb(...given)
    console.warn(`Onethread: there is no “${name}”.`)
    return undefined
  }
  ;(window as unknown as { Onethread: unknown }).Onethread = Object.assign(call, verbs, { isHere: true })

  return {
    take(calls) {
      for (const [name, ...given] of (calls ?? []).map((one) => Array.from(one))) call(String(name), ...given)
    },
    happened(name, detail) {
      past.set(name, detail)
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(detail)
        } catch (error) {
          reportError(error) // the host's own mistake: it is shown as theirs, and ends nothing here
        }
      }
    },
  }
}
