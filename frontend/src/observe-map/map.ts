/** The observation map: any element, now or over a window, at the stations and between them, now or as it was known. */

import '../style/home.css'
import '../style/observe-map.css'
import { ApiError, ask, type Districts, SessionOver } from '../api'
import { find } from '../dom'
import { Feed } from '../home/feed'
import { type CityMap, open } from '../map/citymap'
import { named, say } from '../text'
import { analysis, type Choice, type Field, field, parameters, type Question } from './asking'
import { chooser } from './choosing'
import { keys } from './keys'
import { legend } from './legend'
import { points, usable } from './points'
import { Scene } from './scene'
import { Sketch } from './sketch'
import { Taking } from './taking'
import { floored, Timebar } from './timebar'
import { fitting, fromAddress, Store, toAddress, type View } from './view'

/** Fewer stations make no field (`met/analysis.py`). */
const LEAST = 5
const ASKED: (keyof View)[] = ['element', 'how', 'hours', 'at', 'fitted', 'safe']

/** Ask for what the stations show, and for the field between them if it is wanted; a newer question wins. */
class Asking {
  private round = 0

  constructor(private readonly store: Store<View>) {}

  async again(): Promise<void> {
    this.round += 1
    const round = this.round
    const { store } = this
    const question: Question = store.now
    store.put({ loading: true })
    try {
      const found = await field(question)
      if (round !== this.round) return
      document.dispatchEvent(new CustomEvent('xt:now', { detail: this.now(found) }))
      store.put({ field: found, trouble: 'none', end: this.end(found), ...this.dated(found) })
      await this.between(question, round)
    } finally {
      if (round === this.round) store.put({ loading: false })
    }
  }

  /** The clock of the page is the server's; a past moment says nothing of it. */
  private now(found: Field): number {
    return found.live ? Date.parse(found.at) : serverNow()
  }

  private end(found: Field): number {
    return found.live ? floored(Date.parse(found.at)) : this.store.now.end
  }

  /** What was analysed of another moment or element is out of date. */
  private dated(found: Field): Partial<View> {
    const held = this.store.now.analysis
    return held && this.analysed === this.key() && held.version === found.version
      ? {}
      : { analysis: null, hindrance: '' }
  }

  private analysed = ''

  private key(): string {
    return JSON.stringify(parameters(this.store.now))
  }

  private async between(question: Question, round: number): Promise<void> {
    const { layers, choices } = this.store.now
    if (!(layers.shades || layers.lines)) return
    if (choices.find(({ name }) => name === question.element)?.field === false) {
      this.store.put({ analysis: null, hindrance: say('方向和代码不能分析成场') })
      return
    }
    const told = this.store.now.field
    if (told && told.stations.filter((spot) => usable(spot, told)).length < LEAST) {
      this.store.put({ analysis: null, hindrance: say('有值的站太少，不能分析成场') })
      return
    }
    try {
      const found = await analysis(question)
      if (round !== this.round) return
      this.analysed = this.key()
      this.store.put({ analysis: found, hindrance: '' })
    } catch (error) {
      if (error instanceof SessionOver || !(error instanceof ApiError) || error.status !== 422) throw error
      if (round === this.round) this.store.put({ analysis: null, hindrance: say('有值的站太少，不能分析成场') })
    }
  }
}

let begun = { server: 0, steady: 0 }

/** The server's time, carried on by the machine's steady counter. */
function serverNow(): number {
  return begun.server + performance.now() - begun.steady
}

/** Tell the style how far down the choices reach. */
function headroom(): void {
  const picks = find('[data-picks]')
  find('.stage').style.setProperty('--head', `${picks.offsetTop + picks.offsetHeight}px`)
}

function trouble(error: unknown): View['trouble'] {
  if (error === null) return 'none'
  return error instanceof SessionOver ? 'session' : 'stale'
}

function curtain(words: string | null): void {
  const element = find('[data-curtain]')
  element.hidden = words === null
  if (words !== null) element.textContent = words
}

async function chart(districts: Districts): Promise<CityMap | null> {
  try {
    const city = await open(
      find('[data-map]'),
      districts,
      find('[data-timebar]').offsetHeight,
      find('[data-picks]').offsetHeight,
    )
    city.dress()
    return city
  } catch {
    return null
  }
}

function blank(): View {
  return {
    ...fromAddress(location.search),
    listed: false,
    playing: false,
    choices: [],
    field: null,
    analysis: null,
    hindrance: '',
    end: floored(serverNow()),
    trouble: 'none',
    loading: true,
  }
}

async function begin(): Promise<void> {
  const root = find('[data-observe-map]')
  begun = { server: Date.parse(root.dataset.now ?? ''), steady: performance.now() }
  const store = new Store<View>(blank())
  if (store.now.at) store.put({ end: Date.parse(store.now.at) })
  chooser(find('[data-picks]'), store)
  new ResizeObserver(headroom).observe(find('[data-picks]'))
  const bar = new Timebar(find('[data-timebar]'), store, serverNow)
  const early = field(store.now).catch(() => null)
  const [districts, choices] = await Promise.all([ask<Districts>('map/districts'), ask<Choice[]>('map/choices')])
  const codes = new Map(districts.districts.features.map(({ properties }) => [properties.code, named(properties)]))
  const choice = choices.find(({ name }) => name === store.now.element)
  const first = await early
  store.put({ choices, ...fitting(store.now, choice), ...(first && { field: first }) })
  const sketch = await sketched(districts, store)
  const city = await chart(districts)
  store.put({ listed: city === null })
  new Scene(store, city, codes).begin()
  curtain(city ? null : say('这台电脑的浏览器不能显示地图（需要 WebGL 2），请用列表'))
  if (!city) setTimeout(() => curtain(null), 6000)
  follow(store, city, bar)
  if (city) void city.settled().then(() => revealed(sketch))
}

/** Draw the first picture, and let it be seen before the map is made. */
async function sketched(districts: Districts, store: Store<View>): Promise<Sketch> {
  const sketch = new Sketch(find('[data-map]'))
  const [head, foot] = [find('[data-picks]').offsetHeight, find('[data-timebar]').offsetHeight]
  sketch.draw(districts, points(store.now), head, foot)
  legend(find('[data-legend]'), store.now)
  curtain(null)
  await new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))
  performance.mark('stations-drawn')
  return sketch
}

/** The map is painted: take the first picture away, and tell those who measure. */
function revealed(sketch: Sketch): void {
  sketch.remove()
  performance.mark('map-settled')
  document.documentElement.dataset.ready = 'yes'
}

/** Keep asking; ask at once when somebody chooses. */
function follow(store: Store<View>, city: CityMap | null, bar: Timebar): void {
  const asking = new Asking(store)
  const taking = new Taking(store, city)
  const feed = new Feed(
    () => asking.again(),
    (error) => store.put({ trouble: trouble(error) }),
  )
  const quietly = () => asking.again().catch((error: unknown) => store.put({ trouble: trouble(error) }))
  store.on(ASKED, () => void quietly())
  store.on(['layers'], ({ layers, analysis: held }) => {
    if ((layers.shades || layers.lines) && !held) void quietly()
  })
  store.on([...ASKED, 'layers', 'good', 'station'], (view) => history.replaceState(null, '', toAddress(view)))
  for (const button of document.querySelectorAll('[data-export]')) {
    button.addEventListener('click', () => taking.open())
  }
  keys(store, bar, () => taking.open(), city)
  void feed.now()
}

begin().catch((error: unknown) => {
  curtain(error instanceof SessionOver ? say('登录已过期，请重新登录') : say('地图的底图取不到，请刷新页面再试'))
})
