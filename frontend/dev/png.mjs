/** A palette picture as PNG, from class numbers. */

import { crc32, deflateSync } from 'node:zlib'

function chunk(kind, body) {
  const words = Buffer.concat([Buffer.from(kind), body])
  const out = Buffer.alloc(words.length + 8)
  out.writeUInt32BE(body.length, 0)
  words.copy(out, 4)
  out.writeUInt32BE(crc32(words), words.length + 4)
  return out
}

/** Write rows of class numbers; class 0 is transparent, class k has colours[k - 1]. */
export function png(rows, colours) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(rows[0].length, 0)
  head.writeUInt32BE(rows.length, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const palette = [
    0,
    0,
    0,
    ...colours.flatMap((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))),
  ]
  const body = Buffer.concat(rows.map((row) => Buffer.from([0, ...row])))
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette)),
    chunk('tRNS', Buffer.from([0])),
    chunk('IDAT', deflateSync(body)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
