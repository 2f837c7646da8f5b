/** What this map has beyond the city's: lines of equal value with their numbers, strikes over wrong values. */

import type { Map as Chart, GeoJSONSource, LayerSpecification } from 'maplibre-gl'
import type { CityMap } from '../map/citymap'
import { layers as cityLayers } from '../map/style'
import { token } from '../theme'
import type { Analysis } from './asking'

const NONE: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const FONT = ['Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'sans-serif']
const STRIKE_PX = 22
const RATIO = 2

function extra(): LayerSpecification[] {
  return [
    {
      id: 'isolines-halo',
      type: 'line',
      source: 'isolines',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': token('map-halo'), 'line-width': 3.4, 'line-opacity': 0.7 },
    },
    {
      id: 'isolines',
      type: 'line',
      source: 'isolines',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': token('map-ink'), 'line-width': 1.2 },
    },
    {
      id: 'isoline-numbers',
      type: 'symbol',
      source: 'isolines',
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 260,
        'text-field': ['get', 'label'],
        'text-font': FONT,
        'text-size': 12,
        'text-keep-upright': true,
      },
      paint: { 'text-color': token('map-ink'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 },
    },
  ]
}

const STRUCK: LayerSpecification = {
  id: 'struck',
  type: 'symbol',
  source: 'stations',
  filter: ['==', ['get', 'state'], 'wrong'],
  layout: { 'icon-image': 'strike', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
}

/** Adds the layers and keeps them in the colours of the theme. */
export class Sheets {
  private readonly chart: Chart

  constructor(private readonly city: CityMap) {
    this.chart = city.chart
    this.chart.addSource('isolines', { type: 'geojson', data: NONE })
    this.chart.addImage('strike', strike(), { pixelRatio: RATIO })
    for (const layer of extra()) this.chart.addLayer(layer, 'dots')
    this.chart.addLayer(STRUCK, 'barbs')
  }

  /** Draw the lines, or take them away. */
  lines(analysis: Analysis | null): void {
    this.chart.getSource<GeoJSONSource>('isolines')?.setData(analysis?.isolines ?? NONE)
  }

  /** Show the dots or leave only what is written; they can be pointed at either way. */
  dots(shown: boolean): void {
    const paint = cityLayers().find(({ id }) => id === 'dots')?.paint as Record<string, unknown> | undefined
    for (const name of ['circle-opacity', 'circle-stroke-opacity'] as const) {
      this.chart.setPaintProperty('dots', name, shown ? (paint?.[name] as number | undefined) : 0)
    }
  }

  /** Paint anew after the theme has changed. */
  repaint(dots: boolean): void {
    this.city.repaint()
    for (const { id, paint } of extra()) {
      for (const [name, value] of Object.entries(paint ?? {})) {
        this.chart.setPaintProperty(id, name as Parameters<Chart['setPaintProperty']>[1], value)
      }
    }
    this.chart.updateImage('strike', strike())
    this.dots(dots)
  }
}

function strike(): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = STRIKE_PX * RATIO
  const brush = canvas.getContext('2d')
  if (!brush) throw new Error('this browser gives no canvas to draw signs on')
  brush.scale(RATIO, RATIO)
  brush.lineCap = 'round'
  for (const [colour, width] of [
    [token('map-halo'), 4.4],
    [token('wrong'), 2.2],
  ] as const) {
    brush.strokeStyle = colour
    brush.lineWidth = width
    brush.beginPath()
    brush.moveTo(3, STRIKE_PX - 3)
    brush.lineTo(STRIKE_PX - 3, 3)
    brush.stroke()
  }
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}
