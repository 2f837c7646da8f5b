/** The page of one station: its charts, each with its table; asked for anew each minute unless a past moment is shown. */

import { address, ask, type Element, type Series } from '../api'
import { dayTime } from '../beijing'
import { find } from '../dom'
import { forPage } from '../keys'
import { named, say } from '../text'
import { type Climate, option as climateOption, sheet as climateSheet, words as climateWords } from './climate'
import { type Hours, ofHours, ofSeries, type Panel } from './panels'
import { Plot } from './plot'
import { doubted, list, type Quality, option as qualityOption, sheet as qualitySheet } from './quality'
import { type Rose, option as roseOption, sheet as roseSheet, words as roseWords } from './rose'
import { fold, type Sheet } from './sheet'
import { height, option as stackOption } from './stack'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SHOWN_DOUBTS = 30

const root = find('[data-station]')
const code = root.dataset.station ?? ''
const at = root.dataset.at || null
const here = `stations/${encodeURIComponent(code)}`
let elements: Element[] = []

/** One part of the page: a stage, a line of words, the place of the table. */
class Part {
  readonly plot: Plot
  private round = 0

  constructor(private readonly root: HTMLElement) {
    this.plot = new Plot(find('[data-stage]', root))
  }

  /** Fetch and draw; an older answer never overwrites a newer one. */
  async load<T>(fetch: () => Promise<T>, draw: (told: T) => void): Promise<void> {
    this.round += 1
    const round = this.round
    if (!this.root.dataset.ready) this.say(say('正在载入…'))
    try {
      const told = await fetch()
      if (round === this.round) draw(told)
    } catch {
      if (round === this.round) this.say(say('取不到数据，稍后再试'))
    }
    if (round === this.round) this.root.dataset.ready = 'yes'
  }

  say(words: string): void {
    find('[data-words]', this.root).textContent = words
  }

  table(sheet: () => Sheet, csv: string | null): void {
    fold(find('[data-sheet]', this.root), sheet, csv)
  }
}

const parts = Object.fromEntries(
  ['course', 'rose', 'climate', 'quality'].map((name) => [name, new Part(find(`[data-part=${name}]`))]),
) as Record<'course' | 'rose' | 'climate' | 'quality', Part>

function chosen(name: string): string {
  return find<HTMLInputElement>(`input[name=${name}]:checked`, root).value
}

function unit(name: string): string {
  const known: Record<string, string> = { degC: '℃', 'm s-1': 'm/s', degree: '°', 'W m-2': 'W/m²' }
  const told = elements.find((one) => one.name === name)?.unit ?? ''
  return known[told] ?? told
}

function heading(name: string): string {
  const told = elements.find((one) => one.name === name)
  return told ? `${named(told)} ${unit(name)}` : name
}

function course(): Promise<void> {
  const span = Number(chosen('span'))
  return span > 72 ? hours(span) : readings(span)
}

function readings(span: number): Promise<void> {
  return parts.course.load(
    () => ask<Series>(`${here}/series`, { hours: span, at }),
    (series) => {
      const names = Object.keys(series.elements)
      const rows = () =>
        series.times.map((time, i) => [
          dayTime(Date.parse(time)),
          ...names.map((name) => marked(series.elements[name]?.values[i], series.elements[name]?.flags[i])),
        ])
      const sheet = () => ({ caption: say('逐次读数'), columns: [say('时间'), ...names.map(heading)], rows: rows() })
      show(series.times, ofSeries(series), span, say('▲ 可疑　✕ 错误（不连入曲线，画在边上）'))
      parts.course.table(sheet, address(`${here}/series.csv`, { hours: span, at }))
    },
  )
}

function hours(span: number): Promise<void> {
  const days = span / 24
  return parts.course.load(
    () => ask<Hours>(`${here}/hours`, { days, at }),
    (told) => {
      const has = (name: string, figure: 'sum' | 'mean') =>
        told.elements[name]?.[figure].some((value) => value !== null)
      const figure = (name: string) => (has(name, 'sum') ? 'sum' : 'mean')
      const names = Object.keys(told.elements).filter((name) => has(name, figure(name)))
      const rows = () =>
        told.times.map((time, i) => [
          dayTime(Date.parse(time)),
          ...names.map((name) => written(told.elements[name]?.[figure(name)][i], name)),
        ])
      const sheet = () => ({ caption: say('逐小时值'), columns: [say('小时末'), ...names.map(heading)], rows: rows() })
      show(told.times, ofHours(told), span, say('逐小时平均，阴影为小时最低至最高；可疑与错误值不计'))
      parts.course.table(sheet, address(`${here}/hours.csv`, { days, at }))
    },
  )
}

function marked(value: number | null | undefined, flag: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return `${value}${flag === 2 ? ' ✕' : flag === 1 ? ' ?' : ''}`
}

/** Write a mean or a sum with one digit more than a reading has. */
function written(value: number | null | undefined, name: string): string {
  const decimals = elements.find((one) => one.name === name)?.decimals ?? 1
  return value === null || value === undefined ? '–' : value.toFixed(Math.max(1, decimals))
}

function show(times: string[], panels: Panel[], span: number, words: string): void {
  const opened = Date.parse(at ?? root.dataset.now ?? '')
  const end = at === null ? Math.max(opened, Date.parse(times.at(-1) ?? '') || 0) : opened
  parts.course.say(panels.length > 0 ? words : say('这段时间没有数据'))
  if (panels.length === 0) parts.course.plot.clear()
  else parts.course.plot.show(() => stackOption(panels, [end - span * HOUR_MS, end]), height(panels))
}

function rose(): Promise<void> {
  return parts.rose.load(
    () => ask<Rose>(`${here}/rose`, { hours: chosen('rose'), at }),
    (told) => {
      parts.rose.say(roseWords(told))
      if (told.total === 0) parts.rose.plot.clear()
      else parts.rose.plot.show(() => roseOption(told), 340)
      parts.rose.table(() => roseSheet(told), null)
    },
  )
}

function climate(): Promise<void> {
  const element = find<HTMLSelectElement>('select[name=climate]', root).value
  return parts.climate.load(
    () => ask<Climate>(`${here}/climate`, { element, at }),
    (told) => {
      parts.climate.say(climateWords(told))
      if (told.value.every((value) => value === null)) parts.climate.plot.clear()
      else parts.climate.plot.show(() => climateOption(told, unit(element)), 300)
      parts.climate.table(() => climateSheet(told), null)
    },
  )
}

function quality(): Promise<void> {
  return parts.quality.load(
    () => ask<Quality>(`${here}/quality`, { days: 30, at }),
    (told) => {
      const doubts = doubted(told).reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0)
      const values = told.values.reduce((a, b) => a + b, 0)
      parts.quality.say(say('30 天内 {0} 个值参加检查，各检查共提出疑问 {1} 次', values, doubts))
      if (doubts === 0) parts.quality.plot.clear()
      else parts.quality.plot.show(() => qualityOption(told), 240)
      parts.quality.table(() => qualitySheet(told), null)
      find('[data-doubts]', root).replaceChildren(list(told, elements, SHOWN_DOUBTS))
    },
  )
}

function every(): void {
  void course()
  void rose()
  void quality()
}

async function begin(): Promise<void> {
  elements = await ask<Element[]>('map/elements').catch(() => [])
  every()
  await climate()
  if (at === null) setInterval(every, MINUTE_MS)
}

root.addEventListener('change', (event) => {
  const name =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement ? event.target.name : ''
  if (name === 'span') void course()
  if (name === 'rose') void rose()
  if (name === 'climate') void climate()
})
document.addEventListener('keydown', (event) => {
  if (!forPage(event)) return
  const span = { '1': '24', '2': '72', '3': '720' }[event.key]
  const radio = span && root.querySelector<HTMLInputElement>(`input[name=span][value="${span}"]`)
  if (!radio) return
  radio.checked = true
  void course()
})
void begin()
