/** The data table of the map: every station with its value, quality, time and count, to be sorted and searched. */

import { dayTime } from '../beijing'
import { tone, word } from '../condition'
import { type Child, fill, h } from '../dom'
import { written } from '../home/pick'
import { say } from '../text'
import type { Field, Spot } from './asking'
import { choiceOf } from './choosing'
import { heading } from './legend'
import { state } from './points'
import type { View } from './view'

export type Key = 'zh' | 'district' | 'value' | 'state' | 'time' | 'n' | 'left'

/** What a column sorts by; null comes last either way. */
export function rank(spot: Spot, key: Key, field: Field, left: Record<string, number>): string | number | null {
  if (key === 'left') return left[spot.id] ?? null
  if (key === 'state') return state(spot, field)
  return spot[key]
}

/** Put stations into order. */
export function ordered(field: Field, key: Key, rising: boolean, left: Record<string, number> = {}): Spot[] {
  const turn = rising ? 1 : -1
  return [...field.stations].sort((a, b) => {
    const [x, y] = [rank(a, key, field, left), rank(b, key, field, left)]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    if (typeof x === 'number' && typeof y === 'number') return turn * (x - y)
    return turn * String(x).localeCompare(String(y), 'zh')
  })
}

/** Draws the table and keeps its order and search. */
export class Listing {
  private key: Key = 'value'
  private rising = false
  private view: Readonly<View> | null = null
  private readonly search = h('input', { class: 'field', type: 'search', placeholder: say('站号、站名或区县') })
  private readonly head = h('tr')
  private readonly body = h('tbody')
  private readonly caption = h('caption', { class: 'visually-hidden' })
  private readonly count = h('span', { class: 'muted', role: 'status' })

  constructor(
    root: HTMLElement,
    private readonly codes: ReadonlyMap<string, string>,
    private readonly choose: (id: string) => void,
  ) {
    this.search.setAttribute('aria-label', say('查找站点'))
    this.search.addEventListener('input', () => this.draw())
    const table = h('table', { class: 'table tight' }, this.caption, h('thead', {}, this.head), this.body)
    const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': say('各站的值') }, table)
    fill(root, h('div', { class: 'searching' }, this.search, this.count), scroll)
  }

  /** Show what the map shows. */
  show(view: Readonly<View>): void {
    this.view = view
    this.draw()
  }

  private draw(): void {
    const { view } = this
    if (!view?.field) return
    const left = view.analysis?.left_out ?? {}
    const found = ordered(view.field, this.key, this.rising, left).filter((spot) => this.fits(spot))
    const { words, unit } = heading(view)
    this.caption.textContent = words
    this.count.textContent = say('{0} 个站', found.length)
    fill(
      this.head,
      this.column('zh', say('站点')),
      this.column('district', say('区县')),
      this.column('value', `${words} ${unit}`, true),
      this.column('state', say('质量')),
      this.column('time', say('时间')),
      this.column('n', say('所用读数'), true),
      view.analysis ? this.column('left', say('与周围之差'), true) : null,
    )
    const none = h('tr', {}, h('td', { colspan: 7 }, h('p', { class: 'empty' }, say('没有符合的站点'))))
    fill(this.body, ...(found.length > 0 ? found.map((spot) => this.row(spot, view, left)) : [none]))
  }

  private fits(spot: Spot): boolean {
    const sought = this.search.value.trim().toLowerCase()
    const doubted = this.view?.field && ['suspect', 'wrong'].includes(state(spot, this.view.field))
    if (this.view?.good && doubted) return false
    return `${spot.id} ${spot.zh} ${this.codes.get(spot.district) ?? ''}`.toLowerCase().includes(sought)
  }

  private column(key: Key, words: string, number = false): HTMLElement {
    const sorted = this.key === key ? (this.rising ? 'ascending' : 'descending') : 'none'
    const turn = () => {
      this.rising = this.key === key ? !this.rising : key === 'zh' || key === 'district'
      this.key = key
      this.draw()
    }
    const arrow = { ascending: ' ↑', descending: ' ↓', none: '' }[sorted]
    const button = h('button', { type: 'button', onclick: turn, 'data-keep': `column-${key}` }, `${words}${arrow}`)
    return h('th', { scope: 'col', class: number ? 'num' : null, 'aria-sort': sorted }, button)
  }

  private row(spot: Spot, view: Readonly<View>, left: Record<string, number>): HTMLElement {
    const field = view.field as Field
    const told = state(spot, field)
    const decimals = choiceOf(view)?.decimals ?? 1
    const name = h('button', { class: 'link', type: 'button', onclick: () => this.choose(spot.id) }, spot.zh)
    name.dataset.keep = spot.id
    name.dataset.row = ''
    const number = (...cells: Child[]) => h('td', { class: 'num' }, ...cells)
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, name, h('small', { class: 'muted' }, ` ${spot.id}`)),
      h('td', {}, this.codes.get(spot.district) ?? ''),
      number(told === 'wrong' ? h('s', {}, written(spot.value, decimals)) : written(spot.value, decimals)),
      h('td', {}, h('span', { class: `badge ${tone(told)}` }, word(told))),
      h('td', {}, spot.time ? dayTime(Date.parse(spot.time)) : '–'),
      number(spot.n),
      view.analysis ? number(written(left[spot.id], decimals + 1)) : null,
    )
  }
}
