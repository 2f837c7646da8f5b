/** The health matrix: station by hour on a canvas; pointer and arrow keys read the numbers, Enter opens the station. */

import { address, ask } from '../api'
import { clockTime, dayTime } from '../beijing'
import { find, h } from '../dom'
import { forPage } from '../keys'
import { fold } from '../station/sheet'
import { say } from '../text'
import { token } from '../theme'
import {
  colour,
  type Health,
  key,
  type Line,
  type Measure,
  matching,
  moved,
  type Order,
  ordered,
  share,
  whole,
} from './matrix'

const ROW_PX = 15
const HEAD_PX = 20
const MINUTE_MS = 60_000
/** No browser takes a higher canvas. */
const MOST_PX = 32_000

const root = find('[data-health]')
const at = root.dataset.at || null
const districts = JSON.parse(root.dataset.districts ?? '{}') as Record<string, string>
const canvas = find<HTMLCanvasElement>('[data-cells]', root)
const head = find<HTMLCanvasElement>('[data-hours]', root)
const board = find('[data-board]', root)
const frame = h('div', { class: 'frame', hidden: true })
const readout = find('[data-readout]', root)
const words = find('[data-words]', root)

let health: Health | null = null
let lines: Line[] = []
let place: [row: number, column: number] | null = null

function value(name: string): string {
  const field = root.querySelector<HTMLInputElement | HTMLSelectElement>(
    `input[name=${name}]:checked, select[name=${name}], input[type=search][name=${name}]`,
  )
  return field?.value ?? ''
}

const measure = (): Measure => (value('measure') === 'punctual' ? 'punctual' : 'arrived')

/** Where the columns stand: names take the left, the last column ends at the right edge. */
function layout(): { left: number; width: number; cell: number } {
  const width = canvas.clientWidth
  const left = width < 520 ? 74 : 130
  return { left, width, cell: (width - left - 2) / Math.max(1, health?.ends.length ?? 1) }
}

function arrange(): void {
  if (!health) return
  const order = value('order') as Order
  lines = ordered(matching(health.stations, value('district'), value('words')), order || 'district', measure())
  place = place && lines.length > 0 ? moved(place, [0, 0], [lines.length, health.ends.length]) : null
  draw()
  summarise(health)
}

function draw(): void {
  if (!health) return
  const paints = { none: token('absent-soft'), ink: token('ink'), national: token('accent'), muted: token('muted') }
  hours(prepared(head, HEAD_PX), health, paints.muted)
  const brush = prepared(canvas, lines.length * ROW_PX)
  for (const [row, line] of lines.entries()) drawLine(brush, line, row, paints)
  show()
}

/** Make a canvas as wide as its place, so many pixels high, as sharp as the screen (and the browser) allow. */
function prepared(one: HTMLCanvasElement, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(2, devicePixelRatio || 1, MOST_PX / Math.max(1, height))
  one.style.height = `${height}px`
  one.width = Math.round(one.clientWidth * ratio)
  one.height = Math.round(height * ratio)
  const brush = one.getContext('2d')
  if (!brush) throw new Error('this browser gives no canvas to draw on')
  brush.scale(ratio, ratio)
  brush.font = `12px ${token('font')}`
  brush.textBaseline = 'middle'
  return brush
}

function hours(brush: CanvasRenderingContext2D, told: Health, ink: string): void {
  const { left, cell, width } = layout()
  brush.fillStyle = ink
  const every = [1, 3, 6, 12, 24].find((step) => step * cell >= 40) ?? 24
  for (const [column, end] of told.ends.entries()) {
    const ms = Date.parse(end)
    const hour = Number(clockTime(ms).slice(0, 2))
    const text = hour === 0 ? dayTime(ms).slice(0, 5) : String(hour)
    if (hour % every === 0) brush.fillText(text, Math.min(left + column * cell, width - 34), HEAD_PX / 2)
  }
}

type Paints = { none: string; ink: string; national: string }

function drawLine(brush: CanvasRenderingContext2D, line: Line, row: number, paints: Paints): void {
  const { left, cell } = layout()
  const top = row * ROW_PX
  brush.fillStyle = line.national ? paints.national : paints.ink
  brush.fillText(line.zh || line.id, 2, top + ROW_PX / 2, left - 8)
  const gap = cell > 5 ? 1 : 0
  for (const column of line.due.keys()) {
    const found = share(line, column, measure())
    brush.fillStyle = found === null ? paints.none : colour(found)
    brush.fillRect(left + column * cell, top, cell - gap, ROW_PX - 1)
  }
}

/** Put the frame around the chosen cell. */
function show(): void {
  frame.hidden = place === null
  if (!place) return
  const { left, cell } = layout()
  frame.style.width = `${cell + 2}px`
  frame.style.height = `${ROW_PX + 1}px`
  frame.style.transform = `translate(${left + place[1] * cell - 2}px, ${HEAD_PX + place[0] * ROW_PX - 1}px)`
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)}%`
}

function tell(): void {
  const line = place && lines[place[0]]
  const end = place && health?.ends[place[1]]
  if (!place || !line || !end) {
    readout.replaceChildren(say('指向或用方向键选一格，回车打开该站'))
    return
  }
  const [due, arrived, punctual] = [line.due, line.arrived, line.punctual].map((row) => row[place?.[1] ?? 0] ?? 0)
  const span = `${dayTime(Date.parse(end) - 60 * MINUTE_MS)}–${clockTime(Date.parse(end))}`
  const counts = due ? say('应到 {0}，实到 {1}，及时 {2}', due, arrived ?? 0, punctual ?? 0) : say('没有应到的报')
  readout.replaceChildren(
    h('a', { href: page(line) }, `${line.zh} ${line.id}`),
    ` · ${districts[line.district] ?? ''} · ${span} · ${counts}${line.guessed ? ` · ${say('无任务，按常见间隔推算')}` : ''}`,
  )
}

function page(line: Line): string {
  return `/observe/stations/${encodeURIComponent(line.id)}/${at ? `?at=${encodeURIComponent(at)}` : ''}`
}

function summarise(told: Health): void {
  const shares = lines.map((line) => whole(line, measure())).filter((one) => one !== null)
  const bad = shares.filter((one) => one < 0.95).length
  const mean = shares.length > 0 ? shares.reduce((a, b) => a + b, 0) / shares.length : null
  words.textContent =
    lines.length > 0
      ? say('{0} 个站，平均 {1}，不足 95% 的 {2} 个', lines.length, percent(mean), bad)
      : say('没有符合的站点')
  canvas.setAttribute('aria-label', words.textContent)
  const rows = () =>
    lines.map((line) => [
      `${line.zh} ${line.id}`,
      districts[line.district] ?? '',
      ...[line.due, line.arrived, line.punctual].map((row) => String(row.reduce((a, b) => a + b, 0))),
      percent(whole(line, 'arrived')),
      percent(whole(line, 'punctual')),
    ])
  const columns = [say('站点'), say('区县'), say('应到'), say('实到'), say('及时'), say('到报率'), say('及时率')]
  const csv = address('network/health.csv', { hours: told.ends.length, at })
  fold(find('[data-sheet]', root), () => ({ caption: say('各站到报与及时'), columns, rows: rows() }), csv)
}

function under(event: MouseEvent): [number, number] | null {
  const { left, cell } = layout()
  const box = canvas.getBoundingClientRect()
  const row = Math.floor((event.clientY - box.top) / ROW_PX)
  const column = Math.floor((event.clientX - box.left - left) / cell)
  return row >= 0 && row < lines.length && column < (health?.ends.length ?? 0) ? [row, Math.max(0, column)] : null
}

function go(next: [number, number] | null): void {
  place = next
  show()
  tell()
}

function open(): void {
  const line = place && lines[place[0]]
  if (line) location.assign(page(line))
}

function steer(event: KeyboardEvent): void {
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-20, 0],
    PageDown: [20, 0],
  }
  if (event.key === 'Enter') open()
  const by = steps[event.key]
  if (!by || !health || lines.length === 0) return
  event.preventDefault()
  go(place ? moved(place, by, [lines.length, health.ends.length]) : [0, health.ends.length - 1])
  frame.scrollIntoView({ block: 'nearest' })
}

async function load(): Promise<void> {
  if (!health) words.textContent = say('正在载入…')
  try {
    health = await ask<Health>('network/health', { hours: value('hours') || 24, at })
    arrange()
    if (!place) tell()
  } catch {
    words.textContent = say('取不到数据，稍后再试')
  }
  root.dataset.ready = 'yes'
}

function legend(): void {
  const steps = key()
  find('[data-key]', root).replaceChildren(
    ...steps.map(([low, fill], i) => {
      const next = steps[i + 1]?.[0]
      const patch = h('i', {})
      patch.style.background = fill
      const text = next === undefined ? `≥ ${low * 100}%` : `${low * 100}–${next * 100}%`
      return h('span', {}, patch, text)
    }),
    h('span', {}, h('i', { class: 'none' }), say('无任务')),
  )
}

root.addEventListener('change', (event) => {
  const name =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement ? event.target.name : ''
  if (name === 'hours') void load()
  else arrange()
})
root.addEventListener('input', (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === 'search') arrange()
})
canvas.addEventListener('pointermove', (event) => {
  if (event.pointerType === 'mouse') go(under(event))
})
canvas.addEventListener('click', (event) => {
  const touched = under(event)
  const again = touched && place && touched[0] === place[0] && touched[1] === place[1]
  const mouse = matchMedia('(hover: hover)').matches
  go(touched)
  if (touched && (mouse || again)) open()
})
canvas.addEventListener('keydown', steer)
document.addEventListener('keydown', (event) => {
  if (forPage(event) && event.key === 'm')
    root.querySelector<HTMLInputElement>('input[name=measure]:not(:checked)')?.click()
})
document.addEventListener('xt:theme', draw)
new ResizeObserver(draw).observe(board)
board.append(frame)
legend()
void load()
if (at === null) setInterval(load, MINUTE_MS)
