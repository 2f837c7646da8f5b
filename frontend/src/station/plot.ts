/** What all charts of the station pages share: ECharts with only the parts that are used, the theme, the axes. */

import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, PolarComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { dayTime } from '../beijing'
import { token } from '../theme'

use([
  LineChart,
  BarChart,
  ScatterChart,
  CustomChart,
  GridComponent,
  PolarComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  CanvasRenderer,
])

export type Option = Parameters<EChartsType['setOption']>[0]

/** One chart in one element; it is drawn again when the theme changes or the element grows. */
export class Plot {
  private chart: EChartsType | null = null
  private draw: (() => Option) | null = null

  constructor(private readonly stage: HTMLElement) {
    new ResizeObserver(() => this.chart?.resize()).observe(stage)
    document.addEventListener('xt:theme', () => this.paint())
  }

  /** Draw; `draw` is called again for another theme. */
  show(draw: () => Option, height: number): void {
    this.draw = draw
    this.stage.style.height = `${height}px`
    this.chart ??= init(this.stage)
    this.chart.resize()
    this.paint()
  }

  /** Take the picture away. */
  clear(): void {
    this.draw = null
    this.chart?.dispose()
    this.chart = null
    this.stage.style.height = '0'
  }

  private paint(): void {
    if (this.draw) this.chart?.setOption(this.draw(), { notMerge: true })
  }
}

/** What every chart begins with. */
export function base(): Record<string, unknown> {
  return {
    animation: false,
    textStyle: { fontFamily: token('font'), color: token('muted') },
    aria: { enabled: true },
    tooltip: tip(),
  }
}

/** A time axis in Beijing time. */
export function timeAxis(place: number, labels: boolean, write: (ms: number) => string, span?: [number, number]) {
  return {
    type: 'time',
    gridIndex: place,
    ...(span ? { min: span[0], max: span[1] } : {}),
    axisLabel: { show: labels, color: token('muted'), formatter: write, hideOverlap: true },
    axisTick: { show: labels },
    axisLine: { lineStyle: { color: token('line-strong') } },
    splitLine: { show: true, lineStyle: { color: token('line') } },
  }
}

/** A value axis with its name above it; `floor` null: fitted to the values. */
export function valueAxis(place: number, name: string, floor: number | null, more: Record<string, unknown> = {}) {
  return {
    type: 'value',
    gridIndex: place,
    name,
    nameLocation: 'end',
    nameGap: 7,
    nameTextStyle: { align: 'left', color: token('muted'), fontSize: 12, padding: [0, 0, 0, -36] },
    scale: floor === null,
    min: floor,
    splitNumber: 3,
    axisLabel: { color: token('muted'), fontSize: 11, formatter: (value: number) => String(value) },
    splitLine: { lineStyle: { color: token('line') } },
    ...more,
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
    valueFormatter: (value: unknown) => (typeof value === 'number' ? String(Math.round(value * 100) / 100) : '–'),
  }
}

/** Colours of several stations or classes, apart from one another on light and dark ground, also for the colour-blind. */
export const SERIES = ['#1f77b4', '#e0662f', '#2f9e8f', '#9b6bd1', '#c9a227', '#d1567f', '#6f8a3c', '#7a7f87']

/** A cross for what is wrong. */
export const CROSS = 'path://M2 0 L5 3 L8 0 L10 2 L7 5 L10 8 L8 10 L5 7 L2 10 L0 8 L3 5 L0 2 Z'
