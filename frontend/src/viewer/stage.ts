/** The three Cornerstone viewports of one viewer, and what they show. */
import { Enums, eventTarget, RenderingEngine, type Types } from '@cornerstonejs/core'
import type { Grid } from '../domain/geometry'
import { along, type Plane, PLANES, screenAxes, type Size, type View } from './planes'

const EYE_MM = 500
let stages = 0

export class Stage {
  readonly id = `lamina-stage-${++stages}`
  private readonly engine: RenderingEngine
  private readonly ends: (() => void)[] = []

  constructor(
    private readonly grid: Grid,
    private readonly elements: Readonly<Record<Plane, HTMLDivElement>>,
  ) {
    this.engine = new RenderingEngine(this.id)
    this.engine.setViewports(PLANES.map((plane) => this.viewportInput(plane)))
  }

  viewportId(plane: Plane): string {
    return `${this.id}-${plane}`
  }

  get viewportIds(): string[] {
    return PLANES.map((plane) => this.viewportId(plane))
  }

  async show(volume: Types.IImageVolume): Promise<void> {
    await Promise.all(PLANES.map((plane) => this.viewport(plane).setVolumes([{ volumeId: volume.volumeId }], false, true)))
  }

  setWindow({ center, width }: { center: number; width: number }, invert = false): void {
    const voiRange = { lower: center - width / 2, upper: center + width / 2 }
    for (const plane of PLANES) this.viewport(plane).setProperties({ voiRange, invert })
  }

  setView(plane: Plane, view: View, size: Size): void {
    const { down, towards } = screenAxes(this.grid, plane)
    this.viewport(plane).setCamera({
      focalPoint: [...view.centre],
      position: [...along(view.centre, towards, EYE_MM)],
      viewPlaneNormal: [...towards],
      viewUp: [-down[0], -down[1], -down[2]],
      parallelProjection: true,
      parallelScale: (size.height * view.mmPerPixel) / 2,
    })
  }

  render(planes: readonly Plane[] = PLANES): void {
    this.engine.renderViewports(planes.map((plane) => this.viewportId(plane)))
  }

  /** Follows the size of the elements. */
  resize(): void {
    this.engine.resize(true, true)
  }

  onRendered(plane: Plane, act: () => void): void {
    const element = this.elements[plane]
    element.addEventListener(Enums.Events.IMAGE_RENDERED, act)
    this.ends.push(() => element.removeEventListener(Enums.Events.IMAGE_RENDERED, act))
  }

  /** Calls `act` once when the graphics card takes its memory back; nothing can be drawn here then. */
  onLost(act: () => void): void {
    const lost = (event: Event) => {
      if ((event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId === this.id) act()
    }
    eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost)
    this.ends.push(() => eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost))
  }

  canvasToWorld(plane: Plane, pixel: [number, number]): Types.Point3 {
    return this.viewport(plane).canvasToWorld(pixel)
  }

  close(): void {
    for (const end of this.ends) end()
    this.engine.destroy()
  }

  private viewport(plane: Plane): Types.IVolumeViewport {
    return this.engine.getViewport(this.viewportId(plane)) as Types.IVolumeViewport
  }

  private viewportInput(plane: Plane): Types.PublicViewportInput {
    const { down, towards } = screenAxes(this.grid, plane)
    const viewUp: Types.Point3 = [-down[0], -down[1], -down[2]]
    return {
      viewportId: this.viewportId(plane),
      type: Enums.ViewportType.ORTHOGRAPHIC,
      element: this.elements[plane],
      defaultOptions: { orientation: { viewPlaneNormal: [...towards], viewUp }, background: [0, 0, 0] },
    }
  }
}
