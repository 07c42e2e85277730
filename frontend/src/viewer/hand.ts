/**
 * What the pointers over one pane do: mouse, pen and fingers. The left button, the pen's tip and one
 * finger belong to the tool in hand; two fingers pinch, move or scroll.
 */
import type { Vec3 } from '../domain/geometry'
import { type Pixel, Pinch } from './pinch'
import type { Plane } from './planes'
import type { SpineView } from './spineView'
import type { Drawing, ToolInHand, ViewState } from './viewState'

const HU_PER_PIXEL = 4
/** Pixels that drag a window across all greys of a radiograph. */
const FILM_PIXELS = 800
/** Clicks this near to a polygon's first or last corner close it. */
const NEAR_PIXELS = 8
const PEN_BARREL = 2
const PEN_ERASER = 5

type Act = 'paint' | 'draw' | 'corner' | 'click' | 'look' | 'pan' | 'window'

const PAINTING: readonly ToolInHand[] = ['brush', 'eraser', 'adaptive']
const CLICKING: readonly ToolInHand[] = ['fill', 'absorb', 'merge', 'pick']

const isErasingPen = (event: PointerEvent) => event.pointerType === 'pen' && (event.button === PEN_BARREL || event.button === PEN_ERASER)

function actOf(event: PointerEvent, { tool, options }: ViewState): Act | null {
  if (isErasingPen(event) && PAINTING.includes(tool)) return 'paint'
  if (event.button === 1) return 'pan'
  if (event.button === 2) return 'window'
  if (event.button !== 0) return null
  if (event.shiftKey) return 'look'
  if (PAINTING.includes(tool)) return 'paint'
  if (tool === 'scissors') return options.cutShape === 'polygon' ? 'corner' : 'draw'
  if (tool === 'split') return 'draw'
  return CLICKING.includes(tool) || (tool === 'islands' && options.islands === 'cursor') ? 'click' : 'look'
}

/** Pixels from the pane's upper left corner. */
export function pixelOf(event: { clientX: number; clientY: number }, pane: Element): Pixel {
  const box = pane.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

export class Hand {
  private act: Act | null = null
  private last: Pixel = [0, 0]
  private readonly fingers = new Map<number, Pixel>()
  private pinch: Pinch | null = null

  constructor(
    private readonly view: SpineView,
    private readonly plane: Plane,
  ) {}

  /** Begins an act; the keys come back to the picture from whatever field had them. */
  down(event: PointerEvent, pane: Element): void {
    const pixel = pixelOf(event, pane)
    const mm = this.view.canvasToWorld(this.plane, pixel)
    if (!mm) return
    pane.setPointerCapture(event.pointerId)
    if (event.pointerType === 'touch' && this.touched(event, pixel)) return
    if (this.act !== null) return
    this.act = actOf(event, this.state)
    if (this.act === null) return
    event.preventDefault()
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    if (this.state.activePane !== this.plane) this.view.setActivePane(this.plane)
    this.view.state.setState({ notice: null })
    this.last = pixel
    this.begin(event, mm)
  }

  move(event: PointerEvent, pane: Element): void {
    const pixel = pixelOf(event, pane)
    const mm = this.view.canvasToWorld(this.plane, pixel)
    if (!mm) return
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, pixel)
    if (this.pinch) return this.pinch.moved([...this.fingers.values()])
    this.view.state.setState({ cursor: { plane: this.plane, pixel, mm } })
    const [dx, dy] = [pixel[0] - this.last[0], pixel[1] - this.last[1]]
    this.last = pixel
    if (this.act === 'paint') for (const step of this.stepsOf(event, pane)) this.view.editor.moveTo(this.plane, step)
    else if (this.act === 'draw') this.draw(this.stepsOf(event, pane))
    else if (this.act === 'look') this.view.setFocus(mm)
    else if (this.act === 'pan') this.view.pan(this.plane, [dx, dy])
    else if (this.act === 'window') this.dragWindow(dx, dy)
  }

  up(event: PointerEvent, pane: Element): void {
    const mm = this.view.canvasToWorld(this.plane, pixelOf(event, pane))
    this.fingers.delete(event.pointerId)
    if (event.pointerType === 'touch') this.view.state.setState({ cursor: null })
    if (this.pinch) {
      if (this.fingers.size === 0) this.pinch = null
      return
    }
    const { act } = this
    this.act = null
    if (act === 'paint') this.view.editor.end()
    else if (act === 'draw') this.finish()
    else if (act === 'corner' && mm) this.corner(mm, event.ctrlKey)
    else if (act === 'click' && mm) this.click(mm)
  }

  /** The system took the pointer: what was painted stays, what was drawn is dropped. */
  lost(event: PointerEvent): void {
    this.fingers.delete(event.pointerId)
    if (this.fingers.size === 0) this.pinch = null
    if (this.act === 'paint') this.view.editor.end()
    else if (this.act === 'draw') this.view.state.setState({ drawing: null })
    this.act = null
  }

  private get state(): ViewState {
    return this.view.state.getState()
  }

  /** Whether this touch is not for the tool: with a second finger, what the first began is undone. */
  private touched(event: PointerEvent, pixel: Pixel): boolean {
    this.fingers.set(event.pointerId, pixel)
    if (this.fingers.size < 2) return false
    if (!this.pinch) {
      if (this.act === 'paint') this.view.editor.cancel()
      if (this.act === 'draw') this.view.state.setState({ drawing: null })
      this.act = null
      this.pinch = new Pinch(this.view, this.plane, [...this.fingers.values()])
    }
    return true
  }

  private begin(event: PointerEvent, mm: Vec3): void {
    const { view, plane } = this
    const { tool, options } = this.state
    const isErasing = event.ctrlKey || isErasingPen(event)
    if (this.act === 'paint') view.editor.begin(plane, mm, tool === 'eraser' || isErasing)
    else if (this.act === 'look') view.setFocus(mm)
    else if (this.act === 'draw')
      view.state.setState({
        drawing: { plane, kind: tool === 'split' ? 'line' : options.cutShape, points: [mm], slice: view.sliceIndex(plane), isErasing },
      })
  }

  private draw(steps: readonly Vec3[]): void {
    const { drawing } = this.state
    if (!drawing) return
    const points = drawing.kind === 'lasso' ? [...drawing.points, ...steps] : [drawing.points[0] as Vec3, steps.at(-1) as Vec3]
    this.view.state.setState({ drawing: { ...drawing, points } })
  }

  private finish(): void {
    const { drawing } = this.state
    this.view.state.setState({ drawing: null })
    if (!drawing || drawing.points.length < (drawing.kind === 'lasso' ? 3 : 2)) return
    void (drawing.kind === 'line' ? this.view.toolbox.split(drawing) : this.view.toolbox.cut(drawing))
  }

  /** Adds a corner to a polygon, or closes it at its first or last one. */
  private corner(mm: Vec3, isErasing: boolean): void {
    const { drawing } = this.state
    const { view, plane } = this
    if (drawing?.plane !== plane) {
      const begun: Drawing = { plane, kind: 'polygon', points: [mm], slice: view.sliceIndex(plane), isErasing }
      return view.state.setState({ drawing: begun })
    }
    const isNear = (corner: Vec3 | undefined) => corner !== undefined && this.pixelsBetween(corner, mm) <= NEAR_PIXELS
    if (drawing.points.length >= 3 && (isNear(drawing.points[0]) || isNear(drawing.points.at(-1)))) return view.toolbox.closePolygon()
    if (!isNear(drawing.points.at(-1))) view.state.setState({ drawing: { ...drawing, points: [...drawing.points, mm] } })
  }

  private pixelsBetween(a: Vec3, b: Vec3): number {
    const [p, q] = [this.view.worldToCanvas(this.plane, a), this.view.worldToCanvas(this.plane, b)]
    return p && q ? Math.hypot(p[0] - q[0], p[1] - q[1]) : Number.POSITIVE_INFINITY
  }

  private click(mm: Vec3): void {
    const { view, plane } = this
    const number = view.voxelAt(mm)?.number ?? 0
    const { tool } = this.state
    if (tool === 'fill') void view.toolbox.fillAt(plane, mm)
    else if (tool === 'absorb') void view.toolbox.absorbAt(mm)
    else if (tool === 'islands') void view.toolbox.removeIslandAt(mm)
    else if (tool === 'merge') void view.toolbox.mergeInto(number)
    else {
      if (number > 0) view.setActive(number)
      view.state.setState({ tool: 'brush' })
    }
  }

  /** Every place the pointer was since the last event, so that fast strokes follow the hand. */
  private stepsOf(event: PointerEvent, pane: Element): Vec3[] {
    const all = event.getCoalescedEvents?.() ?? []
    return (all.length > 0 ? all : [event]).flatMap((step) => {
      const mm = this.view.canvasToWorld(this.plane, pixelOf(step, pane))
      return mm ? [mm] : []
    })
  }

  private dragWindow(dx: number, dy: number): void {
    const { center, width } = this.state.window
    const [low, high] = this.view.volume.meta.hu_range
    const step = this.view.isFlat ? (high - low) / FILM_PIXELS : HU_PER_PIXEL
    this.view.setWindow({ center: center + dy * step, width: Math.max(1, width + dx * step) })
  }
}
