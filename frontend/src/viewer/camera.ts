/** Where the panes look: focus, slices, zoom, pan, and flights to a place. */
import type { StoreApi } from 'zustand/vanilla'
import { type Grid, onGrid, type Vec3 } from '../domain/geometry'
import { clamped, fitted, intoSlice, panned, type Plane, PLANES, screenAxes, type Size, sliceAt, sliceCount, toCanvas, toWorld, type View, zoomed } from './planes'
import type { ViewState } from './viewState'

/** Milliseconds that a flight takes; none where the person's system asks for stillness. */
const FLIGHT_MS = 150
const SMALLEST_SIDE = 48

const isStill = (): boolean => typeof matchMedia !== 'undefined' && matchMedia('(prefers-reduced-motion: reduce)').matches
const easeOut = (share: number): number => 1 - (1 - share) ** 3

/** A view between two others; the zoom changes by factors. */
export function between(from: View, to: View, share: number): View {
  const mix = (axis: 0 | 1 | 2) => from.centre[axis] + (to.centre[axis] - from.centre[axis]) * share
  return { centre: [mix(0), mix(1), mix(2)], mmPerPixel: from.mmPerPixel * (to.mmPerPixel / from.mmPerPixel) ** share }
}

type Sizes = Readonly<Record<Plane, Size>>

export class Camera {
  private flight = 0
  /** Panes that have been on screen, and so have a zoom of their own. */
  private readonly fittedPanes = new Set<Plane>()

  /**
   * @param show draws a plane with its view.
   * @param lookedAt is told the sagittal slice in focus.
   */
  constructor(
    private readonly grid: Grid,
    private readonly state: StoreApi<ViewState>,
    private readonly show: (plane: Plane, view: View, size: Size) => void,
    private readonly lookedAt: (k: number) => void,
  ) {}

  sliceIndex(plane: Plane): number {
    return sliceAt(this.grid, plane, this.state.getState().focusMm)
  }

  setFocus(mm: Vec3): void {
    this.land()
    this.focusOn(mm)
  }

  flyTo(mm: Vec3, { fieldMm }: { fieldMm?: number }): void {
    this.land()
    this.focusOn(mm)
    const { views, sizes } = this.state.getState()
    if (!views) return
    const target = (plane: Plane): View => {
      const widest = fieldMm ? onGrid(this.grid, fieldMm) / Math.max(sizes[plane].height, 1) : views[plane].mmPerPixel
      return clamped(this.grid, plane, { centre: mm, mmPerPixel: Math.min(views[plane].mmPerPixel, widest) }, sizes[plane])
    }
    const to = { sagittal: target('sagittal'), axial: target('axial'), coronal: target('coronal') }
    if (isStill()) for (const plane of PLANES) this.setView(plane, to[plane])
    else this.fly(views, to)
  }

  scroll(plane: Plane, steps: number): void {
    const { focusMm } = this.state.getState()
    const index = Math.min(Math.max(this.sliceIndex(plane) + steps, 0), sliceCount(this.grid, plane) - 1)
    this.setFocus(intoSlice(this.grid, plane, focusMm, index))
  }

  zoom(plane: Plane, pixel: readonly [number, number], factor: number): void {
    this.change(plane, (view, size) => zoomed(screenAxes(this.grid, plane), view, size, pixel, factor, onGrid(this.grid, 1)))
  }

  pan(plane: Plane, by: readonly [number, number]): void {
    this.change(plane, (view) => panned(screenAxes(this.grid, plane), view, by))
  }

  fit(): void {
    this.land()
    const { sizes, focusMm } = this.state.getState()
    for (const plane of PLANES) this.setView(plane, fitted(this.grid, plane, sizes[plane], focusMm))
  }

  toCanvas(plane: Plane, mm: Vec3): [number, number] | null {
    const { views, sizes } = this.state.getState()
    return views && toCanvas(screenAxes(this.grid, plane), views[plane], sizes[plane], mm)
  }

  toWorld(plane: Plane, pixel: readonly [number, number]): Vec3 | null {
    const { views, sizes } = this.state.getState()
    return views && toWorld(screenAxes(this.grid, plane), views[plane], sizes[plane], pixel)
  }

  /**
   * Takes the panes' sizes in pixels; a pane that is put away keeps the size it had. A pane that is
   * larger or smaller because others came or went shows the same part of the body as before.
   */
  resize(measured: Sizes, hasLayoutChanged: boolean): void {
    const { views, sizes: before, focusMm } = this.state.getState()
    const isShown = (plane: Plane) => measured[plane].width >= SMALLEST_SIDE && measured[plane].height >= SMALLEST_SIDE
    if (!PLANES.some(isShown)) return
    const sizes = { ...before }
    const next = { ...views } as Record<Plane, View>
    for (const plane of PLANES) {
      const old = before[plane]
      if (isShown(plane) || old.width === 0) sizes[plane] = measured[plane]
      if (!views || (isShown(plane) && !this.fittedPanes.has(plane))) next[plane] = fitted(this.grid, plane, sizes[plane], focusMm)
      else if (hasLayoutChanged) next[plane] = { ...next[plane], mmPerPixel: (next[plane].mmPerPixel * old.height) / Math.max(sizes[plane].height, 1) }
      if (sizes[plane].width < old.width) next[plane] = this.inSight(plane, next[plane], sizes[plane])
      if (isShown(plane)) this.fittedPanes.add(plane)
    }
    this.state.setState({ sizes, views: next })
  }

  /** Moves a narrower pane sideways until the crosshair, if it now lies beside or beyond an edge, is in its middle. */
  private inSight(plane: Plane, view: View, size: Size): View {
    const axes = screenAxes(this.grid, plane)
    const [x] = toCanvas(axes, view, size, this.state.getState().focusMm)
    if (Math.abs(x / size.width - 0.5) < 0.3) return view
    return panned(axes, view, [size.width / 2 - x, 0])
  }

  /** Draws every plane as the state has it. */
  showAll(): void {
    for (const plane of PLANES) this.change(plane, (view) => view)
  }

  /** Ends a flight where it would have led. */
  private land: () => void = () => undefined

  private fly(from: Readonly<Record<Plane, View>>, to: Readonly<Record<Plane, View>>): void {
    const begun = performance.now()
    const at = (share: number) => {
      for (const plane of PLANES) this.setView(plane, between(from[plane], to[plane], share))
    }
    const end = () => {
      cancelAnimationFrame(this.flight)
      this.land = () => undefined
      at(1)
    }
    const step = () => {
      const share = (performance.now() - begun) / FLIGHT_MS
      if (share >= 1) return end()
      at(easeOut(share))
      this.flight = requestAnimationFrame(step)
    }
    this.land = end
    this.flight = requestAnimationFrame(step)
  }

  private focusOn(mm: Vec3): void {
    this.state.setState({ focusMm: mm })
    for (const plane of PLANES) {
      const view = this.state.getState().views?.[plane]
      if (view) this.setView(plane, view)
    }
    this.lookedAt(sliceAt(this.grid, 'sagittal', mm))
  }

  private change(plane: Plane, change: (view: View, size: Size) => View): void {
    this.land()
    const { views, sizes } = this.state.getState()
    if (views) this.setView(plane, change(views[plane], sizes[plane]))
  }

  /** Keeps the middle of the view in the slice that the focus is in. */
  private setView(plane: Plane, view: View): void {
    const { views, sizes } = this.state.getState()
    if (!views) return
    const held = { ...view, centre: intoSlice(this.grid, plane, view.centre, this.sliceIndex(plane)) }
    this.state.setState({ views: { ...views, [plane]: held } })
    this.show(plane, held, sizes[plane])
  }
}
