/** The chosen station: who it is, its latest values with what is thought of them, and its last day as a chart. */

import { ask, type Element, type Series, type Station } from '../api'
import { beijing } from '../beijing'
import { condition, tone, word } from '../condition'
import { fill, h } from '../dom'
import { named, say } from '../text'
import type { DayChart } from './chart'
import { entry, unitWritten, written } from './pick'

const HOURS = 24
/** Room kept for the chart until it is known how many panels it has. */
const ROOM_PX = 494

/** Draws the station's part of the panel. */
export class StationPanel {
  private readonly facts = h('div')
  private readonly stage = h('div', { class: 'chart', role: 'img' })
  private readonly note = h('p', { class: 'muted', role: 'status' })
  private chart: DayChart | null = null
  private drawn = ''
  private round = 0

  constructor(
    private readonly root: HTMLElement,
    private readonly close: () => void,
  ) {}

  /** Show a station as it stood (`at`: null is now); the chart is asked for again only when it would differ. */
  async show(
    station: Station | null,
    elements: Element[],
    district: string,
    at: string | null,
    version: string,
  ): Promise<void> {
    this.root.hidden = station === null
    if (!station) {
      this.forget()
      return
    }
    this.head(station, elements, district)
    const wanted = `${station.id} ${at} ${version}`
    if (wanted === this.drawn) return
    this.drawn = wanted
    await this.day(station, at)
  }

  /** The theme has changed: draw the chart again. */
  repaint(): void {
    this.chart?.repaint()
  }

  private forget(): void {
    this.drawn = ''
    this.round += 1
    this.chart?.dispose()
    this.chart = null
  }

  private head(station: Station, elements: Element[], district: string): void {
    if (!this.root.contains(this.stage)) this.frame()
    const title = this.root.querySelector('h2')
    if (title) title.textContent = station.zh
    const time = station.time === null ? say('从未到报') : `${beijing(Date.parse(station.time)).slice(5, 16)}`
    const kind = station.national ? say('国家站') : station.drill ? say('演练虚拟站') : say('区域站')
    const line = h('p', { class: 'muted' }, `${station.id} · ${kind} · ${district} · ${time}`)
    fill(this.facts, line, values(station, elements))
  }

  private frame(): void {
    this.stage.style.height = `${ROOM_PX}px`
    const shut = h(
      'button',
      { class: 'btn quiet icon more', type: 'button', 'aria-label': say('取消选中的站点'), onclick: this.close },
      '✕',
    )
    const head = h('header', {}, h('h2', {}), shut)
    fill(
      this.root,
      h('section', { class: 'card station' }, head, h('div', { class: 'body' }, this.facts, this.stage, this.note)),
    )
  }

  private async day(station: Station, at: string | null): Promise<void> {
    this.round += 1
    const round = this.round
    if (!this.chart) this.note.textContent = say('正在载入 {0} 小时变化…', HOURS)
    try {
      const [series, { DayChart }] = await Promise.all([
        ask<Series>(`stations/${encodeURIComponent(station.id)}/series`, { hours: HOURS, at }),
        import('./chart'),
      ])
      if (round !== this.round) return
      this.chart ??= new DayChart(this.stage)
      const drawn = this.chart.show(series)
      this.stage.setAttribute('aria-label', say('{0} 最近 {1} 小时的变化曲线', station.zh, HOURS))
      this.note.textContent = drawn
        ? say('▲ 可疑　✕ 错误（不连入曲线，画在边上）')
        : say('最近 {0} 小时没有数据', HOURS)
    } catch {
      if (round === this.round) this.note.textContent = say('曲线取不到，稍后再试')
      this.drawn = ''
    }
  }
}

function values(station: Station, elements: Element[]): HTMLElement {
  const rows = Object.entries(station.values).flatMap(([name, value]) => {
    const state = condition(value, station.flags[name], station.age_min)
    if (value === null && state === 'no_task') return []
    const { zh, en, unit, decimals } = entry(elements, name)
    const badge = state === 'good' ? null : h('span', { class: `badge ${tone(state)}` }, word(state))
    return [
      h(
        'div',
        {},
        h('dt', {}, named({ zh, en })),
        h('dd', {}, badge, ' ', written(value, decimals), h('small', {}, ` ${unitWritten(unit)}`)),
      ),
    ]
  })
  return h('dl', { class: 'values' }, ...rows)
}
