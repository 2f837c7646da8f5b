import { describe, expect, it } from 'vitest'
import type { Frame, Timeline } from '../src/api'
import { asOf, lag, nearest, present, stay, steps } from '../src/home/timeline'

const AT = '2026-06-24T06:10:00Z'

function frame(time: string, kind: Frame['kind'], lead_min = 0): Frame {
  return { time: `2026-06-24T${time}:00Z`, kind, lead_min, url: `/${kind}/${time}` }
}

function timeline(frames: Frame[]): Timeline {
  return { now: AT, at: AT, live: true, exercise: false, note: '', bounds: [0, 0, 1, 1], frames, run: null }
}

const SEEN = [frame('06:00', 'radar'), frame('06:05', 'radar')]
const AHEAD = [frame('06:10', 'nowcast', 5), frame('06:15', 'nowcast', 10)]

describe('steps', () => {
  it('run from what was seen into what is expected, whatever the order they came in', () => {
    const line = steps(timeline([...AHEAD].reverse().concat(SEEN)))
    expect(line.map((step) => step.kind)).toEqual(['radar', 'radar', 'nowcast', 'nowcast'])
    expect(line.map((step) => step.lead)).toEqual([0, 0, 5, 10])
  })

  it('keep the seen frame where one moment has both', () => {
    const line = steps(timeline([frame('06:05', 'nowcast', 5), ...SEEN]))
    expect(line.map((step) => step.url)).toEqual(['/radar/06:00', '/radar/06:05'])
  })

  it('drop expected frames of moments already seen past', () => {
    const line = steps(timeline([...SEEN, frame('06:02', 'nowcast', 2)]))
    expect(line).toHaveLength(2)
  })

  it('are bare ten-minute steps over three hours when there is no frame: 3 h / 10 min + 1 = 19', () => {
    const line = steps(timeline([]))
    expect(line).toHaveLength(19)
    expect(line.every((step) => step.url === null)).toBe(true)
    expect(line.at(-1)?.ms).toBe(Date.parse(AT))
    expect((line.at(-1)?.ms ?? 0) - (line[0]?.ms ?? 0)).toBe(3 * 3600 * 1000)
  })

  it('leave out a frame whose time can’t be read', () => {
    expect(steps(timeline([{ ...frame('06:00', 'radar'), time: 'soon' }, ...SEEN]))).toHaveLength(2)
  })
})

describe('the present', () => {
  it('is the last step that is not ahead', () => expect(present(steps(timeline([...SEEN, ...AHEAD])))).toBe(1))
  it('is nowhere on an empty line', () => expect(present([])).toBe(-1))
})

describe('nearest', () => {
  const line = steps(timeline([...SEEN, ...AHEAD]))
  it('finds the closest step', () => expect(nearest(line, Date.parse('2026-06-24T06:13:00Z'))).toBe(3))
  it('keeps to the ends', () => expect(nearest(line, 0)).toBe(0))
  it('is nowhere on an empty line', () => expect(nearest([], 0)).toBe(-1))
})

describe('what is asked as of', () => {
  const line = steps(timeline([...SEEN, ...AHEAD]))
  it('is the present for the present and what lies ahead', () => {
    expect(asOf(line, 1, null)).toBeNull()
    expect(asOf(line, 3, null)).toBeNull()
  })
  it('is the moment of a past step', () => expect(asOf(line, 0, null)).toBe('2026-06-24T06:00:00.000Z'))
  it('is the replayed moment at its present', () => expect(asOf(line, 1, AT)).toBe(AT))
})

describe('after the line has changed', () => {
  const old = steps(timeline(SEEN))
  const fresh = steps(timeline([...SEEN, frame('06:10', 'radar')]))
  it('the present is followed', () => expect(stay(old, 1, fresh, true)).toBe(2))
  it('a chosen moment is kept', () => expect(stay(old, 1, fresh, false)).toBe(1))
  it('a first line begins at the present', () => expect(stay([], -1, fresh, false)).toBe(2))
})

describe('the lag of the last picture', () => {
  it('is counted in minutes', () => expect(lag(steps(timeline(SEEN)), AT)).toBe(5))
  it('is unknown without pictures', () => expect(lag(steps(timeline([])), AT)).toBeNull())
})
