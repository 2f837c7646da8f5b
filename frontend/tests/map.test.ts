import { describe, expect, it } from 'vitest'
import { parts } from '../src/map/barb'
import { outline } from '../src/map/outline'

function square(x: number): GeoJSON.Feature<GeoJSON.Polygon> {
  const ring = [
    [x, 0],
    [x + 1, 0],
    [x + 1, 1],
    [x, 1],
    [x, 0],
  ]
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }
}

function length(lines: GeoJSON.Position[][]): number {
  const step = ([x, y]: GeoJSON.Position, [u, v]: GeoJSON.Position) =>
    Math.hypot(Number(u) - Number(x), Number(v) - Number(y))
  return lines
    .flatMap((line) => line.slice(1).map((point, i) => step(line[i] as GeoJSON.Position, point)))
    .reduce((sum, one) => sum + one, 0)
}

describe('the outer edge', () => {
  it('of one unit square is 4 long', () => {
    const edge = outline({ type: 'FeatureCollection', features: [square(0)] })
    expect(length(edge.geometry.coordinates)).toBe(4)
  })
  it('of two neighbours is 6 long: the common side is left out', () => {
    const edge = outline({ type: 'FeatureCollection', features: [square(0), square(1)] })
    expect(length(edge.geometry.coordinates)).toBe(6)
    expect(edge.geometry.coordinates.flat()).not.toContainEqual([1, 0.5])
  })
  it('of nothing is nothing', () => {
    expect(outline({ type: 'FeatureCollection', features: [] }).geometry.coordinates).toEqual([])
  })
})

describe('parts of a wind sign', () => {
  // Half a barb is 2 m/s, a barb 4 m/s, a pennant 20 m/s: 26 m/s is 13 halves = pennant + barb + half.
  it.each([
    [0, 0, 0, 0],
    [1, 0, 0, 1],
    [2, 0, 1, 0],
    [9, 0, 4, 1],
    [10, 1, 0, 0],
    [13, 1, 1, 1],
  ])('%i halves: %i pennants, %i barbs, %i halves', (halves, pennants, full, half) => {
    expect(parts(halves)).toEqual({ pennants, full, half })
  })
})
