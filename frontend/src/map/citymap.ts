/** The map of the city: districts, one picture, warned areas, stations. */

import * as maplibregl from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Bounds, Colour, Districts } from '../api'
import { named, say } from '../text'
import { outline } from './outline'
import { furnish, redraw, signal } from './signs'
import { corners, layers, type Sheet, style } from './style'

maplibregl.setWorkerUrl(workerUrl)

const FONTS = '"Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif'
const RANK: Record<Colour, number> = { blue: 1, yellow: 2, orange: 3, red: 4 }
const REACH_PX = 14
const REACH_DEG = 4

/** What holds for a warned district: the highest colour and the words under its name. */
export interface Warned {
  colour: Colour
  words: string
}

export type StationPoint = GeoJSON.Feature<GeoJSON.Point, Record<string, string | number | boolean>>

/** Make a map of the districts and wait until it can be painted; `foot_px` and `head_px` are covered by what lies over its edges. */
export async function open(container: HTMLElement, ground: Districts, foot_px = 0, head_px = 0): Promise<CityMap> {
  const chart = new maplibregl.Map({
    container,
    style: style(ground.bounds),
    bounds: ground.bounds,
    fitBoundsOptions: { padding: { top: 16 + head_px, right: 24, bottom: 16 + foot_px, left: 24 } },
    maxBounds: wider(ground.bounds, REACH_DEG),
    minZoom: 6.5,
    maxZoom: 14,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    keyboard: false,
    attributionControl: false,
    fadeDuration: 0,
    localIdeographFontFamily: FONTS,
    pixelRatio: Math.min(devicePixelRatio, 2),
    locale: {
      'NavigationControl.ZoomIn': say('放大'),
      'NavigationControl.ZoomOut': say('缩小'),
      'Map.Title': say('地图'),
    },
  })
  await chart.once('load')
  furnish(chart)
  return new CityMap(chart, ground)
}

function wider([west, south, east, north]: Bounds, by: number): Bounds {
  return [west - by, south - by, east + by, north + by]
}

/** What the page tells the map, and what the map tells the page. */
export class CityMap {
  private warnedNow: ReadonlyMap<string, Warned> = new Map()
  private wanted: ImageBitmap | null = null

  constructor(
    readonly chart: maplibregl.Map,
    private readonly ground: Districts,
  ) {
    this.put('context', ground.context)
    this.put('edge', { type: 'FeatureCollection', features: [outline(ground.districts)] })
    this.warned(new Map())
  }

  /** Add buttons and the scale bar. */
  dress(): void {
    this.chart.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right')
    this.chart.addControl(new maplibregl.ScaleControl({ maxWidth: 90 }), 'bottom-left')
    this.chart.touchZoomRotate.disableRotation()
  }

  /** Colour the warned districts. */
  warned(by: ReadonlyMap<string, Warned>): void {
    this.warnedNow = by
    const features = this.ground.districts.features.map((feature) => {
      const here = by.get(feature.properties.code)
      const extra = here && { signal: signal(here.colour), colour: here.colour, rank: RANK[here.colour] }
      return { ...feature, properties: { ...feature.properties, ...extra } }
    })
    this.put('districts', { type: 'FeatureCollection', features })
    this.put('names', this.names())
  }

  private names(): GeoJSON.FeatureCollection {
    const features = this.ground.districts.features.map(({ properties }) => {
      const here = this.warnedNow.get(properties.code)
      return {
        type: 'Feature' as const,
        properties: { name: named(properties), ...(here && { warned: here.words }) },
        geometry: { type: 'Point' as const, coordinates: [properties.lon, properties.lat] },
      }
    })
    return { type: 'FeatureCollection', features }
  }

  /** Lay a picture over the city, or take it away. */
  frame(image: ImageBitmap | null, bounds: Bounds): void {
    if (image && image !== this.wanted) {
      const source = this.chart.getSource<maplibregl.ImageSource>('frame')
      source?.updateImage({ image, coordinates: corners(bounds) })
    }
    this.wanted = image
    this.chart.setLayoutProperty('frame', 'visibility', image ? 'visible' : 'none')
  }

  /** Show the stations. */
  stations(points: StationPoint[]): void {
    this.put('stations', { type: 'FeatureCollection', features: points })
  }

  /** Put a ring around one station. */
  choose(id: string | null): void {
    this.chart.setFilter('chosen', ['==', ['get', 'id'], id ?? ''])
  }

  /** Tell when a station is clicked (null: the ground) or pointed at. */
  listen(clicked: (id: string | null) => void, pointed: (id: string | null, x: number, y: number) => void): void {
    this.chart.on('click', (event) => clicked(this.under(event.point)))
    this.chart.on('mousemove', (event) => {
      const id = this.under(event.point)
      this.chart.getCanvas().style.cursor = id ? 'pointer' : ''
      pointed(id, event.point.x, event.point.y)
    })
    this.chart.on('mouseout', () => pointed(null, 0, 0))
  }

  private under({ x, y }: maplibregl.Point): string | null {
    const box: [[number, number], [number, number]] = [
      [x - REACH_PX / 2, y - REACH_PX / 2],
      [x + REACH_PX / 2, y + REACH_PX / 2],
    ]
    const found = this.chart.queryRenderedFeatures(box, { layers: ['dots'] })
    return (found[0]?.properties.id as string | undefined) ?? null
  }

  /** Move by so many pixels. */
  move(x: number, y: number): void {
    this.chart.panBy([x, y])
  }

  /** Bring a place into view if it is out of it. */
  reveal(lon: number, lat: number): void {
    if (!this.chart.getBounds().contains([lon, lat])) this.chart.easeTo({ center: [lon, lat] })
  }

  /** Paint everything anew after the theme has changed. */
  repaint(): void {
    for (const { id, paint } of layers()) {
      for (const [name, value] of Object.entries(paint ?? {})) {
        this.chart.setPaintProperty(id, name as Parameters<maplibregl.Map['setPaintProperty']>[1], value)
      }
    }
    redraw(this.chart)
  }

  /** Fit the map into its container after that has changed. */
  resize(): void {
    this.chart.resize()
  }

  /** Give the canvas right after it was painted, when it can be copied from. */
  async snapshot(): Promise<HTMLCanvasElement> {
    const painted = this.chart.once('render')
    this.chart.triggerRepaint()
    await painted
    return this.chart.getCanvas()
  }

  /** Resolves when all is painted. */
  async settled(): Promise<void> {
    await this.chart.once('idle')
  }

  private put(sheet: Sheet, shapes: GeoJSON.FeatureCollection): void {
    this.chart.getSource<maplibregl.GeoJSONSource>(sheet)?.setData(shapes)
  }
}
