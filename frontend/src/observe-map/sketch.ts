/** The first picture: districts and stations drawn by hand on a canvas, shown until the map itself has been painted. */

import type { Bounds, Districts } from '../api'
import { h } from '../dom'
import type { StationPoint } from '../map/citymap'
import { token } from '../theme'

const SIDE_PX = 24
const EDGE_PX = 16
const LABEL = { wide: 34, high: 13, below: 17 }

type Place = (lon: number, lat: number) => [x: number, y: number]

/** Mercator's northing of a latitude, in radians. */
export function northing(lat: number): number {
  return Math.asinh(Math.tan((lat * Math.PI) / 180))
}

/** Fit a box of degrees into a window as the map does: as large as can be, in the middle of what is left free. */
export function fitted(bounds: Bounds, width: number, height: number, head: number, foot: number): Place {
  const [west, south, east, north] = bounds
  const [wide, high] = [((east - west) * Math.PI) / 180, northing(north) - northing(south)]
  const room = [width - 2 * SIDE_PX, height - head - foot - 2 * EDGE_PX] as const
  const scale = Math.max(1, Math.min(room[0] / wide, room[1] / high))
  const x0 = width / 2 - (scale * wide) / 2
  const y0 = EDGE_PX + head + room[1] / 2 + (scale * high) / 2
  return (lon, lat) => [x0 + (scale * (lon - west) * Math.PI) / 180, y0 - scale * (northing(lat) - northing(south))]
}

/** A canvas over the map's place. */
export class Sketch {
  private readonly canvas = h('canvas', { class: 'map', 'aria-hidden': 'true' })

  constructor(private readonly stage: HTMLElement) {
    stage.after(this.canvas)
  }

  /** Draw districts and stations. */
  draw(ground: Districts, points: StationPoint[], head: number, foot: number): void {
    const { clientWidth: width, clientHeight: height } = this.stage
    const ratio = Math.min(devicePixelRatio, 2)
    this.canvas.width = width * ratio
    this.canvas.height = height * ratio
    const brush = this.canvas.getContext('2d')
    if (!brush) return
    this.canvas.style.width = `${width}px`
    this.canvas.style.height = `${height}px`
    brush.scale(ratio, ratio)
    brush.fillStyle = token('map-land')
    brush.fillRect(0, 0, width, height)
    const place = fitted(ground.bounds, width, height, head, foot)
    areas(brush, ground, place)
    stations(brush, points, place)
  }

  /** Take it away: the map is there. */
  remove(): void {
    this.canvas.remove()
  }
}

function areas(brush: CanvasRenderingContext2D, ground: Districts, place: Place): void {
  brush.fillStyle = token('map-city')
  brush.strokeStyle = token('map-line')
  brush.lineWidth = 1
  for (const { geometry } of ground.districts.features) {
    const shapes = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    brush.beginPath()
    for (const ring of shapes.flat()) {
      ring.forEach(([lon = 0, lat = 0], i) => {
        const [x, y] = place(lon, lat)
        if (i === 0) brush.moveTo(x, y)
        else brush.lineTo(x, y)
      })
      brush.closePath()
    }
    brush.fill('evenodd')
    brush.stroke()
  }
}

function stations(brush: CanvasRenderingContext2D, points: StationPoint[], place: Place): void {
  const ink = { good: token('map-ink'), halo: token('map-halo'), suspect: token('suspect'), wrong: token('wrong') }
  const order = [...points].sort((a, b) => Number(a.properties.rank) - Number(b.properties.rank))
  const taken = new Set<string>()
  brush.font = `12px ${token('font')}`
  brush.textAlign = 'center'
  for (const { geometry, properties } of order) {
    const [x, y] = place(geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0)
    const doubt = properties.state === 'wrong' ? ink.wrong : properties.state === 'suspect' ? ink.suspect : ink.good
    dot(brush, x, y, String(properties.fill || ink.halo), doubt, Number(properties.size) === 0 ? 2.5 : 4)
    if (properties.label && free(taken, x, y + LABEL.below)) number(brush, String(properties.label), x, y, ink)
  }
}

function dot(brush: CanvasRenderingContext2D, x: number, y: number, fill: string, edge: string, radius: number): void {
  brush.beginPath()
  brush.arc(x, y, radius, 0, 2 * Math.PI)
  brush.fillStyle = fill
  brush.strokeStyle = edge
  brush.lineWidth = 1
  brush.fill()
  brush.stroke()
}

function number(
  brush: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  ink: { good: string; halo: string },
): void {
  brush.strokeStyle = ink.halo
  brush.lineWidth = 3
  brush.strokeText(text, x, y + LABEL.below)
  brush.fillStyle = ink.good
  brush.fillText(text, x, y + LABEL.below)
}

/** Take the room of a number, if neither it nor a neighbour's is taken. */
function free(taken: Set<string>, x: number, y: number): boolean {
  const [column, row] = [Math.floor(x / LABEL.wide), Math.floor(y / LABEL.high)]
  for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) if (taken.has(`${column + dx},${row + dy}`)) return false
  taken.add(`${column},${row}`)
  return true
}
