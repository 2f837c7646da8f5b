/** The outer edge of a set of areas: every stretch of boundary that only one of them has. */

type Ring = GeoJSON.Position[]
type Areas = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon>

/** Give the outer edge as lines; neighbours must share the vertices of their common boundary. */
export function outline(areas: Areas): GeoJSON.Feature<GeoJSON.MultiLineString> {
  const all = areas.features.flatMap((feature) => rings(feature.geometry))
  const count = new Map<string, number>()
  for (const ring of all) {
    for (const [a, b] of stretches(ring)) count.set(key(a, b), (count.get(key(a, b)) ?? 0) + 1)
  }
  const lines = all.flatMap((ring) => runs(ring, (a, b) => count.get(key(a, b)) === 1))
  return { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates: lines } }
}

function rings(geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon): Ring[] {
  return geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
}

function stretches(ring: Ring): [GeoJSON.Position, GeoJSON.Position][] {
  return ring.slice(1).map((point, i) => [ring[i] as GeoJSON.Position, point])
}

function key(a: GeoJSON.Position, b: GeoJSON.Position): string {
  const [one, two] = [a.slice(0, 2).join(), b.slice(0, 2).join()]
  return one < two ? `${one} ${two}` : `${two} ${one}`
}

function runs(ring: Ring, kept: (a: GeoJSON.Position, b: GeoJSON.Position) => boolean): Ring[] {
  const found: Ring[] = []
  let open: Ring | null = null
  for (const [a, b] of stretches(ring)) {
    if (!kept(a, b)) open = null
    else if (open) open.push(b)
    else {
      open = [a, b]
      found.push(open)
    }
  }
  return found
}
