/*
 * Bundles the front end into dist/: scripts and styles with hashed names, the icon sprite, the fonts, and
 * manifest.json, which maps each logical name to its hashed one ("app.js" → "app-4XZ2.js").
 * "app.js:imports" lists the files app.js loads at once, for <link rel="modulepreload">.
 * Fails when a budget is passed, so that a heavy import is noticed by whoever adds it.
 */
import { createHash } from "node:crypto"
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { basename, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import * as esbuild from "esbuild"
import { readingFont } from "./reading-font.mjs"

const root = dirname(fileURLToPath(import.meta.url))
const dist = join(root, "dist")
const KB = 1024
/* gzipped bytes; the editor's share is what it adds to what app.js has loaded already */
const budgets = {
  "app.js": 45 * KB,
  "tiptap.js": 140 * KB,
  "app.css": 22 * KB,
  "article.css": 8 * KB,
  "chat.css": 6 * KB,
  "calls.css": 3 * KB,
  "reports.css": 6 * KB,
  "help.js": 10 * KB,
  "help.css": 14 * KB,
  "fonts/inter-reading.woff2": 32 * KB,
  "loader.js": 4 * KB,
  "frame.js": 12.5 * KB,
  "frame.css": 3.3 * KB,
}
/* A chat stands in other people's pages: all of it together, with what is loaded later. */
const CHAT_BUDGET = 20 * KB
const ofChat = /^(loader|frame|proof)-/

/*
 * Whatever is loaded later needs app.js, which is there by then. Saying so in each such file gives all of app.js the
 * same set of users, so esbuild keeps it in one piece instead of a dozen chunks, each a request of the first load.
 */
const laterNeedsApp = {
  name: "later needs app",
  setup(build) {
    const app = join(root, "src/app.ts")
    const later = new Set()
    build.onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== "dynamic-import" || pluginData === "asked") return undefined
      const found = await build.resolve(path, { kind, resolveDir, pluginData: "asked" })
      later.add(found.path)
      return found
    })
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) =>
      later.has(path)
        ? { contents: `${await readFile(path, "utf8")}\nimport ${JSON.stringify(app)}\n`, loader: "ts" }
        : undefined,
    )
  },
}

/* The loader adopts its style sheet in a shadow root: it carries the text of it, as small as a bundled one. */
const sheetAsText = {
  name: "sheet as text",
  setup(build) {
    build.onLoad({ filter: /loader\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
        target: common.target,
      })
      return { contents: code.trim(), loader: "text" }
    })
  },
}

const common = {
  absWorkingDir: root,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  sourcemap: true,
  legalComments: "none",
  target: ["chrome123", "edge123", "firefox128", "safari18"],
  loader: { ".woff2": "file", ".svg": "file" },
  metafile: true,
  logLevel: "warning",
}

/* Readers' pages are a bundle of their own: what they share with the workspace would be cut out of both into chunks. */
const bundles = [
  {
    entryPoints: [
      ...["src/app.ts", "css/app.css"].map((path) => ({ in: path, out: "app" })),
      { in: "src/push-worker.ts", out: "push-worker" },
      { in: "css/article.css", out: "article" },
      { in: "css/chat-settings.css", out: "chat-settings" },
      { in: "css/chat.css", out: "chat" },
      { in: "css/messaging.css", out: "messaging" },
      { in: "css/simulator.css", out: "simulator" },
      { in: "css/calls.css", out: "calls" },
      { in: "css/reports.css", out: "reports" },
      { in: "css/surveys.css", out: "surveys" },
      { in: "css/wallboard.css", out: "wallboard" },
      { in: "css/people.css", out: "people" },
    ],
    plugins: [laterNeedsApp],
  },
  { entryPoints: ["src/help.ts", "css/help.css"].map((path) => ({ in: path, out: "help" })), plugins: [readingFont] },
  {
    entryPoints: ["src/widget/frame.ts", "css/widget/frame.css"].map((path) => ({ in: path, out: "frame" })),
    plugins: [],
    sourcemap: "external",
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } }, // names no field twice: it is smaller
  },
  {
    entryPoints: ["src/widget/shop.ts", "css/widget/shop.css"].map((path) => ({ in: path, out: "shop" })),
    plugins: [],
  },
  {
    entryPoints: [{ in: "src/widget/loader.ts", out: "loader" }],
    plugins: [sheetAsText],
    sourcemap: "external",
    format: "iife", // it stands in a plain script element and leaves no names behind
    splitting: false,
  },
]
const built = bundles.map(() => undefined)

/* esbuild's plugin that puts the bundles together as soon as each has been built once */
const finishing = (place) => ({
  name: "finish",
  setup: (build) =>
    build.onEnd(async ({ metafile }) => {
      built[place] = metafile ?? built[place]
      if (metafile && built.every(Boolean)) await finish({ outputs: Object.assign({}, ...built.map((m) => m.outputs)) })
    }),
})

async function finish(metafile) {
  const outputs = fromDist(metafile.outputs)
  const manifest = { ...logicalNames(outputs), "icons.svg": await writeSprite() }
  for (const name of ["app.js", "help.js"]) manifest[`${name}:imports`] = [...imports(outputs, manifest[name])]
  await writeLicences()
  await writeFile(join(dist, "manifest.json.new"), JSON.stringify(manifest, null, 2) + "\n")
  await rename(join(dist, "manifest.json.new"), join(dist, "manifest.json"))
  await removeOld(new Set([...Object.keys(outputs), manifest["icons.svg"], "manifest.json", "LICENCES.txt"]))
  await weigh(outputs, manifest)
}

/* esbuild names outputs from the working directory; everything here counts from dist/ */
function fromDist(outputs) {
  const name = (path) => relative(dist, join(root, path))
  return Object.fromEntries(
    Object.entries(outputs).map(([path, output]) => [
      name(path),
      { ...output, imports: output.imports.filter((i) => !i.external).map((i) => ({ ...i, path: name(i.path) })) },
    ]),
  )
}

function logicalNames(outputs) {
  const manifest = {}
  for (const [path, { entryPoint, inputs }] of Object.entries(outputs)) {
    if (entryPoint) manifest[basename(entryPoint).replace(/\.ts$/, ".js")] = path
    else if (path.startsWith("fonts/")) manifest["fonts/" + basename(Object.keys(inputs)[0])] = path
  }
  return manifest
}

/* every file that `path` loads by static import, itself left out */
function imports(outputs, path, seen = new Set()) {
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind === "import-statement" && !seen.has(next)) imports(outputs, next, seen.add(next))
  }
  return seen
}

async function writeSprite() {
  const lucide = JSON.parse(await readFile(join(root, "icons.json"), "utf8"))
  const glyphs = (await readdir(join(root, "src/glyphs"))).sort()
  const symbols = await Promise.all([
    ...lucide.map((name) => symbol(name, join(root, "node_modules/lucide-static/icons", name + ".svg"))),
    ...glyphs.map((file) => symbol(basename(file, ".svg"), join(root, "src/glyphs", file))),
  ])
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`
  const name = `icons-${createHash("sha256").update(sprite).digest("hex").slice(0, 8)}.svg`
  await mkdir(dist, { recursive: true })
  await writeFile(join(dist, name), sprite)
  return name
}

async function symbol(name, file) {
  const svg = (await readFile(file, "utf8")).replace(/<!--.*?-->/gs, "")
  const [, attributes, body] = svg.match(/<svg([^>]*)>(.*)<\/svg>/s)
  const kept = attributes
    .replace(/\s+/g, " ")
    .replace(/ (class|xmlns|width|height)="[^"]*"/g, "")
    .replace('stroke-width="2"', 'stroke-width="1.75"')
  return `<symbol id="${name}"${kept.trimEnd()}>${body.replace(/\s+/g, " ").replace(/> </g, "><").trim()}</symbol>`
}

/* what we bundle is others' work: their licences travel with it */
async function writeLicences() {
  const { dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"))
  const texts = await Promise.all(
    Object.keys(dependencies).map(async (name) => {
      const folder = join(root, "node_modules", name)
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
      return file ? `${name}\n\n${await readFile(join(folder, file), "utf8")}` : `${name}: see its package.json`
    }),
  )
  await writeFile(join(dist, "LICENCES.txt"), texts.join("\n\n----\n\n"))
}

/* Pages opened before this build may still ask for its predecessor's chunks: those stay for a week. */
async function removeOld(kept) {
  const weekAgo = Date.now() - 7 * 24 * 3600 * 1000
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || kept.has(relative(dist, path).replace(/\.(br|gz)$/, ""))) continue
    if ((await stat(path)).mtimeMs < weekAgo) await rm(path)
  }
}

async function weigh(outputs, manifest) {
  const size = async (paths) => {
    const all = await Promise.all([...paths].map(async (path) => gzipSync(await readFile(join(dist, path))).length))
    return all.reduce((sum, bytes) => sum + bytes, 0)
  }
  const first = new Set([manifest["app.js"], ...manifest["app.js:imports"]])
  for (const [name, limit] of Object.entries(budgets)) {
    const own = [manifest[name], ...imports(outputs, manifest[name])]
    const bytes = await size(name === "app.js" ? first : own.filter((path) => !first.has(path)))
    console.log(`${name.padEnd(25)} ${(bytes / KB).toFixed(1).padStart(6)} KB gz of ${limit / KB}`)
    if (bytes > limit) throw new Error(`${name} is over its budget of ${limit / KB} KB gz`)
  }
  const chat = await size(Object.keys(outputs).filter((path) => ofChat.test(path) && !path.endsWith(".map")))
  console.log(`${"the chat in all".padEnd(25)} ${(chat / KB).toFixed(1).padStart(6)} KB gz of ${CHAT_BUDGET / KB}`)
  if (chat > CHAT_BUDGET) throw new Error(`The chat is over its budget of ${CHAT_BUDGET / KB} KB gz`)
}

const options = bundles.map((bundle, place) => ({
  ...common,
  ...bundle,
  plugins: [...bundle.plugins, finishing(place)],
}))
if (process.argv.includes("--watch")) {
  for (const each of options) await (await esbuild.context(each)).watch()
} else {
  for (const each of options) await esbuild.build(each)
}
