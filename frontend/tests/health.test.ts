import { describe, expect, it } from 'vitest'
import { colour, key, type Line, matching, moved, ordered, share, whole } from '../src/health/matrix'

function line(id: string, arrived: number[], more: Partial<Line> = {}): Line {
  const due = arrived.map(() => 10)
  return {
    id,
    zh: `站${id}`,
    district: 'd1',
    national: false,
    guessed: false,
    due,
    arrived,
    punctual: arrived,
    ...more,
  }
}

describe('shares', () => {
  it('are of what was due; nothing due is no share', () => {
    const one = line('A', [5, 0], { due: [10, 0] })
    expect([share(one, 0, 'arrived'), share(one, 1, 'arrived')]).toEqual([0.5, null])
    expect(whole(one, 'arrived')).toBe(0.5)
    expect(whole(line('B', [0], { due: [0] }), 'arrived')).toBeNull()
  })
})

describe('order', () => {
  const good = line('C', [10])
  const bad = line('B', [2], { district: 'd2' })
  const idle = line('A', [0], { due: [0], national: true })
  it('worst first, those without task last', () => {
    expect(ordered([idle, good, bad], 'worst', 'arrived').map(({ id }) => id)).toEqual(['B', 'C', 'A'])
  })
  it('by district, then by number', () => {
    expect(ordered([bad, good, idle], 'district', 'arrived').map(({ id }) => id)).toEqual(['A', 'C', 'B'])
  })
  it('by number, national ones first', () => {
    expect(ordered([good, bad, idle], 'code', 'arrived').map(({ id }) => id)).toEqual(['A', 'B', 'C'])
  })
  it('depends on what is measured', () => {
    const late = line('D', [10], { punctual: [0] })
    expect(ordered([good, late], 'worst', 'punctual')[0]?.id).toBe('D')
  })
})

it('stations are found by district, number and name', () => {
  const lines = [line('M1', [1]), line('M2', [1], { district: 'd2', zh: '东山' })]
  expect(matching(lines, 'd2', '').map(({ id }) => id)).toEqual(['M2'])
  expect(matching(lines, '', ' 东山 ').map(({ id }) => id)).toEqual(['M2'])
  expect(matching(lines, '', 'm1').map(({ id }) => id)).toEqual(['M1'])
  expect(matching(lines, 'd1', '东山')).toEqual([])
})

it('colours have bounds that belong to the better class', () => {
  const of = Object.fromEntries(key().map(([low, fill]) => [low, fill]))
  expect(colour(0)).toBe(of[0])
  expect(colour(0.2999)).toBe(of[0])
  expect(colour(0.3)).toBe(of[0.3])
  expect(colour(1)).toBe(of[0.995])
})

it('the place stays on the board', () => {
  expect(moved([0, 0], [-1, -1], [3, 4])).toEqual([0, 0])
  expect(moved([2, 3], [20, 1], [3, 4])).toEqual([2, 3])
  expect(moved([1, 1], [0, 1], [3, 4])).toEqual([1, 2])
})
