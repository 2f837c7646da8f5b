/** The side panel: the city in four figures, warnings in force, proposals waiting, the highest values. */

import type { Proposal, Station, Warning, WarnState } from '../api'
import { dayTime } from '../beijing'
import { fill, h } from '../dom'
import { say } from '../text'
import { PICKS, type Pick, shown, written } from './pick'
import { figures } from './summary'

type Choose = (id: string) => void

/** A part of the panel with its heading. */
export function part(title: string, more: Node | string | null, ...body: (Node | null)[]): HTMLElement {
  const head = h('header', {}, h('h2', {}, title), more ? h('span', { class: 'more' }, more) : null)
  return h('section', { class: 'card' }, head, h('div', { class: 'body' }, ...body))
}

/** The city in four figures. */
export function city(root: HTMLElement, stations: Station[], choose: Choose): void {
  const tiles = figures(stations).map(({ words, number, unit, where, station }) => {
    const inside = [
      h('b', {}, number, unit ? h('small', {}, ` ${unit}`) : null),
      h('span', {}, words),
      h('em', {}, where),
    ]
    return station
      ? h('button', { class: 'tile', type: 'button', 'data-keep': words, onclick: () => choose(station) }, ...inside)
      : h('div', { class: 'tile' }, ...inside)
  })
  fill(root, h('div', { class: 'tiles' }, ...tiles))
}

/** Warnings in force and proposals waiting. */
export function warnings(root: HTMLElement, state: WarnState, districts: ReadonlyMap<string, string>): void {
  const held = state.in_force.map((warning) => warned(warning, districts))
  const waiting = state.proposals.map(proposed)
  const none = (words: string) => h('p', { class: 'muted none' }, words)
  const desk = h('a', { href: '/warn/' }, say('工作台'))
  fill(
    root,
    part(`${say('生效预警')}${count(held.length)}`, desk, ...(held.length ? held : [none(say('目前没有生效的预警'))])),
    part(
      `${say('待办提案')}${count(waiting.length)}`,
      null,
      ...(waiting.length ? waiting : [none(say('没有等待处理的提案'))]),
    ),
  )
}

function count(many: number): string {
  return many > 0 ? ` ${many}` : ''
}

const COLOUR_ZH = { blue: '蓝色', yellow: '黄色', orange: '橙色', red: '红色' } as const

/** A signal: its kind and colour on its fixed ground. */
export function signalChip(kind: string, colour: Warning['colour']): HTMLElement {
  return h('span', { class: `signal ${colour}` }, say(kind), h('br'), h('small', {}, say(COLOUR_ZH[colour])))
}

function warned(warning: Warning, districts: ReadonlyMap<string, string>): HTMLElement {
  const areas = warning.areas.map((code) => districts.get(code) ?? code).join('、')
  const until = warning.expires ? ` · ${say('至')} ${dayTime(Date.parse(warning.expires))}` : ''
  const drill = warning.status === 'Exercise' ? h('span', { class: 'badge exercise-mark' }, say('演练')) : null
  const title = warning.url ? h('a', { href: warning.url }, warning.headline) : warning.headline
  return h(
    'article',
    { class: 'item' },
    signalChip(warning.kind_zh, warning.colour),
    h(
      'div',
      {},
      h('p', {}, title, ' ', drill),
      h('p', { class: 'muted' }, `${dayTime(Date.parse(warning.sent))} ${say('签发')}${until} · ${areas}`),
    ),
  )
}

function proposed(proposal: Proposal): HTMLElement {
  const areas = proposal.districts.map((district) => district.zh).join('、')
  return h(
    'article',
    { class: 'item' },
    signalChip(proposal.kind_zh, proposal.colour),
    h(
      'div',
      {},
      h('p', {}, h('a', { href: proposal.url ?? '/warn/' }, areas)),
      h('p', { class: 'muted' }, `${dayTime(Date.parse(proposal.since))} ${say('起')} · ${proposal.words}`),
    ),
  )
}

/** The stations with the highest values of the chosen element. */
export function highest(
  root: HTMLElement,
  stations: Station[],
  pick: Pick,
  districts: ReadonlyMap<string, string>,
  choose: Choose,
): void {
  const rows = ranked(stations, pick, 6).map(({ station, value }) =>
    h(
      'tr',
      {},
      h(
        'td',
        {},
        h(
          'button',
          { class: 'link', type: 'button', 'data-keep': station.id, onclick: () => choose(station.id) },
          station.zh,
        ),
      ),
      h('td', { class: 'muted' }, districts.get(station.district) ?? ''),
      h('td', { class: 'num' }, written(value, pick.decimals)),
    ),
  )
  const table = h('table', { class: 'table tight' }, h('tbody', {}, ...rows))
  fill(
    root,
    part(say(pick.most), pick.unit, rows.length > 0 ? table : h('p', { class: 'muted none' }, say('没有可用的值'))),
  )
}

/** Rank stations by the chosen element, the most remarkable first; doubtful, old and dry ones are left out. */
export function ranked(stations: Station[], pick: Pick, many: number): { station: Station; value: number }[] {
  const lowest = pick === PICKS.find(({ key }) => key === 'visibility')
  return stations
    .map((station) => ({ station, ...shown(station, pick) }))
    .filter(({ state }) => state === 'good' || state === 'corrected' || state === 'unchecked')
    .flatMap(({ station, value }) =>
      value === null || (pick.key === 'rain' && value <= 0) ? [] : [{ station, value }],
    )
    .sort((a, b) => (lowest ? a.value - b.value : b.value - a.value))
    .slice(0, many)
}
