/** Colours of quantities. Signal colours are fixed by the standard and come from the style sheet. */

export interface Ramp {
  /** Values in rising order. */
  at: number[]
  colours: string[]
  /** Steps (the colour of the class a value falls in) or a blend between neighbours. */
  stepped: boolean
}

const RAIN: Ramp = {
  at: [0.1, 2, 5, 10, 20, 30, 50],
  colours: ['#a6f28e', '#3dba3d', '#61b8ff', '#0a3cf0', '#f000f0', '#a10063', '#5c0038'],
  stepped: true,
}

/** Every ramp by the name of what it colours. */
export const RAMPS = {
  rain: RAIN,
  temperature: {
    at: [-10, 0, 10, 18, 24, 30, 35, 40],
    colours: ['#31349b', '#3b8ad9', '#4fc0b5', '#8fcf5a', '#f2d43c', '#f59a2f', '#e2492f', '#9e1b57'],
    stepped: false,
  },
  wind: {
    at: [0, 3.4, 8, 10.8, 13.9, 17.2, 20.8, 24.5],
    colours: ['#9fb2c6', '#5fb3e6', '#3dba6f', '#c9d63a', '#f5b52e', '#f07a2c', '#d9342b', '#8e1470'],
    stepped: true,
  },
  pressure: {
    at: [985, 1000, 1010, 1020, 1035],
    colours: ['#6a2c91', '#4a78c9', '#8fc7c2', '#e8c66a', '#b8632f'],
    stepped: false,
  },
  humidity: { at: [10, 40, 70, 100], colours: ['#b9793a', '#e4d08c', '#7cc4b8', '#1d6f9c'], stepped: false },
  visibility: {
    at: [0, 200, 500, 1000, 3000, 10000],
    colours: ['#7a0f4f', '#c4222c', '#ef7b26', '#f2c230', '#a9cf6a', '#5fa8d8'],
    stepped: true,
  },
} satisfies Record<string, Ramp>

/** The colours of rain rate the pictures are taken to have when the server says nothing else, mm/h. */
export const RAIN_RATE: Ramp = {
  at: [0.1, 1, 2.5, 5, 10, 20, 30, 50, 70, 100],
  colours: [
    '#a6f28f',
    '#78da6e',
    '#3dba3d',
    '#61b8ff',
    '#2878f5',
    '#0000e1',
    '#fa00fa',
    '#be008c',
    '#800040',
    '#50001e',
  ],
  stepped: true,
}

/** Colour a value; null below the first step of a stepped ramp. */
export function colour(ramp: Ramp, value: number): string | null {
  const above = ramp.at.findIndex((edge) => value < edge)
  const place = (above === -1 ? ramp.at.length : above) - 1
  if (place < 0) return ramp.stepped ? null : (ramp.colours[0] ?? null)
  const low = ramp.colours[place] ?? null
  if (ramp.stepped || above === -1 || low === null) return low
  const from = ramp.at[place] ?? 0
  const to = ramp.at[above] ?? from
  return blend(low, ramp.colours[above] ?? low, (value - from) / (to - from))
}

/** Mix two `#rrggbb` colours; share 0 is the first. */
export function blend(first: string, second: string, share: number): string {
  const one = channels(first)
  const two = channels(second)
  return `#${one.map((part, i) => hex(part + ((two[i] ?? part) - part) * share)).join('')}`
}

function channels(text: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(text.slice(start, start + 2), 16))
}

function hex(part: number): string {
  return Math.round(part).toString(16).padStart(2, '0')
}
