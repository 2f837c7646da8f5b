import { describe, expect, it } from 'vitest'
import type { Choice, Field, Spot } from '../src/observe-map/asking'
import { parameters } from '../src/observe-map/asking'
import { grouped } from '../src/observe-map/choosing'
import { ordered } from '../src/observe-map/listing'
import { points, state, swatch, title } from '../src/observe-map/points'
import { ranking } from '../src/observe-map/scene'
import { figures } from '../src/observe-map/side'
import { fitted, northing } from '../src/observe-map/sketch'
import { floored, momentAt, placeOf, STEP_MS, STEPS } from '../src/observe-map/timebar'
import { FIRST, fitting, fromAddress, Store, toAddress, USUAL, type View } from '../src/observe-map/view'

const AT = '2026-07-01T06:00:00.000Z'
const NONE = { time: null, n: 0, doubted: 0, speed: null, turn: null, alt: 4, national: false, district: '320508' }

function spot(id: string, value: number | null, flag: number | null, parts: Partial<Spot> = {}): Spot {
  const time = flag === null ? null : '2026-07-01T05:55:00Z'
  return { ...NONE, id, zh: id, lon: 120.6, lat: 31.3, value, flag, time, ...parts }
}

const SWATCHES = [
  { low: 0, high: 20, colour: '#0000ff', words: '' },
  { low: 20, high: null, colour: '#ff0000', words: '' },
]

function field(stations: Spot[], parts: Partial<Field> = {}): Field {
  const what = { element: 'air_temperature', how: 'now' as const, hours: 0 }
  return { at: AT, live: true, version: 1, ...what, swatches: SWATCHES, stations, ...parts }
}

const CHOICE: Choice = {
  name: 'air_temperature',
  zh: '气温',
  en: 'Air temperature',
  unit: 'degC',
  decimals: 1,
  ways: ['now', 'max', 'min', 'mean', 'change'],
  field: true,
}

function view(parts: Partial<View>): View {
  const asked = fromAddress('')
  const rest = { listed: false, playing: false, choices: [CHOICE], field: null, analysis: null, hindrance: '' }
  return { ...asked, ...rest, end: Date.parse(AT), trouble: 'none', loading: false, ...parts } as View
}

describe('a station on the observation map', () => {
  const look = (one: Spot, parts: Partial<View> = {}) => points(view({ field: field([one]), ...parts }))[0]?.properties
  it('has the colour of its class and its number', () => {
    expect(look(spot('A', 21.26, 0))).toMatchObject({ fill: '#ff0000', label: '21.3', state: 'good' })
  })
  it('is hollow when suspect', () => expect(look(spot('A', 21, 1))).toMatchObject({ fill: '', label: '21.0?' }))
  it('is hollow and marked when wrong', () =>
    expect(look(spot('A', 60, 2))).toMatchObject({ fill: '', label: '60.0✕' }))
  it('is left out with doubted values when only trusted ones are wanted', () => {
    expect(look(spot('A', 60, 2), { good: true })).toBeUndefined()
    expect(look(spot('A', 20, 0), { good: true })).toBeDefined()
  })
  it('says that a value is missing, and nothing where there is no task', () => {
    expect(look(spot('A', null, 8))).toMatchObject({ label: '–', state: 'missing' })
    expect(look(spot('A', null, null))).toMatchObject({ label: '', state: 'no_task' })
  })
  it('writes no number and draws a barb when asked to', () => {
    const layers = { ...USUAL, numbers: false, barbs: true }
    expect(look(spot('A', 20, 0, { speed: 4, turn: 90 }), { layers })).toMatchObject({
      label: '',
      barb: 'barb-2',
      turn: 90,
    })
  })
  it('carries the sign of a rise', () => {
    const told = field([spot('A', 2.5, 0)], { how: 'change', hours: 3 })
    expect(points(view({ field: told }))[0]?.properties.label).toBe('+2.5')
  })
})

describe('age', () => {
  it('of a reading after 15 minutes is too much', () => {
    const old = spot('A', 20, 0, { time: '2026-07-01T05:40:00Z' })
    expect(state(old, field([old]))).toBe('stale')
  })
  it('is counted from the end of an element’s own period', () => {
    const old = spot('A', 20, 0, { time: '2026-07-01T05:00:00Z' })
    expect(state(old, field([old], { element: 'air_temperature_maximum_1h' }))).toBe('good')
  })
  it('does not matter over a window', () => {
    const old = spot('A', 20, 0, { time: '2026-06-30T12:00:00Z' })
    expect(state(old, field([old], { how: 'max', hours: 24 }))).toBe('good')
  })
})

describe('classes', () => {
  it('take what is at their lower end', () => {
    expect(swatch(SWATCHES, 20)?.colour).toBe('#ff0000')
    expect(swatch(SWATCHES, 19.99)?.colour).toBe('#0000ff')
    expect(swatch(SWATCHES, -1)).toBeNull()
  })
})

describe('figures', () => {
  const all = [
    spot('A', 10, 0),
    spot('B', 30, 0),
    spot('C', 99, 2),
    spot('D', null, 8),
    spot('E', 50, 1),
    spot('F', 20, 9),
  ]
  it('leave doubted values out', () => {
    const told = figures(field(all))
    // (10 + 30 + 20) / 3 = 20
    expect(told).toMatchObject({ stations: 6, used: 3, doubted: 2, mean: 20 })
    expect([told.highest?.id, told.lowest?.id]).toEqual(['B', 'A'])
  })
  it('of nothing are none', () => expect(figures(field([]))).toMatchObject({ used: 0, mean: null, highest: null }))
  it('and the table keeps stations without a value last', () => {
    expect(ordered(field(all), 'value', true).map(({ id }) => id)).toEqual(['A', 'F', 'B', 'E', 'C', 'D'])
    expect(ordered(field(all), 'value', false).at(-1)?.id).toBe('D')
    expect(
      ordered(field(all), 'left', false, { B: 2, F: -1 })
        .map(({ id }) => id)
        .slice(0, 2),
    ).toEqual(['B', 'F'])
  })
})

describe('the time slider', () => {
  const end = Date.parse(AT)
  it('ends at the present while live, at its own end in a replay', () => {
    expect(momentAt(STEPS, end, true)).toBeNull()
    expect(momentAt(STEPS, end, false)).toBe(AT)
  })
  it('goes in steps of ten minutes and stops at its beginning', () => {
    expect(momentAt(STEPS - 1, end, true)).toBe('2026-07-01T05:50:00.000Z')
    expect(momentAt(-5, end, true)).toBe('2026-06-30T06:00:00.000Z')
  })
  it('finds a moment again', () => {
    for (const place of [0, 7, 143]) expect(placeOf(momentAt(place, end, true), end)).toBe(place)
    expect(placeOf(null, end)).toBe(STEPS)
  })
  it('ends on whole steps', () => expect(floored(end + 1.7 * STEP_MS)).toBe(end + STEP_MS))
})

describe('questions', () => {
  it('leave out what is usual', () => {
    expect(parameters(FIRST)).toMatchObject({ element: 'air_temperature', how: 'now', hours: null, at: null })
  })
  it('fit the element they are asked of', () => {
    const rain: Choice = { ...CHOICE, name: 'precipitation_amount', ways: ['sum', 'now'] }
    expect(fitting({ ...FIRST, how: 'max', hours: 24 }, rain)).toEqual({ how: 'sum', hours: 24 })
    expect(fitting({ ...FIRST, how: 'change', hours: 500 }, CHOICE)).toEqual({ how: 'change', hours: 72 })
  })
  it('come back from the address', () => {
    const wanted = view({ element: 'wind_speed', how: 'max', hours: 6, at: AT, good: true, station: 'A' })
    const again = fromAddress(toAddress({ ...wanted, layers: { ...USUAL, shades: true } }))
    expect(again).toMatchObject({ element: 'wind_speed', how: 'max', hours: 6, at: AT, good: true, station: 'A' })
    expect(again.layers).toEqual({ ...USUAL, shades: true })
  })
  it('that can’t be read are as usual', () => {
    expect(fromAddress('?how=guess&hours=-3&at=soon')).toMatchObject({ how: 'now', hours: 1, at: null })
  })
  it('lead to the ranking', () => {
    const told = ranking(view({ element: 'wind_speed', how: 'max', hours: 6, safe: true }))
    expect(told).toBe('/observe/ranking/?element=wind_speed&how=max&hours=6')
  })
})

describe('words', () => {
  it('say what is shown', () => {
    expect(title('max', 24, '气温')).toBe('24小时最高气温')
    expect(title('change', 24, '气温')).toBe('气温24小时变化')
    expect(title('sum', 168, '降水量')).toBe('7天累计降水量')
    expect(title('now', 0, '气温')).toBe('气温')
  })
})

describe('elements', () => {
  it('stand in one group each', () => {
    const names = [
      'air_temperature',
      'surface_temperature',
      'precipitation_amount_1h',
      'wind_speed',
      'cloud_base_altitude',
    ]
    const told = grouped(names.map((name) => ({ ...CHOICE, name })))
    expect(told.map(([, members]) => members.length)).toEqual([2, 1, 1, 0, 0, 1])
  })
})

describe('a store', () => {
  it('tells only of real changes to what was asked for', () => {
    const store = new Store({ a: 1, b: 1 })
    const heard: number[] = []
    store.on(['a'], ({ a }) => heard.push(a))
    store.put({ a: 1 })
    store.put({ b: 2 })
    store.put({ a: 2 })
    expect(heard).toEqual([2])
  })
})

describe('the first picture', () => {
  it('is spaced as Mercator maps are', () => {
    // the textbook's ln tan(45° + 30°)
    expect(northing(60)).toBeCloseTo(Math.log(Math.tan((75 * Math.PI) / 180)), 12)
  })
  it('puts the box in the middle of what is free', () => {
    const place = fitted([119, 30, 122, 33], 1000, 800, 50, 70)
    const [left, bottom] = place(119, 30)
    const [right, top] = place(122, 33)
    expect((left + right) / 2).toBeCloseTo(500, 6)
    expect((top + bottom) / 2).toBeCloseTo((50 + 800 - 70) / 2, 6)
    expect(top).toBeGreaterThanOrEqual(66 - 1e-6)
  })
})
