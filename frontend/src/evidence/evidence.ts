/**
 * The small map beside a proposal or a warning: its districts coloured, the stations that speak for it with values.
 *
 * Each `<div data-evidence="ID">` shows what the JSON block with that id holds.
 */

import '../style/evidence.css'
import type { Bounds, Colour, Districts } from '../api'
import { colour, RAMPS } from '../colours'
import { condition, sign } from '../condition'
import { fill, h } from '../dom'
import { open, type StationPoint } from '../map/citymap'
import { say } from '../text'

export interface EvidenceStation {
  id: string
  zh: string
  lon: number
  lat: number
  value: number | null
  /** A code of core/flags.Flag. */
  flag: number
  /** Whether this value meets the criterion. */
  meets: boolean
}

export interface Evidence {
  districts: Districts['districts']
  context?: Districts['context']
  bounds: Bounds
  /** District code to signal colour and the words under its name. */
  marked: Record<string, { colour: Colour; words: string }>
  stations: EvidenceStation[]
  unit: string
  decimals: number
}

/** Make a station's point: those that meet the criterion are full and written, the others small. */
export function evidencePoint(station: EvidenceStation, decimals: number): StationPoint {
  const state = condition(station.value, station.flag, 0)
  const value = station.value ?? 0
  return {
    type: 'Feature',
    properties: {
      id: station.id,
      state,
      fill: station.value === null ? '' : (colour(RAMPS.rain, value) ?? ''),
      label: station.value === null || !station.meets ? '' : `${value.toFixed(decimals)}${sign(state)}`,
      size: station.meets ? 1 : 0,
      rank: -value,
      national: false,
      barb: '',
      turn: 0,
    },
    geometry: { type: 'Point', coordinates: [station.lon, station.lat] },
  }
}

async function show(root: HTMLElement): Promise<void> {
  const block = document.getElementById(root.dataset.evidence ?? '')
  if (!block) throw new Error(`the page has no JSON block ${root.dataset.evidence}`)
  const evidence = JSON.parse(block.textContent ?? '') as Evidence
  const none: Districts['context'] = { type: 'FeatureCollection', features: [] }
  const { districts, bounds, context = none } = evidence
  const chart = await open(root, { districts, context, bounds })
  chart.warned(new Map(Object.entries(evidence.marked)))
  chart.stations(evidence.stations.map((station) => evidencePoint(station, evidence.decimals)))
  document.addEventListener('xt:theme', () => chart.repaint())
  root.dataset.ready = 'yes'
}

for (const root of document.querySelectorAll<HTMLElement>('[data-evidence]')) {
  show(root).catch(() => fill(root, h('p', { class: 'empty' }, say('地图画不出来，请看旁边的表'))))
}
