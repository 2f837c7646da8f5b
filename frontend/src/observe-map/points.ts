/** How a station is shown: its colour, its number, its signs. */

import { type Condition, condition, sign } from '../condition'
import { barbName, unitWritten, written } from '../home/pick'
import type { StationPoint } from '../map/citymap'
import { language, say } from '../text'
import type { Choice, Field, How, Spot, Swatch } from './asking'
import type { Layers, View } from './view'

export const HOW_ZH: Record<How, string> = {
  now: '实况',
  max: '最高',
  min: '最低',
  mean: '平均',
  change: '变化',
  sum: '累计',
}

/** Give the class a value falls in; null below the first. */
export function swatch(swatches: Swatch[], value: number): Swatch | null {
  return swatches.findLast(({ low }) => value >= low) ?? null
}

/** Minutes for which a value of this element stays new: its own period. */
function period(element: string): number {
  return 60 * Number(/_(\d+)h$/.exec(element)?.[1] ?? 0)
}

/** Judge what a station shows; a value over a window has no age. */
export function state(spot: Spot, field: Field): Condition {
  if (spot.flag === null) return 'no_task'
  if (field.how !== 'now') return condition(spot.value, spot.flag, 0)
  const age = spot.time === null ? null : (Date.parse(field.at) - Date.parse(spot.time)) / 60_000
  return condition(spot.value, spot.flag, age === null ? null : Math.max(0, age - period(field.element)))
}

/** Whether a value takes part in what is counted and compared. */
export function usable(spot: Spot, field: Field): boolean {
  return spot.value !== null && !['suspect', 'wrong', 'missing', 'no_task'].includes(state(spot, field))
}

/** Write a value and its unit. */
export function withUnit(value: number | null, choice: Choice | undefined): string {
  return `${written(value, choice?.decimals ?? 1)} ${unitWritten(choice?.unit ?? '')}`.trim()
}

/** Say what is shown: `24小时最高气温`. */
export function title(how: How, hours: number, name: string): string {
  if (how === 'now') return name
  const window = hours % 24 === 0 && hours > 72 ? say('{0}天', hours / 24) : say('{0}小时', hours)
  if (language() === 'zh' && how === 'change') return `${name}${window}${say(HOW_ZH[how])}`
  return language() === 'en' ? `${name}, ${say(HOW_ZH[how])}, ${window}` : `${window}${say(HOW_ZH[how])}${name}`
}

/** A rain gauge with less than this is shown as dry, mm. */
const DRY_MM = 0.1

function dry(field: Field, value: number): boolean {
  return field.element.startsWith('precipitation') && value < DRY_MM
}

function label(spot: Spot, field: Field, choice: Choice | undefined, told: Condition): string {
  if (spot.value === null || told === 'no_task' || told === 'missing') return told === 'missing' ? '–' : ''
  if (dry(field, spot.value)) return ''
  const plus = field.how === 'change' && spot.value > 0 ? '+' : ''
  return `${plus}${written(spot.value, choice?.decimals ?? 1)}${sign(told)}`
}

/** Whether small values are what matters (drawn first where room is short). */
function smallMatters(field: Field): boolean {
  return field.how === 'min' || field.element.startsWith('visibility')
}

/** Make the points of the map. Suspect values are hollow, wrong ones hollow and struck through. */
export function points(view: Readonly<View>): StationPoint[] {
  const { field, choices } = view
  if (!field) return []
  const choice = choices.find(({ name }) => name === field.element)
  return field.stations.flatMap((spot) => {
    const told = state(spot, field)
    const doubted = told === 'suspect' || told === 'wrong'
    if (view.good && doubted) return []
    return [
      {
        type: 'Feature' as const,
        properties: {
          id: spot.id,
          national: spot.national,
          turn: spot.turn ?? 0,
          ...look(spot, field, choice, told, view.layers),
        },
        geometry: { type: 'Point' as const, coordinates: [spot.lon, spot.lat] },
      },
    ]
  })
}

function look(spot: Spot, field: Field, choice: Choice | undefined, told: Condition, layers: Layers) {
  const hollow = spot.value === null || told === 'suspect' || told === 'wrong' || told === 'no_task'
  const colour = hollow || spot.value === null ? '' : (swatch(field.swatches, spot.value)?.colour ?? '')
  const windy = layers.barbs && spot.speed !== null && spot.turn !== null
  return {
    state: told,
    fill: colour,
    label: layers.numbers ? label(spot, field, choice, told) : '',
    size: spot.value === null || dry(field, spot.value) ? 0 : 1,
    rank: spot.value === null ? 0 : smallMatters(field) ? spot.value : -spot.value,
    barb: windy ? barbName(spot.speed ?? 0) : '',
  }
}
