/*
 * "inter-reading.woff2" of css/help/fonts.css: Inter cut down to Latin letters and the weights that readers' pages use,
 * from 47 KB to 28. It is what a reader loads most of, and it comes before the first paint on a slow line.
 */
import { createHash } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import subsetFont from "subset-font"

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules")
const whole = join(modules, "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")
const weights = { min: 400, max: 650 }
/* as in the unicode-range of css/help/fonts.css */
const ranges = [
  [0x20, 0x7e],
  [0xa0, 0xff],
  [0x131, 0x131],
  [0x152, 0x153],
  [0x2c6, 0x2c6],
  [0x2da, 0x2da],
  [0x2dc, 0x2dc],
  [0x2000, 0x206f],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
  [0x2212, 0x2212],
]

export const readingFont = {
  name: "reading font",
  setup(build) {
    build.onResolve({ filter: /^inter-reading\.woff2$/ }, async () => ({ path: await cut() }))
  },
}

/* Cutting takes two seconds, so it is done once for each version of the font. */
async function cut() {
  const font = await readFile(whole)
  const named = createHash("sha256")
    .update(font)
    .update(JSON.stringify([weights, ranges]))
    .digest("hex")
    .slice(0, 12)
  const path = join(modules, ".cache", named, "inter-reading.woff2")
  try {
    await readFile(path)
  } catch {
    const letters = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at))
    const text = String.fromCodePoint(...letters)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await subsetFont(font, text, { targetFormat: "woff2", variationAxes: { wght: weights } }))
  }
  return path
}
