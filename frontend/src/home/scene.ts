/** Shows the view: on the map, in the panel, in the list, in the marks. */

import type { Station, WarnState } from '../api'
import { fill, find, h } from '../dom'
import type { CityMap, StationPoint, Warned } from '../map/citymap'
import { picture } from '../map/pictures'
import { language, say } from '../text'
import { tip } from './hover'
import { Listing } from './listing'
import { marks } from './marks'
import { PICKS, type Pick, point } from './pick'
import { legend } from './picker'
import { city, highest, warnings } from './side'
import { StationPanel } from './station'
import { asOf } from './timeline'
import type { Store, View } from './view'

const RANK = { blue: 1, yellow: 2, orange: 3, red: 4 } as const
const COLOUR_ZH = { blue: '蓝色', yellow: '黄色', orange: '橙色', red: '红色' } as const

/** Gather what each district is warned of: the highest colour, and all kinds in words. */
export function warnedDistricts(state: WarnState): Map<string, Warned> {
  const found = new Map<string, Warned>()
  for (const { areas, colour, kind_zh } of state.in_force) {
    for (const code of areas) {
      const held = found.get(code)
      const words = `${say(kind_zh)}${language() === 'en' ? ' ' : ''}${say(COLOUR_ZH[colour])}`
      const higher = held && RANK[held.colour] >= RANK[colour] ? held.colour : colour
      found.set(code, { colour: higher, words: held ? `${held.words} ${words}` : words })
    }
  }
  return found
}

/** Make the points of the map. */
export function points(stations: Station[], pick: Pick): StationPoint[] {
  return stations.map((station) => ({
    type: 'Feature',
    properties: point(station, pick),
    geometry: { type: 'Point', coordinates: [station.lon, station.lat] },
  }))
}

/** Keeps every part of the page in step with the view. */
export class Scene {
  private readonly figures = h('div')
  private readonly alerts = h('div', { class: 'stack' })
  private readonly chosen = h('div', { hidden: true })
  private readonly top = h('div')
  private readonly panel: StationPanel
  private readonly listing: Listing
  private readonly hover = tip(find('.stage'))
  private wantedUrl: string | null = null

  constructor(
    private readonly store: Store,
    private readonly chart: CityMap | null,
    private readonly codes: ReadonlyMap<string, string>,
  ) {
    fill(find('[data-side]'), this.figures, this.alerts, this.chosen, this.top)
    this.panel = new StationPanel(this.chosen, () => this.choose(null))
    this.listing = new Listing(find('[data-listing]'), codes, (id) => this.choose(id))
  }

  /** Begin to follow the view. */
  begin(): void {
    const { store } = this
    store.on(['stations', 'pick'], (view) => this.stations(view))
    store.on(['warn'], (view) => this.warn(view))
    store.on(['line', 'place', 'radar', 'bounds'], (view) => void this.frame(view))
    store.on(['station', 'stations', 'elements'], (view) => this.station(view))
    store.on(['pick', 'timeline', 'radar'], (view) => this.legend(view))
    store.on(['listed', 'stations'], (view) => this.list(view))
    store.on(['line', 'place', 'anchor', 'trouble', 'timeline', 'missingPicture'], (view) =>
      marks(find('[data-marks]'), view),
    )
    document.addEventListener('xt:theme', () => {
      this.chart?.repaint()
      this.panel.repaint()
    })
    this.chart?.listen(
      (id) => this.choose(id),
      (id, x, y) => this.hover(this.found(id), this.pick(store.now), x, y),
    )
    store.on(['timeline'], ({ timeline }) => {
      const note = document.querySelector('[data-exercise-note]')
      if (note && timeline?.note) note.textContent = timeline.note
    })
    this.list(store.now)
    this.legend(store.now)
  }

  private choose(id: string | null): void {
    this.store.put({ station: id })
    const station = this.found(id)
    if (!station) return
    this.chart?.reveal(station.lon, station.lat)
    this.chosen.scrollIntoView({ block: 'start', behavior: 'smooth' })
  }

  private found(id: string | null): Station | null {
    return this.store.now.stations?.stations.find((station) => station.id === id) ?? null
  }

  private pick(view: Readonly<View>): Pick {
    return PICKS.find(({ key }) => key === view.pick) ?? (PICKS[0] as Pick)
  }

  private stations(view: Readonly<View>): void {
    const stations = view.stations?.stations ?? []
    const pick = this.pick(view)
    this.chart?.stations(points(stations, pick))
    city(this.figures, stations, (id) => this.choose(id))
    highest(this.top, stations, pick, this.codes, (id) => this.choose(id))
  }

  private warn({ warn }: Readonly<View>): void {
    if (!warn) return
    this.chart?.warned(warnedDistricts(warn))
    warnings(this.alerts, warn, this.codes)
    const waiting = warn.proposals.length
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${document.title.replace(/^\(\d+\) /, '')}`
  }

  private async frame(view: Readonly<View>): Promise<void> {
    if (!this.chart || !view.bounds) return
    const url = view.radar ? (view.line[view.place]?.url ?? null) : null
    this.wantedUrl = url
    const image = url ? await picture(url).catch(() => null) : null
    if (this.wantedUrl !== url) return
    this.chart.frame(image, view.bounds)
    this.store.put({ missingPicture: url !== null && image === null })
  }

  private station(view: Readonly<View>): void {
    const station = this.found(view.station)
    const at = asOf(view.line, view.place, view.anchor)
    this.chart?.choose(view.station)
    const version = `${view.stations?.version ?? ''}`
    void this.panel.show(station, view.elements, this.codes.get(station?.district ?? '') ?? '', at, version)
  }

  private legend(view: Readonly<View>): void {
    legend(find('[data-legend]'), this.pick(view), view.timeline, view.radar)
  }

  private list(view: Readonly<View>): void {
    find('.stage').classList.toggle('listed', view.listed)
    find('[data-listing]').hidden = !view.listed
    if (view.listed && view.stations) this.listing.show(view.stations.stations)
  }
}
