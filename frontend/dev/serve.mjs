/**
 * The built pages with an invented afternoon behind them, for looking at: `npm run dev`, then http://127.0.0.1:8100/.
 *
 * PORT, PYTHON (an interpreter with the project installed). `?language=en`, `?theme=dark`, `?bare=1` (nothing there),
 * `?broken=1` (the server fails after the first answers) change the page.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { png } from './png.mjs'
import { BOUNDS, classes, frames, NOW, RATE_COLOURS, RATE_STEPS, series, stations, warnState } from './world.mjs'

const PORT = Number(process.env.PORT ?? 8100)
const PYTHON = process.env.PYTHON ?? '.venv/bin/python'
const KINDS = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' }
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"

const render = (...given) =>
  execFileSync(PYTHON, ['frontend/dev/render.py', ...given], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, PYTHONPATH: '.' },
  })
const ground = JSON.parse(render('districts'))
const state = { bare: false, broken: false, asked: 0 }

const ELEMENTS = [
  ['air_temperature', '气温', 'Air temperature', 'degC', 1],
  ['dew_point_temperature', '露点温度', 'Dew point', 'degC', 1],
  ['relative_humidity', '相对湿度', 'Relative humidity', '%', 0],
  ['wind_speed', '风速', 'Wind speed', 'm s-1', 1],
  ['wind_from_direction', '风向', 'Wind direction', 'degree', 0],
  ['wind_speed_of_gust', '阵风', 'Gust', 'm s-1', 1],
  ['surface_air_pressure', '本站气压', 'Station pressure', 'hPa', 1],
  ['air_pressure_at_mean_sea_level', '海平面气压', 'Sea-level pressure', 'hPa', 1],
  ['precipitation_amount', '降水量', 'Rain since the last report', 'mm', 1],
  ['visibility_in_air', '能见度', 'Visibility', 'm', 0],
].map(([name, zh, en, unit, decimals]) => ({ name, zh, en, unit, decimals }))

function timeline(at) {
  return {
    now: new Date(NOW).toISOString(),
    at: new Date(at).toISOString(),
    live: at === NOW,
    exercise: true,
    note: '',
    bounds: BOUNDS,
    frames: state.bare ? [] : frames(at),
    run: 'fixture',
    legend: {
      title: '雨强',
      unit: 'mm/h',
      swatches: RATE_STEPS.map((low, i) => ({ low, high: RATE_STEPS[i + 1] ?? null, colour: RATE_COLOURS[i] })),
    },
  }
}

function api(path, query) {
  const at = query.get('at') ? Date.parse(query.get('at')) : NOW
  const day = /^stations\/(.+)\/series$/.exec(path)
  if (day) return series(ground.districts, decodeURIComponent(day[1]), Number(query.get('hours') ?? 24), at)
  if (path === 'map/stations')
    return {
      at: new Date(at).toISOString(),
      version: `${at}`,
      stations: state.bare ? [] : stations(ground.districts, at),
    }
  if (path === 'warn/state') return state.bare ? { in_force: [], proposals: [] } : warnState(at)
  return { 'map/districts': () => ground, 'map/elements': () => ELEMENTS, 'map/timeline': () => timeline(at) }[path]?.()
}

function evidence() {
  const shown = stations(ground.districts, NOW).filter(({ district }) =>
    ['320507', '320583', '320508'].includes(district),
  )
  return {
    districts: ground.districts,
    context: ground.context,
    bounds: ground.bounds,
    unit: 'mm',
    decimals: 1,
    marked: { 320507: { colour: 'orange', words: '暴雨 70%' }, 320583: { colour: 'orange', words: '暴雨 62%' } },
    stations: shown.map(({ id, zh, lon, lat, rain_1h, flags }) => ({
      id,
      zh,
      lon,
      lat,
      value: rain_1h,
      flag: flags.precipitation_amount,
      meets: (rain_1h ?? 0) > 8,
    })),
  }
}

function page(url) {
  const pages = {
    '/': 'web/home.html',
    '/login/': 'registration/login.html',
    '/404/': '404.html',
    '/403/': '403.html',
    '/500/': '500.html',
  }
  const template =
    pages[url.pathname] ?? (url.pathname.match(/^\/(warn|observe|publish|verify|jobs)\//) ? '403.html' : null)
  if (url.pathname === '/evidence/') return shell()
  if (!template) return null
  const given = {
    path: url.pathname,
    now: new Date(NOW).toISOString(),
    rate: 8,
    language: url.searchParams.get('language') ?? 'zh-hans',
    cookies: { theme: url.searchParams.get('theme') ?? '' },
  }
  return render(template, JSON.stringify(given))
}

function shell() {
  const frame = page(new URL('http://x/404/'))
  const manifest = JSON.parse(readFileSync('xiangtian/web/static/dist/manifest.json', 'utf8'))
  const entry = manifest['frontend/src/evidence/evidence.ts']
  const block = `<script type="application/json" id="proof">${JSON.stringify(evidence()).replaceAll('<', '\\u003c')}</script>`
  const sheets = [...(entry.css ?? []), ...entry.imports.flatMap((name) => manifest[name].css ?? [])].map(
    (css) => `<link rel="stylesheet" href="/static/dist/${css}">`,
  )
  return frame
    .replace('</head>', `${sheets.join('')}<script type="module" src="/static/dist/${entry.file}"></script></head>`)
    .replace('<div class="card">', `${block}<div class="evidence-map" data-evidence="proof"></div><div class="card">`)
}

function answer(url) {
  if (url.searchParams.has('bare') || url.pathname === '/')
    Object.assign(state, { bare: url.searchParams.has('bare'), broken: url.searchParams.has('broken'), asked: 0 })
  const picture = /^\/frames\/(\d+)\.png$/.exec(url.pathname)
  if (picture) return ['image/png', png(classes(Number(picture[1])), RATE_COLOURS)]
  if (url.pathname.startsWith('/api/')) {
    state.asked += 1
    if (state.broken && state.asked > 5) return null
    const found = api(url.pathname.slice(5), url.searchParams)
    return found ? ['application/json', JSON.stringify(found)] : null
  }
  if (url.pathname.startsWith('/static/')) {
    const path = join('xiangtian/web/static', normalize(url.pathname.slice(8)))
    return existsSync(path) ? [KINDS[extname(path)] ?? 'application/octet-stream', readFileSync(path)] : null
  }
  const html = page(url)
  return html === null ? null : ['text/html; charset=utf-8', html]
}

createServer((request, response) => {
  const found = answer(new URL(request.url, 'http://x'))
  response.setHeader('Content-Security-Policy', POLICY)
  if (!found) return response.writeHead(404).end()
  return response.writeHead(200, { 'Content-Type': found[0] }).end(found[1])
}).listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/`))
