/** After a build: put a gzipped copy beside each text file, which the web server sends to browsers that take it. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const DIST = 'xiangtian/web/static/dist'
const WORTH_BYTES = 1024

for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  const path = join(DIST, name)
  if (!/\.(m?js|css|svg)$/.test(name) || statSync(path).size < WORTH_BYTES) continue
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
}
