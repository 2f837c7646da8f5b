/** Taking away what the map shows: CSV, NetCDF, and a picture with heading, legend and time. */

import { address } from '../api'
import { beijing } from '../beijing'
import { fill, h } from '../dom'
import type { CityMap } from '../map/citymap'
import { say } from '../text'
import { token } from '../theme'
import { parameters } from './asking'
import { heading, range } from './legend'
import type { Store, View } from './view'

const PAD = 16
const HEAD_PX = 56
const ROW_PX = 18
const LEGEND_PX = 190

/** The sheet with the ways to take things away. */
export class Taking {
  private readonly sheet = h('dialog', { class: 'sheet', 'aria-labelledby': 'taking-title' })

  constructor(
    private readonly store: Store<View>,
    private readonly city: CityMap | null,
  ) {
    document.body.append(this.sheet)
  }

  /** Open it, with links to what is shown now. */
  open(): void {
    const view = this.store.now
    const asked = parameters(view)
    const shut = h('button', { class: 'btn quiet icon', 'aria-label': say('关闭') }, '✕')
    const title = h('h2', { id: 'taking-title' }, say('导出'))
    const picture = h('button', { class: 'btn', type: 'button', onclick: () => void this.picture() }, say('图片 PNG'))
    picture.hidden = this.city === null
    const { words } = heading(view)
    fill(
      this.sheet,
      h('header', {}, title, h('form', { method: 'dialog' }, shut)),
      h(
        'div',
        { class: 'ways' },
        h('p', { class: 'muted' }, `${words} · ${beijing(Date.parse(view.field?.at ?? '') || view.end).slice(0, 16)}`),
        link(say('各站的值 CSV'), address('map/export.csv', asked)),
        link(say('各站的值 NetCDF'), address('map/export.nc', asked)),
        view.hindrance ? null : link(say('格点场 NetCDF'), address('map/analysis.nc', asked)),
        picture,
      ),
    )
    if (!this.sheet.open) this.sheet.showModal()
  }

  private async picture(): Promise<void> {
    if (!this.city) return
    const canvas = await drawn(this.city, this.store.now)
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
    if (!blob) return
    const url = URL.createObjectURL(blob)
    h('a', { href: url, download: `${this.store.now.element}.png` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}

function link(words: string, href: string): HTMLElement {
  return h('a', { class: 'btn', href, download: true }, words)
}

/** Draw the map as it stands, with a heading above and the legend beside it. */
export async function drawn(city: CityMap, view: Readonly<View>): Promise<HTMLCanvasElement> {
  const map = await city.snapshot()
  const ratio = Math.max(1, map.width / map.clientWidth)
  const [width, height] = [map.width / ratio, map.height / ratio]
  const canvas = document.createElement('canvas')
  canvas.width = (width + LEGEND_PX) * ratio
  canvas.height = (height + HEAD_PX) * ratio
  const brush = canvas.getContext('2d')
  if (!brush) throw new Error('this browser gives no canvas to draw the picture on')
  brush.scale(ratio, ratio)
  brush.fillStyle = token('panel')
  brush.fillRect(0, 0, width + LEGEND_PX, height + HEAD_PX)
  brush.drawImage(map, 0, HEAD_PX, width, height)
  header(brush, view)
  classes(brush, view, width + PAD)
  return canvas
}

function header(brush: CanvasRenderingContext2D, view: Readonly<View>): void {
  const { words, unit } = heading(view)
  brush.fillStyle = token('ink')
  brush.font = `600 18px ${token('font')}`
  brush.fillText(`${words} (${unit})`, PAD, 24)
  brush.font = `13px ${token('font')}`
  brush.fillStyle = token('muted')
  const time = beijing(Date.parse(view.field?.at ?? '') || view.end).slice(0, 16)
  const exercise = document.querySelector('[data-exercise]') ? '【演练 EXERCISE】 ' : ''
  brush.fillText(`${exercise}${say('{0} 北京时', time)}${error(view)}`, PAD, 45)
}

function error(view: Readonly<View>): string {
  return view.analysis ? `  ${say('留一检验误差')} ${view.analysis.mae.toFixed(2)}` : ''
}

function classes(brush: CanvasRenderingContext2D, view: Readonly<View>, left: number): void {
  brush.font = `12px ${token('font')}`
  for (const [place, one] of [...(view.field?.swatches ?? [])].reverse().entries()) {
    const top = HEAD_PX + place * ROW_PX
    brush.fillStyle = one.colour
    brush.fillRect(left, top, 22, ROW_PX - 4)
    brush.fillStyle = token('ink')
    brush.fillText(`${range(one)}  ${one.words ? say(one.words) : ''}`, left + 30, top + ROW_PX - 7)
  }
}
