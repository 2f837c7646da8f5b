/** The slip beside the pointer: a station's name and value. */

import type { Station } from '../api'
import { clockTime } from '../beijing'
import { tone, word } from '../condition'
import { fill, h } from '../dom'
import { say } from '../text'
import { type Pick, shown, written } from './pick'

/** Make the slip; what it gives shows a station at a place of the map, or hides it. */
export function tip(stage: HTMLElement): (station: Station | null, pick: Pick, x: number, y: number) => void {
  const slip = h('div', { class: 'slip', hidden: true, 'aria-hidden': 'true' })
  stage.append(slip)
  return (station, pick, x, y) => {
    slip.hidden = station === null
    if (!station) return
    const { value, state } = shown(station, pick)
    const time = station.time === null ? say('从未到报') : clockTime(Date.parse(station.time))
    const wind = pick.key === 'wind' ? ` ${written(station.values.wind_from_direction, 0)}°` : ''
    const badge = state === 'good' ? null : h('span', { class: `badge ${tone(state)}` }, word(state))
    fill(
      slip,
      h('b', {}, station.zh),
      h(
        'span',
        {},
        `${say(pick.key === 'rain' ? '小时雨量' : pick.zh)} ${written(value, pick.decimals)} ${pick.unit}${wind} `,
        badge,
      ),
      h('small', {}, `${station.id} · ${time}`),
    )
    const flip = x > stage.clientWidth - 190
    slip.style.transform = `translate(${flip ? x - slip.offsetWidth - 12 : x + 14}px, ${y + 12}px)`
  }
}
