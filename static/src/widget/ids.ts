/** A random UUID (RFC 9562 §5.4), also where plain http keeps browsers from making one themselves. */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(31))
  let at = 0
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (kind) => {
    const digit = random[at++]! & 15
    return (kind === "x" ? digit : (digit & 3) | 8).toString(16)
  })
}
