/** Pictures the map draws for itself: hatching of warned areas, wind signs. */

import type { Map as Chart } from 'maplibre-gl'
import type { Colour } from '../api'
import { token } from '../theme'
import { draw } from './barb'

const RATIO = 2
const TILE = 20
const COLOURS: Colour[] = ['blue', 'yellow', 'orange', 'red']

/** Give the fixed colour of a signal. */
export function signal(colour: Colour): string {
  return token(`signal-${colour}`)
}

/** Hatching in the signal's colour, so that a warned area can be told without its colour. */
function hatch(colour: string): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = TILE
  const brush = canvas.getContext('2d')
  if (!brush) throw new Error('this browser gives no canvas to draw hatching on')
  brush.strokeStyle = colour
  brush.globalAlpha = 0.75
  brush.lineWidth = 3
  for (const start of [-TILE, 0, TILE]) {
    brush.beginPath()
    brush.moveTo(start - 2, TILE + 2)
    brush.lineTo(start + TILE + 2, -2)
    brush.stroke()
  }
  return brush.getImageData(0, 0, TILE, TILE)
}

/** Give the map its hatchings, and its wind signs as they are needed. */
export function furnish(chart: Chart): void {
  for (const colour of COLOURS) chart.addImage(`hatch-${colour}`, hatch(signal(colour)), { pixelRatio: RATIO })
  chart.setMissingStyleImageResolver((name) => {
    const halves = halvesOf(name)
    if (halves !== null) chart.addImage(name, sign(halves), { pixelRatio: RATIO })
  })
}

/** Draw the wind signs anew in the colours of the present theme. */
export function redraw(chart: Chart): void {
  for (const name of chart.listImages()) {
    const halves = halvesOf(name)
    if (halves !== null) chart.updateImage(name, sign(halves))
  }
}

function halvesOf(name: string): number | null {
  const found = /^barb-(\d+)$/.exec(name)
  return found ? Number(found[1]) : null
}

function sign(halves: number): ImageData {
  return draw(halves, token('map-ink'), token('map-halo'), RATIO)
}
