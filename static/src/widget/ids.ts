/* An id that nobody else has: as crypto.randomUUID makes them, which plain http does not have (RFC 9562, version 4). */

export const newId = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(digit) / 4)))).toString(16),
  )
