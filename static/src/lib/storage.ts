/*
 * localStorage that never throws: it is refused in some private windows and can be full. What it holds is a safety
 * net beside the server, so losing it is said by `false`, not by an exception in the middle of typing.
 */
export function readLocal<T>(key: string): T | undefined {
  try {
    const found = localStorage.getItem(key)
    return found === null ? undefined : (JSON.parse(found) as T)
  } catch (error) {
    console.warn("localStorage could not be read", key, error)
    return undefined
  }
}

export function writeLocal(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch (error) {
    console.warn("localStorage could not be written", key, error)
    return false
  }
}

export function removeLocal(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch (error) {
    console.warn("localStorage could not be cleared", key, error)
  }
}
