/** The health matrix as numbers: shares, order, colours. */

export interface Line {
  id: string
  zh: string
  district: string
  national: boolean
  guessed: boolean
  due: number[]
  arrived: number[]
  punctual: number[]
}

export interface Health {
  ends: string[]
  version: number
  stations: Line[]
}

export type Measure = 'arrived' | 'punctual'
export type Order = 'district' | 'worst' | 'code'

/** Share of the due reports of an hour that arrived (in time), 0 to 1; null where nothing was due. */
export function share(line: Line, hour: number, measure: Measure): number | null {
  const due = line.due[hour] ?? 0
  return due > 0 ? (line[measure][hour] ?? 0) / due : null
}

/** Share over all hours. */
export function whole(line: Line, measure: Measure): number | null {
  const due = line.due.reduce((a, b) => a + b, 0)
  return due > 0 ? line[measure].reduce((a, b) => a + b, 0) / due : null
}

/** Keep the stations of a district (empty: all) whose number or name holds the words. */
export function matching(lines: Line[], district: string, words: string): Line[] {
  const sought = words.trim().toLowerCase()
  return lines.filter(
    (line) => (!district || line.district === district) && `${line.id} ${line.zh}`.toLowerCase().includes(sought),
  )
}

/** Put stations into order; those from which nothing was due come last when the worst come first. */
export function ordered(lines: Line[], order: Order, measure: Measure): Line[] {
  const worst = (line: Line) => whole(line, measure) ?? 2
  return [...lines].sort((a, b) => {
    if (order === 'worst') return worst(a) - worst(b) || a.id.localeCompare(b.id)
    if (order === 'district') return a.district.localeCompare(b.district) || a.id.localeCompare(b.id)
    return Number(b.national) - Number(a.national) || a.id.localeCompare(b.id)
  })
}

/** Dark red, red, orange, yellow, green-blue, blue: told apart by lightness too, and without red against green. */
const STEPS: [low: number, colour: string][] = [
  [0, '#7f1420'],
  [0.3, '#c4362e'],
  [0.6, '#ec7f38'],
  [0.8, '#f3c24b'],
  [0.95, '#8fc9c0'],
  [0.995, '#3d8fbf'],
]

/** The colour of a share; between the steps nothing is mixed, so that the key can be read back. */
export function colour(value: number): string {
  return STEPS.findLast(([low]) => value >= low)?.[1] ?? '#7f1420'
}

/** The key: lower bound and colour of each class. */
export function key(): [number, string][] {
  return STEPS
}

/** Keep a place on the board: columns and rows end at the edges. */
export function moved(
  place: [row: number, column: number],
  by: [number, number],
  size: [number, number],
): [number, number] {
  const clip = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(0, most - 1))
  return [clip(place[0] + by[0], size[0]), clip(place[1] + by[1], size[1])]
}
