/** Wind signs drawn at run time. Half barb 2 m/s, full barb 4 m/s, pennant 20 m/s, as on Chinese surface charts. */

export interface Barb {
  pennants: number
  full: number
  half: number
}

const SIZE = 48
const STAFF = 21
const PITCH = 4
const LENGTH = 9

/** Take a speed, counted in half barbs of 2 m/s, apart into pennants, full and half barbs. */
export function parts(halves: number): Barb {
  const pennants = Math.floor(halves / 10)
  const full = Math.floor((halves % 10) / 2)
  return { pennants, full, half: halves % 2 }
}

/** Draw the sign for a wind from the north: staff upwards from the middle, barbs on the right (northern hemisphere). */
export function draw(halves: number, ink: string, halo: string, ratio: number): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * ratio
  const brush = canvas.getContext('2d')
  if (!brush) throw new Error('this browser gives no canvas to draw wind signs on')
  brush.scale(ratio, ratio)
  brush.translate(SIZE / 2, SIZE / 2)
  brush.lineCap = 'round'
  for (const [colour, width] of [
    [halo, 3.6],
    [ink, 1.4],
  ] as const) {
    brush.strokeStyle = brush.fillStyle = colour
    brush.lineWidth = width
    trace(brush, halves)
  }
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}

function trace(brush: CanvasRenderingContext2D, halves: number): void {
  if (halves === 0) {
    brush.beginPath()
    brush.arc(0, 0, 5, 0, 2 * Math.PI)
    brush.stroke()
    return
  }
  line(brush, 0, -5, 0, -STAFF)
  const { pennants, full, half } = parts(halves)
  let y = -STAFF
  for (let i = 0; i < pennants; i += 1) y = pennant(brush, y)
  for (let i = 0; i < full; i += 1) y = barb(brush, y, LENGTH)
  if (half > 0) barb(brush, halves === 1 ? y + PITCH : y, LENGTH / 2)
}

function line(brush: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  brush.beginPath()
  brush.moveTo(x1, y1)
  brush.lineTo(x2, y2)
  brush.stroke()
}

function barb(brush: CanvasRenderingContext2D, y: number, length: number): number {
  line(brush, 0, y, length, y - length * 0.45)
  return y + PITCH
}

function pennant(brush: CanvasRenderingContext2D, y: number): number {
  brush.beginPath()
  brush.moveTo(0, y)
  brush.lineTo(LENGTH, y)
  brush.lineTo(0, y + PITCH)
  brush.closePath()
  brush.fill()
  brush.stroke()
  return y + PITCH + 2
}
