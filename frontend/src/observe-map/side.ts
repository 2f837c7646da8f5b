/** The panel: the figures of what is shown, the extremes, the station chosen, how good the analysis is. */

import { dayTime } from '../beijing'
import { tone, word } from '../condition'
import { type Child, fill, h } from '../dom'
import { written } from '../home/pick'
import { say } from '../text'
import type { Analysis, Field, Spot } from './asking'
import { choiceOf } from './choosing'
import { state, usable, withUnit } from './points'
import type { View } from './view'

const SHOWN = 8

export interface Figures {
  stations: number
  used: number
  doubted: number
  mean: number | null
  highest: Spot | null
  lowest: Spot | null
}

/** Count and find; doubted values take no part in mean and extremes. */
export function figures(field: Field): Figures {
  const good = field.stations.filter((spot) => usable(spot, field))
  const order = [...good].sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
  const doubted = field.stations.filter((spot) => ['suspect', 'wrong'].includes(state(spot, field)))
  const sum = good.reduce((total, spot) => total + (spot.value ?? 0), 0)
  return {
    stations: field.stations.length,
    used: good.length,
    doubted: doubted.length,
    mean: good.length > 0 ? sum / good.length : null,
    highest: order[0] ?? null,
    lowest: order.at(-1) ?? null,
  }
}

/** Draw the four figures. */
export function summary(root: HTMLElement, view: Readonly<View>, choose: (id: string) => void): void {
  if (!view.field) return
  const found = figures(view.field)
  const decimals = choiceOf(view)?.decimals ?? 1
  const plain = (words: string, number: string, below: string) =>
    h('div', { class: 'tile' }, h('b', {}, number), h('span', {}, words), h('em', {}, below))
  const extreme = (words: string, spot: Spot | null) =>
    spot === null
      ? plain(words, '–', '')
      : h(
          'button',
          { class: 'tile', type: 'button', onclick: () => choose(spot.id), 'data-keep': words },
          h('b', {}, written(spot.value, decimals)),
          h('span', {}, words),
          h('em', {}, spot.zh),
        )
  fill(
    root,
    h(
      'div',
      { class: 'tiles' },
      plain(say('有值的站'), String(found.used), `/ ${found.stations}`),
      extreme(say('最大'), found.highest),
      extreme(say('最小'), found.lowest),
      plain(say('平均'), written(found.mean, decimals), found.doubted > 0 ? say('{0} 站有疑问', found.doubted) : ''),
    ),
  )
}

/** Draw the list of the extremes, and the way to the whole table. */
export function extremes(
  root: HTMLElement,
  view: Readonly<View>,
  codes: ReadonlyMap<string, string>,
  ranking: string,
  choose: (id: string) => void,
): void {
  const { field } = view
  if (!field) return
  const low = field.how === 'min' || field.element.startsWith('visibility')
  const order = field.stations
    .filter((spot) => usable(spot, field))
    .sort((a, b) => (low ? 1 : -1) * ((a.value ?? 0) - (b.value ?? 0)))
  const rows = order.slice(0, SHOWN).map((spot, place) => {
    const name = h('button', { class: 'link', type: 'button', onclick: () => choose(spot.id) }, spot.zh)
    name.dataset.keep = `extreme-${spot.id}`
    const cells = [h('td', { class: 'num' }, place + 1), h('td', {}, name), h('td', {}, codes.get(spot.district) ?? '')]
    return h('tr', {}, ...cells, h('td', { class: 'num' }, withUnit(spot.value, choiceOf(view))))
  })
  const body =
    rows.length > 0
      ? h('table', { class: 'table tight' }, h('tbody', {}, ...rows))
      : h('p', { class: 'none muted' }, say('没有可用的值'))
  const more = h('a', { class: 'more', href: ranking }, say('全部排名'))
  fill(root, card(low ? say('最小的站') : say('最大的站'), more, body))
}

/** Draw the card of the station chosen. */
export function station(
  root: HTMLElement,
  view: Readonly<View>,
  codes: ReadonlyMap<string, string>,
  close: () => void,
): void {
  const spot = view.field?.stations.find(({ id }) => id === view.station)
  root.hidden = !spot
  if (!spot || !view.field) return
  const told = state(spot, view.field)
  const left = view.analysis?.left_out[spot.id]
  const at = view.at ? `?at=${encodeURIComponent(view.at)}` : ''
  const shut = h('button', { class: 'btn quiet icon more', type: 'button', onclick: close }, '✕')
  shut.setAttribute('aria-label', say('取消选中的站点'))
  const pairs: [string, Child][] = [
    [say('值'), withUnit(spot.value, choiceOf(view))],
    [say('质量'), h('span', { class: `badge ${tone(told)}` }, word(told))],
    [say('时间'), spot.time ? dayTime(Date.parse(spot.time)) : spot.flag === null ? say('从未到报') : '–'],
    [say('风'), spot.speed === null ? '–' : `${written(spot.turn, 0)}° ${written(spot.speed, 1)} m/s`],
  ]
  if (view.field.how !== 'now') pairs.push([say('所用读数'), say('{0} 个，剔除 {1} 个', spot.n, spot.doubted)])
  if (left !== undefined) pairs.push([say('与周围之差'), withUnit(left, choiceOf(view))])
  const facts = pairs.flatMap(([words, value]) => [h('dt', {}, words), h('dd', {}, value)])
  fill(
    root,
    card(
      spot.zh,
      shut,
      h('p', { class: 'muted' }, `${spot.id} · ${codes.get(spot.district) ?? ''} · ${say('海拔 {0} 米', spot.alt)}`),
      h('dl', { class: 'pairs' }, ...facts),
      h('a', { class: 'btn', href: `/observe/stations/${encodeURIComponent(spot.id)}/${at}` }, say('打开站点页')),
    ),
  )
}

/** Say how the field was made and how wrong it is where a station was left out. */
export function quality(root: HTMLElement, view: Readonly<View>): void {
  const wanted = view.layers.shades || view.layers.lines
  root.hidden = !wanted
  if (!wanted) return
  const { analysis, hindrance } = view
  if (hindrance) {
    fill(root, card(say('格点分析'), null, h('p', { class: 'notice warning' }, hindrance)))
    return
  }
  const body = analysis ? told(analysis, view) : h('p', { class: 'muted' }, say('正在分析…'))
  fill(root, card(say('格点分析'), null, body))
}

function told(analysis: Analysis, view: Readonly<View>): HTMLElement {
  const unit = (value: number | null) =>
    withUnit(value, { ...(choiceOf(view) as never as object), decimals: 2 } as never)
  const method = analysis.method === 'optimal' ? say('最优插值') : say('Barnes 客观分析')
  const pairs: [string, string][] = [
    [say('方法'), say('{0}，半径 {1} 公里，{2} 站', method, analysis.radius_km, analysis.stations)],
    [say('留一检验误差'), unit(analysis.mae)],
    [say('用其余站平均'), unit(analysis.plain_mae)],
    [say('场的范围'), `${written(analysis.low, 1)} – ${written(analysis.high, 1)}`],
  ]
  return h('dl', { class: 'pairs' }, ...pairs.flatMap(([words, value]) => [h('dt', {}, words), h('dd', {}, value)]))
}

function card(title: string, more: HTMLElement | null, ...body: Child[]): HTMLElement {
  return h(
    'section',
    { class: 'card' },
    h('header', {}, h('h2', {}, title), more),
    h('div', { class: 'body' }, ...body),
  )
}
