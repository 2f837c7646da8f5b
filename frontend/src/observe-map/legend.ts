/** The legend: every class with its colour, its range and, where a standard names it, its name. */

import { fill, h } from '../dom'
import { unitWritten } from '../home/pick'
import { named, say } from '../text'
import type { Swatch } from './asking'
import { choiceOf } from './choosing'
import { title } from './points'
import type { View } from './view'

/** Narrower windows begin with the legend folded. */
const WIDE_PX = 860

/** Write the range of a class. */
export function range({ low, high }: Swatch): string {
  return high === null ? `≥ ${low}` : `${low} – ${high}`
}

/** Say what the map shows, with its unit. */
export function heading(view: Readonly<View>): { words: string; unit: string } {
  const choice = choiceOf(view)
  const name = choice ? named(choice) : view.element
  return { words: title(view.how, view.hours, name), unit: unitWritten(choice?.unit ?? '') }
}

/** Draw the legend, the highest class on top. */
export function legend(root: HTMLElement, view: Readonly<View>): void {
  const { words, unit } = heading(view)
  const open = root.querySelector('details')?.open ?? innerWidth > WIDE_PX
  const rows = [...(view.field?.swatches ?? [])]
    .reverse()
    .map((one) =>
      h(
        'li',
        {},
        h('i', { style: `background:${one.colour}`, 'aria-hidden': 'true' }),
        h('span', {}, range(one)),
        one.words ? h('em', {}, say(one.words)) : null,
      ),
    )
  const signs = h('p', { class: 'muted' }, say('空心？可疑　划线✕ 错误　淡色… 过时'))
  const summary = h('summary', { 'data-keep': 'legend' }, h('b', {}, words), ` ${unit}`)
  fill(root, h('details', { open }, summary, h('ol', { class: 'classes' }, ...rows), signs))
}
