/**
 * The English catalogue: `words.mjs` compiles django.po to django.mo, `words.mjs --check` also fails when a template
 * or the scripts say something that has no English, or when the compiled file is not that of the source.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CATALOGUE = 'xiangtian/web/locale/en/LC_MESSAGES/django'
const MAGIC = 0x950412de

/** Read a catalogue (msgid and msgstr only) into a map from source to translation. */
export function parse(text) {
  const found = new Map()
  let id = null
  let target = null
  for (const line of text.split('\n')) {
    const start = /^(msgid|msgstr) (".*")$/.exec(line)
    if (start?.[1] === 'msgid') id = JSON.parse(start[2])
    if (start?.[1] === 'msgstr') found.set(id, JSON.parse(start[2]))
    if (start) target = start[1]
    else if (line.startsWith('"') && target === 'msgid') id += JSON.parse(line)
    else if (line.startsWith('"')) found.set(id, found.get(id) + JSON.parse(line))
  }
  return found
}

/** Write a catalogue in gettext's binary form: sorted by the bytes of the source, little-endian, no hash table. */
export function compile(words) {
  const pairs = [...words]
    .filter(([, target]) => target)
    .map((pair) => pair.map((text) => Buffer.from(text)))
    .sort(([a], [b]) => Buffer.compare(a, b))
  const head = Buffer.alloc(28 + pairs.length * 16)
  ;[MAGIC, 0, pairs.length, 28, 28 + pairs.length * 8, 0, 28 + pairs.length * 16].forEach((word, i) => {
    head.writeUInt32LE(word, i * 4)
  })
  const chunks = [head]
  let offset = head.length
  for (const side of [0, 1]) {
    pairs.forEach((pair, i) => {
      const place = 28 + (side * pairs.length + i) * 8
      head.writeUInt32LE(pair[side].length, place)
      head.writeUInt32LE(offset, place + 4)
      chunks.push(pair[side], Buffer.from([0]))
      offset += pair[side].length + 1
    })
  }
  return Buffer.concat(chunks)
}

const TAG = /\{%\s*(?:trans|translate)\s+("([^"]*)"|'([^']*)')/g
const BLOCK = /\{%\s*blocktrans(?:late)?(\s[^%]*)?%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}/gs

/** What a template says: the texts of its trans and blocktrans tags, with percent signs doubled as Django does. */
export function said(template) {
  const blocks = [...template.matchAll(BLOCK)].map(([, options, text]) => {
    const named = text.replaceAll('%', '%%').replace(/\{\{\s*(\w+)\s*\}\}/g, '%($1)s')
    return /\btrimmed\b/.test(options ?? '') ? named.trim().replace(/\s*\n\s*/g, ' ') : named
  })
  return [...[...template.matchAll(TAG)].map((hit) => (hit[2] ?? hit[3]).replaceAll('%', '%%')), ...blocks]
}

function templates() {
  return readdirSync('xiangtian', { recursive: true, encoding: 'utf8' })
    .filter((name) => /templates\/.*\.(html|txt)$/.test(name))
    .map((name) => join('xiangtian', name))
}

function missing(words) {
  return templates().flatMap((path) =>
    said(readFileSync(path, 'utf8'))
      .filter((text) => !words.get(text))
      .map((text) => `${path}: ${text}`),
  )
}

function main() {
  const words = parse(readFileSync(`${CATALOGUE}.po`, 'utf8'))
  const compiled = compile(words)
  const wanting = missing(words)
  for (const line of wanting) console.log(`no English for ${line}`)
  if (!process.argv.includes('--check')) {
    writeFileSync(`${CATALOGUE}.mo`, compiled)
    return
  }
  const same = existsSync(`${CATALOGUE}.mo`) && readFileSync(`${CATALOGUE}.mo`).equals(compiled)
  if (!same) console.log(`${CATALOGUE}.mo is not that of django.po: run npm run words`)
  process.exitCode = same && wanting.length === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
