/** Choosing: which element the stations show, radar on or off, map or list; and the legend of what is chosen. */

import type { Timeline } from '../api'
import { RAIN_RATE, type Ramp } from '../colours'
import { fill, h } from '../dom'
import { say } from '../text'
import { PICKS, type Pick } from './pick'
import type { Store, View } from './view'

/** Narrower windows begin with the legend folded. */
const WIDE_PX = 860

/** Draw the choices once; they follow the view. */
export function picker(root: HTMLElement, store: Store): void {
  const radios = PICKS.map((pick) => radio(pick, store))
  const group = h('div', { class: 'segments', role: 'radiogroup', 'aria-label': say('要素') }, ...radios)
  const radar = h(
    'button',
    { class: 'btn', type: 'button', onclick: () => store.put({ radar: !store.now.radar }) },
    say('雷达'),
  )
  const list = h('button', { class: 'btn', type: 'button', onclick: () => store.put({ listed: !store.now.listed }) })
  const show = (view: Readonly<View>) => {
    for (const input of group.querySelectorAll('input')) input.checked = input.value === view.pick
    radar.setAttribute('aria-pressed', String(view.radar))
    radar.hidden = view.listed
    list.setAttribute('aria-pressed', String(view.listed))
    list.textContent = view.listed ? say('地图') : say('列表')
  }
  fill(root, group, radar, list)
  store.on(['pick', 'radar', 'listed'], show)
  show(store.now)
}

function radio(pick: Pick, store: Store): HTMLElement {
  const choose = () => store.put({ pick: pick.key })
  const input = h('input', { type: 'radio', name: 'pick', value: pick.key, class: 'visually-hidden', onchange: choose })
  return h('label', {}, input, h('span', {}, say(pick.zh)))
}

/** Draw the legends of the chosen element and of the picture. */
export function legend(root: HTMLElement, pick: Pick, timeline: Timeline | null, radar: boolean): void {
  const told = timeline?.legend
  const picture = told
    ? scale(
        say(told.title),
        told.unit,
        told.swatches.map(({ low }) => low),
        told.swatches.map((one) => one.colour),
        true,
      )
    : ramp(say('雨强'), 'mm/h', RAIN_RATE)
  const chosen = ramp(say(pick.key === 'rain' ? '小时雨量' : pick.zh), pick.unit, pick.ramp)
  const open = root.querySelector('details')?.open ?? innerWidth > WIDE_PX
  const ramps = h('div', { class: 'ramps' }, chosen, radar ? picture : null)
  fill(root, h('details', { open }, h('summary', { 'data-keep': 'legend' }, say('图例')), ramps))
}

function ramp(words: string, unit: string, { at, colours, stepped }: Ramp): HTMLElement {
  return scale(words, unit, at, colours, stepped)
}

function scale(words: string, unit: string, at: number[], colours: string[], stepped: boolean): HTMLElement {
  const cells = colours.map((colour) => h('i', { style: `background:${colour}` }))
  const blended = h('i', { style: `background:linear-gradient(90deg,${colours.join(',')})` })
  const numbers = at.map((edge) => h('span', {}, edge))
  return h(
    'div',
    { class: stepped ? 'ramp' : 'ramp blended' },
    h('b', {}, words, h('small', {}, ` ${unit}`)),
    h('div', { class: 'colours', 'aria-hidden': 'true' }, ...(stepped ? cells : [blended])),
    h('div', { class: 'numbers' }, ...numbers),
  )
}
