/** The list: every station and its values as a table, for the keyboard, the screen reader and the quick search. */

import type { Station } from '../api'
import { tone, word } from '../condition'
import { fill, h } from '../dom'
import { say } from '../text'
import { PICKS, type Pick, shown, written } from './pick'

type Key = 'zh' | 'district' | 'age' | Pick['key']

/** Put stations into order; those without a value come last either way. */
export function ordered(stations: Station[], key: Key, rising: boolean): Station[] {
  const value = rank(key)
  const turn = rising ? 1 : -1
  return [...stations].sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    if (typeof x === 'string' || typeof y === 'string') return turn * String(x).localeCompare(String(y), 'zh')
    return turn * (x - y)
  })
}

function rank(key: Key): (station: Station) => string | number | null {
  if (key === 'zh') return (station) => station.zh
  if (key === 'district') return (station) => station.district
  if (key === 'age') return (station) => station.age_min
  const pick = PICKS.find((one) => one.key === key)
  return (station) => (pick ? shown(station, pick).value : null)
}

/** Keep the stations whose number, name or district holds the words. */
export function matching(stations: Station[], words: string, districts: ReadonlyMap<string, string>): Station[] {
  const sought = words.trim().toLowerCase()
  if (!sought) return stations
  return stations.filter((station) =>
    `${station.id} ${station.zh} ${districts.get(station.district) ?? ''}`.toLowerCase().includes(sought),
  )
}

/** Draws the list and keeps its order and search. */
export class Listing {
  private key: Key = 'rain'
  private rising = false
  private stations: Station[] = []
  private readonly search = h('input', {
    class: 'field',
    type: 'search',
    placeholder: say('站号、站名或区县'),
    'aria-label': say('查找站点'),
  })
  private readonly head = h('tr')
  private readonly body = h('tbody')
  private readonly count = h('span', { class: 'muted', role: 'status' })

  constructor(
    root: HTMLElement,
    private readonly districts: ReadonlyMap<string, string>,
    private readonly choose: (id: string) => void,
  ) {
    this.search.addEventListener('input', () => this.draw())
    const caption = h('caption', { class: 'visually-hidden' }, say('各站最新值'))
    const table = h('table', { class: 'table tight' }, caption, h('thead', {}, this.head), this.body)
    const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': say('各站最新值') }, table)
    fill(root, h('div', { class: 'searching' }, this.search, this.count), scroll)
  }

  /** Show these stations. */
  show(stations: Station[]): void {
    this.stations = stations
    this.draw()
  }

  private draw(): void {
    const found = ordered(matching(this.stations, this.search.value, this.districts), this.key, this.rising)
    this.count.textContent = say('{0} 个站', found.length)
    fill(
      this.head,
      this.column('zh', say('站点')),
      this.column('district', say('区县')),
      this.column('age', say('几分钟前')),
      ...PICKS.map((pick) => this.column(pick.key, `${say(pick.zh)} ${pick.unit}`, true)),
    )
    const none = h('tr', {}, h('td', { colspan: 3 + PICKS.length }, h('p', { class: 'empty' }, say('没有符合的站点'))))
    fill(this.body, ...(found.length > 0 ? found.map((station) => this.row(station)) : [none]))
  }

  private column(key: Key, words: string, number = false): HTMLElement {
    const sorted = this.key === key ? (this.rising ? 'ascending' : 'descending') : 'none'
    const turn = () => {
      this.rising = this.key === key ? !this.rising : key === 'zh' || key === 'district'
      this.key = key
      this.draw()
    }
    const arrow = { ascending: ' ↑', descending: ' ↓', none: '' }[sorted]
    return h(
      'th',
      { scope: 'col', class: number ? 'num' : null, 'aria-sort': sorted },
      h('button', { type: 'button', onclick: turn, 'data-keep': `column-${key}` }, `${words}${arrow}`),
    )
  }

  private row(station: Station): HTMLElement {
    const name = h(
      'button',
      { class: 'link', type: 'button', onclick: () => this.choose(station.id), 'data-keep': station.id },
      station.zh,
    )
    const cells = PICKS.map((pick) => {
      const { value, state } = shown(station, pick)
      const doubt =
        state === 'good' || state === 'corrected' ? null : h('span', { class: `badge ${tone(state)}` }, word(state))
      return h('td', { class: 'num' }, doubt, doubt ? ' ' : null, written(value, pick.decimals))
    })
    const age = station.age_min === null ? '–' : Math.round(station.age_min)
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, name, h('small', { class: 'muted' }, ` ${station.id}`)),
      h('td', {}, this.districts.get(station.district) ?? ''),
      h('td', { class: 'num' }, age),
      ...cells,
    )
  }
}
