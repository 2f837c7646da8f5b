/** Several stations side by side: their curves, and how far each stands from the first. */

import { address, ask } from '../api'
import { clockTime, dayTime } from '../beijing'
import { find } from '../dom'
import { say } from '../text'
import { token } from '../theme'
import { type Compared, differences } from './differences'
import { base, type Option, Plot, SERIES, timeAxis, valueAxis } from './plot'
import { fold, type Sheet } from './sheet'

const PANEL_PX = 240
const GAP_PX = 46
const DAY_MS = 24 * 3600_000

function option(compared: Compared, names: string[], unit: string): Option {
  const ms = compared.times.map((time) => Date.parse(time))
  const span: [number, number] = [ms[0] ?? 0, ms.at(-1) ?? 0]
  const write = span[1] - span[0] > 1.5 * DAY_MS ? (at: number) => dayTime(at).slice(0, 5) : clockTime
  const gaps = differences(compared)
  const curve = (name: string, row: (number | null)[], colour: number, place: number) => ({
    name,
    type: 'line',
    xAxisIndex: place,
    yAxisIndex: place,
    showSymbol: false,
    lineStyle: { width: 1.7 },
    itemStyle: { color: SERIES[colour % SERIES.length] },
    data: row.map((value, i) => [ms[i], value]),
  })
  const tall = (place: number) => ({
    left: 50,
    right: 14,
    top: 52 + place * (PANEL_PX + GAP_PX),
    height: PANEL_PX - 20,
  })
  const places = gaps.length > 0 ? [0, 1] : [0]
  return {
    ...base(),
    legend: {
      top: 0,
      data: names,
      textStyle: { color: token('muted'), fontSize: 12 },
      icon: 'roundRect',
      itemHeight: 4,
    },
    grid: places.map(tall),
    xAxis: places.map((place) => timeAxis(place, true, write, span)),
    yAxis: places.map((place) => valueAxis(place, place ? `${say('与首站之差')}  ${unit}` : unit, null)),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    series: [
      ...compared.values.map((row, i) => curve(names[i] ?? '', row, i, 0)),
      ...gaps.map((row, i) => curve(`${names[i + 1]} − ${names[0]}`, row, i + 1, 1)),
    ],
  } as Option
}

function sheet(compared: Compared, names: string[]): Sheet {
  const write = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(value))
  return {
    caption: compared.hourly ? say('逐小时值') : say('逐次读数'),
    columns: [say('时间'), ...names],
    rows: compared.times.map((time, i) => [dayTime(Date.parse(time)), ...compared.values.map((row) => write(row[i]))]),
  }
}

async function show(root: HTMLElement): Promise<void> {
  const words = find('[data-words]', root)
  const { stations = '', element = '', hours = '24', at = '', unit = '', names = '[]' } = root.dataset
  const query = { stations, element, hours, at: at || null }
  const plot = new Plot(find('[data-stage]', root))
  words.textContent = say('正在载入…')
  try {
    const compared = await ask<Compared>('compare', query)
    const called = JSON.parse(names) as string[]
    if (compared.values.every((row) => row.every((value) => value === null))) {
      words.textContent = say('这段时间没有数据')
    } else {
      plot.show(() => option(compared, called, unit), 20 + (compared.values.length > 1 ? 2 : 1) * (PANEL_PX + GAP_PX))
      words.textContent = compared.hourly ? say('逐小时平均或累计；可疑与错误值不计') : say('可疑与错误值不计')
    }
    fold(find('[data-sheet]', root), () => sheet(compared, called), address('compare.csv', query))
  } catch {
    words.textContent = say('取不到数据，稍后再试')
  }
  root.dataset.ready = 'yes'
}

for (const root of document.querySelectorAll<HTMLElement>('[data-compare]')) void show(root)
