/** Shows the view: on the map, in the panel, in the table. */

import type { Bounds } from '../api'
import { clockTime, dayTime } from '../beijing'
import { tone, word } from '../condition'
import { fill, find, h } from '../dom'
import type { CityMap } from '../map/citymap'
import { picture } from '../map/pictures'
import { say } from '../text'
import { parameters, pictureOf, type Spot } from './asking'
import { choiceOf, switches } from './choosing'
import { Sheets } from './layers'
import { legend } from './legend'
import { Listing } from './listing'
import { points, state, withUnit } from './points'
import { extremes, quality, station, summary } from './side'
import type { Store, View } from './view'

/** Keeps every part of the page in step with the view. */
export class Scene {
  private readonly figures = h('div')
  private readonly layers = h('div')
  private readonly chosen = h('div', { hidden: true })
  private readonly error = h('div', { hidden: true })
  private readonly top = h('div')
  private readonly slip = h('div', { class: 'slip', hidden: true, 'aria-hidden': 'true' })
  private readonly listing: Listing
  private readonly sheets: Sheets | null
  private wanted: string | null = null

  constructor(
    private readonly store: Store<View>,
    private readonly city: CityMap | null,
    private readonly codes: ReadonlyMap<string, string>,
  ) {
    this.sheets = city ? new Sheets(city) : null
    fill(find('[data-side]'), this.figures, this.chosen, this.layers, this.error, this.top)
    find('.stage').append(this.slip)
    this.listing = new Listing(find('[data-listing]'), codes, (id) => this.choose(id))
    switches(this.layers, store)
  }

  /** Begin to follow the view. */
  begin(): void {
    const { store } = this
    store.on(['field', 'good', 'layers', 'choices'], (view) => this.stations(view))
    store.on(['analysis', 'layers'], (view) => void this.shades(view))
    store.on(['field', 'choices'], (view) => legend(find('[data-legend]'), view))
    store.on(['station', 'field', 'analysis', 'choices'], (view) => this.station(view))
    store.on(['analysis', 'hindrance', 'layers', 'choices'], (view) => quality(this.error, view))
    store.on(['listed', 'field', 'analysis', 'good', 'choices'], (view) => this.list(view))
    store.on(['trouble', 'at', 'field'], (view) => this.marks(view))
    document.addEventListener('xt:theme', () => this.sheets?.repaint(store.now.layers.dots))
    this.city?.listen(
      (id) => this.choose(id),
      (id, x, y) => this.hover(this.found(id), x, y),
    )
    this.all(store.now)
  }

  private all(view: Readonly<View>): void {
    this.stations(view)
    legend(find('[data-legend]'), view)
    this.station(view)
    quality(this.error, view)
    this.list(view)
    this.marks(view)
  }

  private choose(id: string | null): void {
    this.store.put({ station: id })
    const spot = this.found(id)
    if (!spot) return
    this.city?.reveal(spot.lon, spot.lat)
    this.chosen.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  }

  private found(id: string | null): Spot | null {
    return this.store.now.field?.stations.find((spot) => spot.id === id) ?? null
  }

  private stations(view: Readonly<View>): void {
    this.city?.stations(points(view))
    this.sheets?.dots(view.layers.dots)
    summary(this.figures, view, (id) => this.choose(id))
    extremes(this.top, view, this.codes, ranking(view), (id) => this.choose(id))
  }

  private async shades(view: Readonly<View>): Promise<void> {
    if (!this.city) return
    const { analysis, layers } = view
    this.sheets?.lines(layers.lines ? analysis : null)
    const url = layers.shades && analysis ? pictureOf(view, analysis) : null
    this.wanted = url
    const image = url ? await picture(url).catch(() => null) : null
    if (this.wanted !== url) return
    this.city.frame(image, analysis?.bounds ?? ([0, 0, 1, 1] as Bounds))
  }

  private station(view: Readonly<View>): void {
    this.city?.choose(view.station)
    station(this.chosen, view, this.codes, () => this.choose(null))
  }

  private hover(spot: Spot | null, x: number, y: number): void {
    const { field } = this.store.now
    this.slip.hidden = spot === null
    if (!spot || !field) return
    const told = state(spot, field)
    const time = spot.time === null ? say('从未到报') : clockTime(Date.parse(spot.time))
    const badge = told === 'good' ? null : h('span', { class: `badge ${tone(told)}` }, word(told))
    const value = h('span', {}, `${withUnit(spot.value, choiceOf(this.store.now))} `, badge)
    fill(this.slip, h('b', {}, spot.zh), value, h('small', {}, `${spot.id} · ${time}`))
    const stage = find('.stage')
    const left = x > stage.clientWidth - 190 ? x - this.slip.offsetWidth - 12 : x + 14
    this.slip.style.transform = `translate(${left}px, ${y + 12}px)`
  }

  private list(view: Readonly<View>): void {
    find('.stage').classList.toggle('listed', view.listed)
    find('[data-listing]').hidden = !view.listed
    if (view.listed) this.listing.show(view)
  }

  private marks({ trouble, at, field }: Readonly<View>): void {
    const since = field ? dayTime(Date.parse(field.at)) : ''
    const log = `/log-in/?next=${encodeURIComponent(location.pathname + location.search)}`
    fill(
      find('[data-marks]'),
      trouble === 'session' ? h('a', { class: 'mark wrong', href: log }, say('登录已过期，请重新登录')) : null,
      trouble === 'stale' ? h('span', { class: 'mark wrong' }, say('连接中断，数据停在 {0}', since)) : null,
      at ? h('span', { class: 'mark replaying' }, say('回放：{0} 当时所知', dayTime(Date.parse(at)))) : null,
      field && field.stations.length === 0 ? h('span', { class: 'mark' }, say('还没有登记站点')) : null,
    )
  }
}

/** Give the address of the ranking of what is shown. */
export function ranking(view: Readonly<View>): string {
  const asked = Object.entries(parameters({ ...view, fitted: false, safe: false }))
  const told = asked.filter((pair): pair is [string, string | number] => pair[1] !== null)
  return `/observe/ranking/?${new URLSearchParams(told.map(([name, value]) => [name, String(value)]))}`
}
