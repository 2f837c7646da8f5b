/** Draws the panels of a station under one another, on one time axis. */

import { clockTime, dayTime } from '../beijing'
import { parts } from '../map/barb'
import { say } from '../text'
import { token } from '../theme'
import type { Barb, Curve, Panel } from './panels'
import { base, CROSS, type Option, timeAxis, valueAxis } from './plot'

const PANEL_PX = 104
const GAP_PX = 30
const TOP_PX = 24
const DAY_MS = 24 * 3600_000

/** How high the drawing of so many panels is. */
export function height(panels: Panel[]): number {
  return TOP_PX + panels.length * (PANEL_PX + GAP_PX)
}

/** The whole drawing. */
export function option(panels: Panel[], span: [number, number]): Option {
  const write = span[1] - span[0] > 1.5 * DAY_MS ? (ms: number) => dayTime(ms).slice(0, 5) : clockTime
  const rain = panels.findIndex((panel) => panel.bars)
  return {
    ...base(),
    grid: panels.map((_, i) => ({ left: 46, right: 44, top: TOP_PX + i * (PANEL_PX + GAP_PX), height: PANEL_PX })),
    xAxis: panels.map((_, i) => timeAxis(i, i === panels.length - 1, write, span)),
    yAxis: [...panels.map(axis), ...(rain < 0 ? [] : [sumAxis(rain)])],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    series: panels.flatMap((panel, i) => [
      ...panel.curves.flatMap((curve) => drawn(curve, panel, i)),
      ...(panel.total.length > 0 ? [total(panel, i, panels.length)] : []),
      ...(panel.barbs.length > 0 ? [barbs(panel.barbs, i)] : []),
    ]),
  } as Option
}

function axis(panel: Panel, place: number) {
  const names = panel.curves.map((curve) => say(curve.zh)).join(' / ')
  const ceiling = panel.barbs.length > 0 ? { boundaryGap: [0, '45%'] } : {}
  return valueAxis(place, `${names}  ${panel.unit}`, panel.floor, { max: panel.ceiling, ...ceiling })
}

function sumAxis(place: number) {
  return valueAxis(place, '', 0, { position: 'right', splitLine: { show: false } })
}

function drawn(curve: Curve, panel: Panel, place: number) {
  const on = { xAxisIndex: place, yAxisIndex: place }
  const main = {
    ...on,
    name: say(curve.zh),
    type: panel.bars ? 'bar' : 'line',
    showSymbol: false,
    connectNulls: false,
    barMaxWidth: 8,
    lineStyle: { width: curve.thin ? 1 : 1.8, color: curve.colour, type: curve.thin ? 'dashed' : 'solid' },
    itemStyle: { color: curve.colour },
    data: curve.points,
  }
  return [...range(curve, on), main, doubts(curve, on)]
}

/** The band between the lowest and the highest of each hour: two lines, the upper stacked on the lower. */
function range(curve: Curve, on: Record<string, number>) {
  if (!curve.range) return []
  const { low, high } = curve.range
  const gap = high.map(([ms, value], i) => {
    const under = low[i]?.[1]
    return [ms, value === null || under === null || under === undefined ? null : value - under]
  })
  const quiet = { ...on, type: 'line', showSymbol: false, silent: true, tooltip: { show: false }, stack: curve.name }
  return [
    { ...quiet, data: low, lineStyle: { opacity: 0 }, stackStrategy: 'all' },
    {
      ...quiet,
      data: gap,
      lineStyle: { opacity: 0 },
      areaStyle: { color: curve.colour, opacity: 0.18 },
      stackStrategy: 'all',
    },
  ]
}

function doubts(curve: Curve, on: Record<string, number>) {
  return {
    ...on,
    name: say('质量'),
    type: 'scatter',
    tooltip: { show: false },
    data: curve.doubts.map(({ at, value, state }) => ({
      value: [at, value],
      symbol: state === 'wrong' ? CROSS : 'triangle',
      symbolSize: 9,
      itemStyle: { color: token(state) },
    })),
  }
}

function total(panel: Panel, place: number, axes: number) {
  return {
    name: say('累计雨量'),
    type: 'line',
    xAxisIndex: place,
    yAxisIndex: axes,
    showSymbol: false,
    lineStyle: { width: 1.2, color: token('accent') },
    itemStyle: { color: token('accent') },
    data: panel.total,
  }
}

type Api = { value: (i: number) => number; coord: (point: [number, number]) => [number, number] }

function barbs(found: Barb[], place: number) {
  return {
    name: say('风向'),
    type: 'custom',
    xAxisIndex: place,
    yAxisIndex: place,
    silent: true,
    tooltip: { show: false },
    data: found.map(({ at, speed, from }) => [at, speed, from]),
    renderItem: (params: { coordSys: { y: number } }, api: Api) => {
      const [x] = api.coord([api.value(0), 0])
      return sign(x, params.coordSys.y + 18, api.value(1), api.value(2))
    },
  }
}

const STAFF = 16

/** A wind sign as on Chinese charts: half barb 2 m/s, full barb 4, pennant 20; the staff points to where it comes from. */
export function sign(x: number, y: number, speed: number, from: number) {
  const halves = Math.ceil(Math.round(speed) / 2)
  const stroke = { stroke: token('ink'), lineWidth: 1.1, fill: token('ink') }
  if (halves === 0) {
    return { type: 'circle', x, y, shape: { cx: 0, cy: 0, r: 3 }, style: { ...stroke, fill: 'none' } }
  }
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: stroke,
  })
  const { pennants, full, half } = parts(halves)
  const children: object[] = [line(0, 0, 0, -STAFF)]
  let top = -STAFF
  for (let i = 0; i < pennants; i += 1, top += 5) {
    children.push({
      type: 'polygon',
      shape: {
        points: [
          [0, top],
          [7, top],
          [0, top + 4],
        ],
      },
      style: stroke,
    })
  }
  for (let i = 0; i < full; i += 1, top += 3.5) children.push(line(0, top, 7, top - 3))
  if (half > 0) children.push(line(0, halves === 1 ? top + 3.5 : top, 4, (halves === 1 ? top + 3.5 : top) - 1.7))
  return { type: 'group', x, y, rotation: (-from * Math.PI) / 180, children }
}
