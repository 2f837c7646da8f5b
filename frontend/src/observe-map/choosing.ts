/** Choosing: the element, how its readings become one value, over how long, and what is drawn. */

import { fill, h } from '../dom'
import { named, say } from '../text'
import type { Choice, How } from './asking'
import { HOW_ZH } from './points'
import { fitting, type Layers, type Store, type View } from './view'

/** The elements under the number keys, each with the way it is usually looked at. */
export const QUICK: { name: string; zh: string; how: How }[] = [
  { name: 'air_temperature', zh: '气温', how: 'now' },
  { name: 'precipitation_amount', zh: '雨量', how: 'sum' },
  { name: 'wind_speed', zh: '风速', how: 'now' },
  { name: 'wind_speed_of_gust', zh: '阵风', how: 'max' },
  { name: 'relative_humidity', zh: '湿度', how: 'now' },
  { name: 'surface_air_pressure', zh: '气压', how: 'now' },
  { name: 'visibility_in_air', zh: '能见度', how: 'now' },
  { name: 'mass_concentration_of_pm2p5', zh: 'PM2.5', how: 'now' },
]

/** Windows that are offered, h; any other may be typed. */
export const WINDOWS = [1, 2, 3, 6, 12, 24, 48, 72, 168, 360, 744]

const GROUPS: [string, RegExp][] = [
  ['气温与地温', /temperature/],
  ['降水', /precipitation|snow|evaporation/],
  ['风', /wind/],
  ['气压与湿度', /pressure|humidity/],
  ['空气质量', /mass_concentration/],
  ['其他', /./],
]

/** Sort elements into groups, each into the first that fits. */
export function grouped(choices: Choice[]): [string, Choice[]][] {
  const home = (name: string) => GROUPS.find(([, fits]) => fits.test(name))?.[0]
  return GROUPS.map(([words]) => [words, choices.filter(({ name }) => home(name) === words)])
}

/** Change to an element; the way and window follow as far as the element knows them. */
export function choose(store: Store<View>, name: string, how?: How): void {
  const choice = store.now.choices.find((one) => one.name === name)
  const wanted = { ...store.now, element: name, how: how ?? store.now.how }
  store.put({ element: name, ...fitting(wanted, choice) })
}

/** Go to the next element of the catalogue, or the one before. */
export function turn(store: Store<View>, by: 1 | -1): void {
  const { choices, element } = store.now
  const place = choices.findIndex(({ name }) => name === element)
  const next = choices[(place + by + choices.length) % choices.length]
  if (next) choose(store, next.name)
}

/** Take the next longer or shorter of the windows offered. */
export function widen(store: Store<View>, by: 1 | -1): void {
  const { hours, how } = store.now
  const next = by > 0 ? WINDOWS.find((one) => one > hours) : WINDOWS.findLast((one) => one < hours)
  if (how !== 'now' && next) store.put(fitting({ ...store.now, hours: next }, choiceOf(store.now)))
}

/** Give the chosen element's entry. */
export function choiceOf(view: Readonly<View>): Choice | undefined {
  return view.choices.find(({ name }) => name === view.element)
}

/** Draw the choices over the map; they follow the view. */
export function chooser(root: HTMLElement, store: Store<View>): void {
  const quick = QUICK.map(({ name, zh, how }) => radio('element', name, say(zh), () => choose(store, name, how)))
  const elements = h('div', { class: 'segments', role: 'radiogroup', 'aria-label': say('要素') }, ...quick)
  const more = h('select', { class: 'field more', 'aria-label': say('全部要素') })
  more.addEventListener('change', () => choose(store, more.value))
  const ways = h('div', { class: 'segments', role: 'radiogroup', 'aria-label': say('统计方式') })
  const windows = h('datalist', { id: 'windows' }, ...WINDOWS.map((hours) => h('option', { value: hours })))
  const field = h('input', { type: 'number', class: 'field', min: 0.5, max: 744, step: 'any', list: 'windows' })
  field.addEventListener('change', () => {
    if (field.valueAsNumber > 0) store.put(fitting({ ...store.now, hours: field.valueAsNumber }, choiceOf(store.now)))
    else field.value = String(store.now.hours)
  })
  const window = h('label', { class: 'window' }, field, h('span', {}, say('小时')), windows)
  const list = h('button', { class: 'btn', type: 'button', onclick: () => store.put({ listed: !store.now.listed }) })
  fill(root, elements, more, ways, window, list)
  store.on(['choices'], ({ choices }) => fill(more, ...options(choices)))
  const show = (view: Readonly<View>) => {
    for (const input of elements.querySelectorAll('input')) input.checked = input.value === view.element
    more.value = view.element
    const known = choiceOf(view)?.ways ?? [view.how]
    fill(ways, ...known.map((how) => radio('how', how, say(HOW_ZH[how]), () => way(store, how), how === view.how)))
    ways.hidden = known.length < 2
    window.hidden = view.how === 'now'
    field.value = String(view.hours)
    list.textContent = view.listed ? say('地图') : say('列表')
    list.setAttribute('aria-pressed', String(view.listed))
  }
  store.on(['choices', 'element', 'how', 'hours', 'listed'], show)
  show(store.now)
}

function way(store: Store<View>, how: How): void {
  store.put(fitting({ ...store.now, how }, choiceOf(store.now)))
}

function options(choices: Choice[]): HTMLElement[] {
  return grouped(choices).map(([words, members]) => {
    const each = members.map((one) => h('option', { value: one.name }, named(one)))
    return h('optgroup', { label: say(words) }, ...each)
  })
}

function radio(group: string, value: string, words: string, chosen: () => void, checked = false): HTMLElement {
  const input = h('input', { type: 'radio', name: group, value, class: 'visually-hidden', onchange: chosen, checked })
  input.dataset.keep = `${group}-${value}`
  return h('label', {}, input, h('span', {}, words))
}

const LAYERS: [keyof Layers, string][] = [
  ['numbers', '数值'],
  ['dots', '色点'],
  ['barbs', '风羽'],
  ['shades', '色斑图'],
  ['lines', '等值线'],
]

/** Draw the switches of the layers and of what is shown. */
export function switches(root: HTMLElement, store: Store<View>): void {
  const layers = LAYERS.map(([name, zh]) => {
    const flip = () => store.put({ layers: { ...store.now.layers, [name]: !store.now.layers[name] } })
    return box(say(zh), flip, (view) => view.layers[name], store)
  })
  const others = [
    box(
      say('只看可信'),
      () => store.put({ good: !store.now.good }),
      ({ good }) => good,
      store,
    ),
    box(
      say('色标贴合数值'),
      () => store.put({ fitted: !store.now.fitted }),
      ({ fitted }) => fitted,
      store,
    ),
    box(
      say('色弱友好配色'),
      () => store.put({ safe: !store.now.safe }),
      ({ safe }) => safe,
      store,
    ),
  ]
  const title = h('h2', {}, say('图层'))
  fill(
    root,
    h('section', { class: 'card' }, h('header', {}, title), h('div', { class: 'body boxes' }, ...layers, ...others)),
  )
}

function box(words: string, flip: () => void, on: (view: Readonly<View>) => boolean, store: Store<View>): HTMLElement {
  const input = h('input', { type: 'checkbox', onchange: flip })
  const show = (view: Readonly<View>) => {
    input.checked = on(view)
  }
  store.on(['layers', 'good', 'fitted', 'safe'], show)
  show(store.now)
  return h('label', {}, input, ' ', words)
}
