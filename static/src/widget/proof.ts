/* Work that a busy address is asked for before it may go on. Without crypto.subtle, which plain http does not have. */

const K = primes(64).map((prime) => ((prime ** (1 / 3) % 1) * 2 ** 32) | 0)
const START = primes(8).map((prime) => ((prime ** (1 / 2) % 1) * 2 ** 32) | 0)
const AT_ONCE = 20_000 // tries between two breaths of the page

function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n)
  return found
}

/** The first word of SHA-256 of an ASCII text of at most 119 characters (FIPS 180-4). */
function firstWord(text: string): number {
  const blocks = text.length < 56 ? 1 : 2
  const words = new Array<number>(blocks * 16).fill(0)
  for (let at = 0; at < text.length; at++) words[at >> 2]! |= text.charCodeAt(at) << (24 - (at % 4) * 8)
  words[text.length >> 2]! |= 0x80 << (24 - (text.length % 4) * 8)
  words[blocks * 16 - 1] = text.length * 8
  let hash = START
  for (let block = 0; block < blocks; block++) hash = compress(hash, words.slice(block * 16, block * 16 + 16))
  return hash[0]! >>> 0
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

function compress(hash: number[], w: number[]): number[] {
  let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number]
  for (let at = 0; at < 64; at++) {
    if (at >= 16) {
      const x = w[at - 15]!
      const y = w[at - 2]!
      const small = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
      const large = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
      w[at] = (w[at - 16]! + small + w[at - 7]! + large) | 0
    }
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at]! + w[at]!) | 0
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => (word + hash[at]!) | 0)
}

/** A number with which SHA-256 of "nonce:number" begins with so many zero bits. */
export async function prove(nonce: string, bits: number): Promise<string> {
  for (let number = 0; ; number++) {
    if (firstWord(`${nonce}:${number}`) >>> (32 - Math.min(bits, 32)) === 0) return `${nonce}:${number}`
    if (number % AT_ONCE === AT_ONCE - 1) await new Promise((done) => setTimeout(done))
  }
}
