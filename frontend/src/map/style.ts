/** The map's layers, from the ground up, in the colours of the present theme. No tile and no font is fetched. */

import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Bounds } from '../api'
import { token } from '../theme'

const NONE: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const FONT = ['Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'sans-serif']
const SHEETS = ['context', 'districts', 'edge', 'names', 'stations'] as const

export type Sheet = (typeof SHEETS)[number]

/** Corners of a picture, from the top left, clockwise. */
export function corners([west, south, east, north]: Bounds): [
  [number, number],
  [number, number],
  [number, number],
  [number, number],
] {
  return [
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ]
}

function sources(bounds: Bounds): Record<string, SourceSpecification> {
  const sheets = SHEETS.map((name) => [name, { type: 'geojson', data: NONE }] as [string, SourceSpecification])
  return { ...Object.fromEntries(sheets), frame: { type: 'image', coordinates: corners(bounds) } }
}

function ground(): LayerSpecification[] {
  return [
    { id: 'land', type: 'background', paint: { 'background-color': token('map-land') } },
    {
      id: 'context',
      type: 'line',
      source: 'context',
      paint: { 'line-color': token('map-context'), 'line-width': 1 },
    },
    { id: 'city', type: 'fill', source: 'districts', paint: { 'fill-color': token('map-city') } },
    {
      id: 'warned',
      type: 'fill',
      source: 'districts',
      filter: ['has', 'signal'],
      paint: { 'fill-color': ['get', 'signal'], 'fill-opacity': 0.32 },
    },
    {
      id: 'frame',
      type: 'raster',
      source: 'frame',
      layout: { visibility: 'none' },
      paint: { 'raster-opacity': 0.9, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' },
    },
  ]
}

function areas(): LayerSpecification[] {
  return [
    {
      id: 'hatched',
      type: 'fill',
      source: 'districts',
      filter: ['has', 'signal'],
      paint: { 'fill-pattern': ['concat', 'hatch-', ['get', 'colour']], 'fill-opacity': 0.4 },
    },
    {
      id: 'boundaries',
      type: 'line',
      source: 'districts',
      paint: { 'line-color': token('map-line'), 'line-width': 1 },
    },
    {
      id: 'edge',
      type: 'line',
      source: 'edge',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': token('map-edge'), 'line-width': 1.8 },
    },
    {
      id: 'warned-edge',
      type: 'line',
      source: 'districts',
      filter: ['has', 'signal'],
      layout: { 'line-join': 'round', 'line-sort-key': ['get', 'rank'] },
      paint: { 'line-color': ['get', 'signal'], 'line-width': 2.5 },
    },
  ]
}

function dots(): LayerSpecification[] {
  return [
    {
      id: 'dots',
      type: 'circle',
      source: 'stations',
      layout: { 'circle-sort-key': ['-', 0, ['get', 'rank']] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, radius(3.2, 2), 11, radius(7, 4.5)],
        'circle-color': ['case', ['==', ['get', 'fill'], ''], token('map-halo'), ['get', 'fill']],
        'circle-opacity': ['match', ['get', 'state'], ['stale', 'missing', 'no_task'], 0.45, 1],
        'circle-stroke-width': ['match', ['get', 'state'], ['suspect', 'wrong'], 2.4, 1],
        'circle-stroke-color': [
          'match',
          ['get', 'state'],
          'suspect',
          token('suspect'),
          'wrong',
          token('wrong'),
          ['stale', 'missing', 'no_task', 'unchecked'],
          token('absent'),
          token('map-ink'),
        ],
        'circle-stroke-opacity': ['match', ['get', 'state'], ['stale', 'missing', 'no_task'], 0.7, 0.9],
      },
    },
    {
      id: 'chosen',
      type: 'circle',
      source: 'stations',
      filter: ['==', ['get', 'id'], ''],
      paint: {
        'circle-radius': 13,
        'circle-color': 'transparent',
        'circle-stroke-width': 3,
        'circle-stroke-color': token('focus'),
      },
    },
  ]
}

function radius(full: number, small: number): ExpressionSpecification {
  const usual: ExpressionSpecification = ['case', ['==', ['get', 'size'], 0], small, full]
  return ['case', ['boolean', ['get', 'national'], false], full * 1.25, usual]
}

function words(): LayerSpecification[] {
  const halo = { 'text-halo-color': token('map-halo'), 'text-halo-width': 1.6 }
  return [
    {
      id: 'barbs',
      type: 'symbol',
      source: 'stations',
      minzoom: 7.6,
      filter: ['!=', ['get', 'barb'], ''],
      layout: {
        'icon-image': ['get', 'barb'],
        'icon-rotate': ['get', 'turn'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
    {
      id: 'values',
      type: 'symbol',
      source: 'stations',
      minzoom: 7.2,
      filter: ['!=', ['get', 'label'], ''],
      layout: {
        'text-field': ['get', 'label'],
        'text-font': FONT,
        'text-size': 12,
        'text-variable-anchor': ['top', 'bottom', 'right', 'left'],
        'text-radial-offset': 0.65,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: { 'text-color': token('map-ink'), ...halo },
    },
    {
      id: 'names',
      type: 'symbol',
      source: 'names',
      layout: {
        'text-field': [
          'format',
          ['get', 'name'],
          { 'font-scale': 1 },
          ['case', ['has', 'warned'], ['concat', '\n', ['get', 'warned']], ''],
          { 'font-scale': 0.85 },
        ],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 8, 12, 11, 16],
        'text-letter-spacing': 0.06,
        'text-padding': 4,
        'symbol-sort-key': ['case', ['has', 'warned'], 0, 1],
      },
      paint: { 'text-color': token('map-ink'), ...halo, 'text-halo-width': 2 },
    },
  ]
}

/** All layers in the colours of the present theme. */
export function layers(): LayerSpecification[] {
  return [...ground(), ...areas(), ...dots(), ...words()]
}

/** The style of an empty map. */
export function style(bounds: Bounds): StyleSpecification {
  return { version: 8, sources: sources(bounds), layers: layers() }
}
