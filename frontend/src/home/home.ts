/** The home page: the map, the time line, the panel, kept in step with what is known. */

import '../style/home.css'
import { ask, type Districts, type Element, SessionOver, type Stations, type Timeline } from '../api'
import { find } from '../dom'
import { type CityMap, open } from '../map/citymap'
import { prepare } from '../map/pictures'
import { named, say } from '../text'
import { Feed } from './feed'
import { keys } from './handling'
import { known } from './known'
import { picker } from './picker'
import { Player } from './player'
import { Scene } from './scene'
import { Timebar } from './timebar'
import { asOf, present, stay, steps } from './timeline'
import { empty, Store } from './view'

/** Ask for everything that changes: the time line, and what was known at the moment shown. */
async function refresh(store: Store): Promise<void> {
  const { anchor } = store.now
  const timeline = await ask<Timeline>('map/timeline', { at: anchor })
  if (anchor !== store.now.anchor) return
  document.dispatchEvent(new CustomEvent('xt:now', { detail: Date.parse(timeline.now) }))
  const { line: old, place, follow } = store.now
  const line = steps(timeline)
  store.put({ timeline, line, bounds: timeline.bounds, place: stay(old, place, line, follow) })
  await recall(store)
  void prepare(line.flatMap((step) => (step.url ? [step.url] : [])))
}

/** Ask for what was known at the moment shown; what has not changed is left as it is. */
async function recall(store: Store): Promise<void> {
  const asked = shownAt(store)
  const { stations, warn } = await known(asked)
  if (shownAt(store) !== asked) return
  const held = store.now
  store.put({
    stations: alike(held.stations, stations) ? held.stations : stations,
    warn: JSON.stringify(held.warn) === JSON.stringify(warn) ? held.warn : warn,
  })
}

function shownAt(store: Store): string | null {
  return asOf(store.now.line, store.now.place, store.now.anchor)
}

/** The same readings, and of the same minute, so that their ages are the same too. */
function alike(held: Stations | null, fresh: Stations): boolean {
  return held?.version === fresh.version && held.at.slice(0, 16) === fresh.at.slice(0, 16)
}

function anchored(): string | null {
  const ms = Date.parse(new URLSearchParams(location.search).get('at') ?? '')
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

function remember(anchor: string | null): void {
  history.replaceState(null, '', anchor ? `?at=${encodeURIComponent(anchor)}` : location.pathname)
}

/** What hands can do on this page. */
function deeds(store: Store, feed: Feed) {
  const quietly = () => recall(store).catch((error: unknown) => store.put({ trouble: trouble(error) }))
  const to = (place: number) => {
    const held = Math.min(store.now.line.length - 1, Math.max(0, place))
    const before = shownAt(store)
    store.put({ place: held, follow: held === present(store.now.line) })
    if (shownAt(store) !== before) void quietly()
  }
  const replay = (ms: number | null) => {
    const anchor = ms === null ? null : new Date(ms).toISOString()
    remember(anchor)
    store.put({ anchor, follow: true, playing: false })
    void feed.now()
  }
  const now = () => (store.now.anchor === null ? to(present(store.now.line)) : replay(null))
  return { to, replay, now, play: () => store.put({ playing: !store.now.playing }) }
}

function trouble(error: unknown): 'none' | 'stale' | 'session' {
  if (error === null) return 'none'
  return error instanceof SessionOver ? 'session' : 'stale'
}

function curtain(words: string | null): void {
  const cloth = find('[data-curtain]')
  cloth.hidden = words === null
  cloth.textContent = words ?? ''
}

async function ground(): Promise<[Districts, Element[]]> {
  return Promise.all([ask<Districts>('map/districts'), ask<Element[]>('map/elements')])
}

async function map(districts: Districts): Promise<CityMap | null> {
  try {
    const chart = await open(find('[data-map]'), districts, find('[data-timebar]').offsetHeight)
    chart.dress()
    return chart
  } catch {
    return null
  }
}

async function begin(): Promise<void> {
  const store = new Store({ ...empty(), anchor: anchored() })
  const [districts, elements] = await ground()
  const codes = new Map(districts.districts.features.map(({ properties }) => [properties.code, named(properties)]))
  const chart = await map(districts)
  const feed = new Feed(
    () => refresh(store),
    (error) => store.put({ trouble: trouble(error) }),
  )
  const hands = deeds(store, feed)
  const bar = new Timebar(find('[data-timebar]'), hands)
  const scene = new Scene(store, chart, codes)
  picker(find('[data-picks]'), store)
  store.on(['line'], (view) => bar.line(view.line))
  store.on(['line', 'place', 'playing', 'follow', 'anchor'], (view) => bar.show(view))
  const player = new Player(hands.to, () => store.now)
  store.on(['playing'], (view) => player.turn(view.playing))
  keys(store, hands, chart)
  store.put({ elements, listed: chart === null })
  scene.begin()
  curtain(chart ? null : say('这台电脑的浏览器不能显示地图（需要 WebGL 2），请用列表'))
  if (!chart) setTimeout(() => curtain(null), 6000)
  await feed.now()
  document.documentElement.dataset.ready = 'yes'
}

begin().catch((error: unknown) => {
  curtain(error instanceof SessionOver ? say('登录已过期，请重新登录') : say('地图的底图取不到，请刷新页面再试'))
})
