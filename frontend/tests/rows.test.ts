import { expect, test } from 'vitest'
import { step } from '../src/rows'

test.each([
  [-1, 1, 3, 0], // nothing chosen: down begins at the top
  [-1, -1, 3, 2], // and up at the bottom
  [0, 1, 3, 1],
  [2, 1, 3, 2], // the last stays the last
  [0, -1, 3, 0],
  [-1, 1, 0, 0], // an empty list has no first: the caller finds nothing there
] as const)('from %i by %i of %i', (from, by, count, expected) => {
  expect(step(from, by, count)).toBe(expected)
})
