/** An invented afternoon: a band of rain crosses the city. Everything here is made up; it only has to look alive. */

export const NOW = Date.UTC(2026, 5, 24, 6, 10)
export const BOUNDS = [119.3, 30.3, 122.0, 32.5]
export const RATE_STEPS = [0.1, 1, 2.5, 5, 10, 20, 30, 50, 70, 100]
export const RATE_COLOURS = [
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
]
const MIN = 60_000

function noise(x, y) {
  const s = Math.sin(x * 127.1 + y * 311.7) * 43758.5453
  return s - Math.floor(s)
}

function smooth(x, y) {
  const [i, j] = [Math.floor(x), Math.floor(y)]
  const ease = (t) => t * t * (3 - 2 * t)
  const [u, v] = [ease(x - i), ease(y - j)]
  const low = noise(i, j) * (1 - u) + noise(i + 1, j) * u
  return low * (1 - v) + (noise(i, j + 1) * (1 - u) + noise(i + 1, j + 1) * u) * v
}

/** Rain rate, mm/h, at a place and moment. */
export function rate(lon, lat, ms) {
  const hours = (ms - NOW) / 3600_000
  const x = lon - 0.42 * hours
  const y = lat - 0.1 * hours
  const band = Math.exp(-(((x - 120.35 - 0.22 * (y - 31.3)) / 0.3) ** 2))
  const rough = 0.55 * smooth(x * 7, y * 7) + 0.3 * smooth(x * 19, y * 19) + 0.15 * smooth(x * 43, y * 43)
  return Math.max(0, 95 * band * (rough - 0.3) ** 1.4 + 10 * (smooth(x * 5 + 9, y * 5) - 0.72)) || 0
}

/** Rows of rain classes over BOUNDS, evenly spaced in Mercator. */
export function classes(ms, size = 240) {
  const [west, south, east, north] = BOUNDS
  const up = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))
  const down = (y) => (Math.atan(Math.exp(y)) * 360) / Math.PI - 90
  return Array.from({ length: size }, (_, j) => {
    const lat = down(up(north) + ((up(south) - up(north)) * (j + 0.5)) / size)
    return Array.from({ length: size }, (_, i) => {
      const value = rate(west + ((east - west) * (i + 0.5)) / size, lat, ms)
      return RATE_STEPS.filter((edge) => value >= edge).length
    })
  })
}

function inside(ring, x, y) {
  let odd = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd
  }
  return odd
}

function sites(districts) {
  return districts.features.flatMap(({ properties: { code, zh }, geometry }) => {
    const rings = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map(([outer]) => outer)
    const found = []
    for (let k = 0; found.length < 24; k += 1) {
      const lon = 119.9 + 1.5 * noise(k, Number(code) % 97)
      const lat = 30.75 + 1.3 * noise(k + 0.5, Number(code) % 89)
      if (rings.some((ring) => inside(ring, lon, lat))) found.push([lon, lat])
    }
    return found.map(([lon, lat], k) => ({
      id: k === 0 ? `58${code.slice(3)}` : `M${code.slice(4)}${String(k).padStart(2, '0')}`,
      zh: `${zh.slice(0, 2)}${k === 0 ? '' : k}`,
      lon,
      lat,
      district: code,
      national: k === 0,
      drill: k !== 0,
    }))
  })
}

function flagOf(draw) {
  if (draw < 0.004) return 2
  if (draw < 0.01) return 1
  return draw < 0.014 ? 8 : 0
}

function values(site, ms) {
  const now = rate(site.lon, site.lat, ms)
  const cool = Math.min(6, now / 6)
  const local = noise(site.lon, site.lat)
  const sun = Math.cos((((ms / 3600_000) % 24) - 6) * (Math.PI / 12))
  return {
    air_temperature: 29 + 4 * sun - cool + local,
    dew_point_temperature: 23 + local,
    relative_humidity: Math.min(100, 62 + 5 * cool - 10 * sun),
    wind_speed: 2 + 3 * local + now / 6,
    wind_from_direction: (250 + 60 * smooth(site.lon * 3, site.lat * 3) + 360) % 360,
    wind_speed_of_gust: 4 + 5 * local + now / 4,
    surface_air_pressure: 1002 + 2 * local - now / 20,
    air_pressure_at_mean_sea_level: 1003 + 2 * local - now / 20,
    precipitation_amount: now / 12,
    visibility_in_air: Math.max(300, 18000 - 350 * now - 3000 * local),
  }
}

function hourRain(site, ms) {
  let sum = 0
  for (let back = 0; back < 60; back += 5) sum += rate(site.lon, site.lat, ms - back * MIN) / 12
  return sum
}

function rounded(record) {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, Number(value.toFixed(name.startsWith('visib') ? 0 : 1))]),
  )
}

function aged(k) {
  if (k % 53 === 7) return k % 2 ? null : 47
  return k % 5
}

function reading(site, k, ms) {
  const read = rounded(values(site, ms))
  const flags = Object.fromEntries(Object.keys(read).map((name, i) => [name, flagOf(noise(k + 3, i))]))
  for (const [name, flag] of Object.entries(flags)) if (flag === 8) read[name] = null
  return { values: read, flags }
}

/** The stations as they stood at a moment. */
export function stations(districts, ms) {
  return sites(districts).map((site, k) => {
    const age = aged(k)
    const silent = { ...site, time: null, age_min: null, values: {}, flags: {}, rain_1h: null }
    if (age === null) return silent
    const time = new Date(ms - age * MIN).toISOString()
    const rain_1h = Number(hourRain(site, ms).toFixed(1))
    return { ...site, time, age_min: age, ...reading(site, k, ms - age * MIN), rain_1h }
  })
}

/** One station's day. */
export function series(districts, id, hours, ms) {
  const site = sites(districts).find((one) => one.id === id)
  const moments = Array.from({ length: hours * 12 }, (_, i) => ms - (hours * 12 - 1 - i) * 5 * MIN)
  const read = moments.map((one) => rounded(values(site, one)))
  const elements = Object.fromEntries(
    Object.keys(read[0]).map((name) => {
      const flags = moments.map((one) =>
        noise(one / MIN, name.length) < 0.006 ? 2 : noise(one / MIN, name.length + 1) < 0.01 ? 1 : 0,
      )
      const gaps = (i) => noise(Math.floor(moments[i] / (90 * MIN)), 5) < 0.06
      return [
        name,
        { values: read.map((one, i) => (gaps(i) ? null : flags[i] === 2 ? one[name] * 3 : one[name])), flags },
      ]
    }),
  )
  return { station: { id: site.id, zh: site.zh }, times: moments.map((one) => new Date(one).toISOString()), elements }
}

/** The frames known at a moment: three hours seen, two expected. */
export function frames(ms) {
  const last = Math.floor(ms / (5 * MIN)) * 5 * MIN
  const seen = Array.from({ length: 37 }, (_, i) => ({ time: last - (36 - i) * 5 * MIN, kind: 'radar', lead_min: 0 }))
  const ahead = Array.from({ length: 24 }, (_, i) => ({
    time: last + (i + 1) * 5 * MIN,
    kind: 'nowcast',
    lead_min: (i + 1) * 5,
  }))
  return [...seen.filter((_, i) => i !== 9), ...ahead].map((one) => ({
    ...one,
    time: new Date(one.time).toISOString(),
    url: `/frames/${one.time}.png`,
  }))
}

/** Warnings and proposals at a moment. */
export function warnState(ms) {
  const sent = NOW - 35 * MIN
  const of = (identifier, colour, kind_zh, headline, areas, back) => ({
    identifier,
    event: identifier,
    kind_zh,
    colour,
    action: 'Alert',
    headline,
    areas,
    sent: new Date(sent - back * MIN).toISOString(),
    expires: new Date(sent + 360 * MIN).toISOString(),
    status: 'Exercise',
  })
  const all = [
    of('a', 'yellow', '暴雨', '苏州市气象台发布暴雨黄色预警信号', ['320506', '320508', '320505'], 0),
    of('b', 'blue', '暴雨', '张家港市气象台发布暴雨蓝色预警信号', ['320582'], 40),
    of('c', 'orange', '雷暴大风', '吴江区气象台发布雷暴大风橙色预警信号', ['320509'], -15),
  ]
  const in_force = all.filter((one) => Date.parse(one.sent) <= ms)
  const proposals =
    ms < NOW - 5 * MIN
      ? []
      : [
          {
            id: 7,
            kind_zh: '暴雨',
            colour: 'orange',
            districts: [
              { code: '320507', zh: '相城区' },
              { code: '320583', zh: '昆山市' },
            ],
            since: new Date(NOW - 4 * MIN).toISOString(),
            words: '未来 3 小时雨量可达 50 毫米以上（临近预报，概率 0.7）',
            state: 'waiting',
          },
        ]
  return { in_force, proposals }
}
