/** A station's day as a chart: temperature, rain, wind, pressure under one another; doubtful values carry a mark. */

import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { Series } from '../api'
import { clockTime, dayTime } from '../beijing'
import { say } from '../text'
import { token } from '../theme'
import { columns, doubts, type Panel, panels } from './day'

use([LineChart, BarChart, ScatterChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer])

const PANEL_PX = 92
const GAP_PX = 26
const TOP_PX = 22

type Option = Parameters<EChartsType['setOption']>[0]

/** One chart in one element. */
export class DayChart {
  private readonly chart: EChartsType
  private series: Series | null = null
  private readonly watch: ResizeObserver

  constructor(private readonly stage: HTMLElement) {
    this.chart = init(stage, null, { height: PANEL_PX })
    this.watch = new ResizeObserver(() => this.chart.resize())
    this.watch.observe(stage)
  }

  /** Draw a day; false when there is nothing to draw. */
  show(series: Series): boolean {
    this.series = series
    const found = panels(series)
    const height = TOP_PX + found.length * (PANEL_PX + GAP_PX)
    this.stage.style.height = found.length > 0 ? `${height}px` : '0'
    this.chart.resize({ height: Math.max(1, height) })
    this.chart.setOption(option(series, found), { notMerge: true })
    return found.length > 0
  }

  /** Draw again in the colours of the present theme. */
  repaint(): void {
    if (this.series) this.show(this.series)
  }

  /** Give back what it holds. */
  dispose(): void {
    this.watch.disconnect()
    this.chart.dispose()
  }
}

function option(series: Series, found: Panel[]): Option {
  const ink = token('muted')
  return {
    animation: false,
    textStyle: { fontFamily: token('font'), color: ink },
    aria: { enabled: true },
    grid: found.map((_, i) => ({ left: 40, right: 10, top: TOP_PX + i * (PANEL_PX + GAP_PX), height: PANEL_PX })),
    xAxis: found.map((_, i) => timeAxis(i, i === found.length - 1)),
    yAxis: found.map((panel, i) => valueAxis(panel, i)),
    tooltip: tip(),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    series: found.flatMap((panel, i) => [...curves(series, panel, i), marks(series, panel, i)]),
  } as Option
}

function timeAxis(place: number, last: boolean) {
  return {
    type: 'time',
    gridIndex: place,
    axisLabel: { show: last, color: token('muted'), formatter: (ms: number) => clockTime(ms), hideOverlap: true },
    axisTick: { show: last },
    axisLine: { lineStyle: { color: token('line-strong') } },
    splitLine: { show: true, lineStyle: { color: token('line') } },
  }
}

function valueAxis(panel: Panel, place: number) {
  return {
    type: 'value',
    gridIndex: place,
    name: `${panel.lines.map((line) => say(line.zh)).join(' / ')}  ${panel.unit}`,
    nameLocation: 'end',
    nameGap: 7,
    nameTextStyle: { align: 'left', color: token('muted'), fontSize: 12, padding: [0, 0, 0, -32] },
    scale: panel.floor === null,
    min: panel.floor,
    splitNumber: 3,
    axisLabel: { color: token('muted'), fontSize: 11, formatter: (value: number) => String(value) },
    splitLine: { lineStyle: { color: token('line') } },
  }
}

function tip() {
  return {
    trigger: 'axis',
    confine: true,
    backgroundColor: token('raised'),
    borderColor: token('line-strong'),
    textStyle: { color: token('ink'), fontSize: 12 },
    axisPointer: { type: 'line', label: { formatter: ({ value }: { value: number }) => dayTime(value) } },
    valueFormatter: (value: unknown) => (typeof value === 'number' ? String(value) : '–'),
  }
}

function curves(series: Series, panel: Panel, place: number) {
  return panel.lines.map((line) => ({
    name: say(line.zh),
    type: panel.bars ? 'bar' : 'line',
    xAxisIndex: place,
    yAxisIndex: place,
    showSymbol: false,
    connectNulls: false,
    barMaxWidth: 6,
    lineStyle: { width: line.thin ? 1 : 1.8, color: line.colour, type: line.thin ? 'dashed' : 'solid' },
    itemStyle: { color: line.colour },
    data: columns(series, line.name),
  }))
}

function marks(series: Series, panel: Panel, place: number) {
  const colours = { suspect: token('suspect'), wrong: token('wrong') }
  return {
    name: say('质量'),
    type: 'scatter',
    xAxisIndex: place,
    yAxisIndex: place,
    silent: false,
    tooltip: { show: false },
    data: panel.lines.flatMap((line) =>
      doubts(series, line.name).map(({ at, value, state }) => ({
        value: [at, value],
        symbol: state === 'wrong' ? CROSS : 'triangle',
        symbolSize: 9,
        itemStyle: { color: colours[state] },
      })),
    ),
  }
}

const CROSS = 'path://M2 0 L5 3 L8 0 L10 2 L7 5 L10 8 L8 10 L5 7 L2 10 L0 8 L3 5 L0 2 Z'
