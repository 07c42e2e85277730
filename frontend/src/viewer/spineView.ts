/**
 * One viewer: a volume, at most one label map over it, three views and the strokes made in them. The
 * component `SpineViewer` draws it; screens command it.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { LengthFrame } from '../domain/format'
import { isFlat } from '../domain/frame'
import { type Grid, onGrid, toIjk, toMm, type Vec3 } from '../domain/geometry'
import { markFirst } from '../testing'
import { Camera } from './camera'
import { Editor } from './editor'
import { type Preset, windowAfter, type Windows, windowsOf } from './greyWindows'
import type { LabelLayer } from './labelLayer'
import { FilmPicture } from './filmPicture'
import type { Described, OpenVolume } from './openVolume'
import { type PaneLayout, shownPanes } from './panes'
import { type Plane, PLANES, type Size, type View } from './planes'
import type { Stage } from './stage'
import { Toolbox } from './toolbox'
import { createViewState, type ViewState } from './viewState'

const ACTIVE_FILL_MORE = 0.19
const QUIET_MS = 250
const RECOVER_AFTER_MS = 300
const MOST_LOSSES = 3
const LOSSES_WITHIN_MS = 60_000
let volumes = 0

/** Is told the sagittal slices whose labels changed, or null where another map is shown. */
type LabelListener = (slices: Iterable<number> | null) => void

export class SpineView {
  readonly state: StoreApi<ViewState> = createViewState()
  readonly editor: Editor
  readonly toolbox: Toolbox
  readonly grid: Grid
  readonly windows: Windows
  private readonly camera: Camera
  private layout = 'three'
  private stage: Stage | null = null
  private film: FilmPicture | null = null
  private layer: LabelLayer | null = null
  private cornerstone: typeof import('./cornerstone') | null = null
  private labels: Uint8Array<ArrayBuffer> | null = null
  private lastPaint = 0
  /** When new voxels were last asked to be drawn; null once they were. */
  private askedAt: number | null = null
  private readonly ends: (() => void)[] = []
  /** When the graphics card gave up lately. */
  private losses: number[] = []
  private readonly labelListeners = new Set<LabelListener>()

  constructor(
    readonly source: OpenVolume,
    readonly volume: Described,
  ) {
    this.grid = volume.grid
    const { dims } = volume.grid
    const middle: Vec3 = [Math.floor(dims[0] / 2), Math.floor(dims[1] / 2), Math.floor(dims[2] / 2)]
    this.state.setState({ focusMm: toMm(volume.grid, middle) })
    this.windows = windowsOf(volume.meta)
    if (this.isFlat) this.beginFlat()
    this.camera = new Camera(this.grid, this.state, (plane, view, size) => this.draw(plane, view, size), (k) => source.lookAt(k))
    this.editor = new Editor(this)
    this.toolbox = new Toolbox(this)
  }

  /** A radiograph: one slice, grey values without density, lengths of the detector or in pixels. */
  get isFlat(): boolean {
    return isFlat(this.frame)
  }

  get frame(): LengthFrame {
    return this.volume.meta.frame
  }

  private beginFlat(): void {
    const { window, radiograph } = this.volume.meta
    const preset = radiograph ? (Object.keys(this.windows)[0] as Preset) : null
    this.state.setState({ panes: 'one', alone: 'sagittal', window, preset, shape: 'disc', radiusMm: Math.round(onGrid(this.grid, 4)) })
  }

  // --- the label map

  /** Shows a label map (vertebra numbers by flat index); it is painted on in place. */
  setLabels(labels: Uint8Array<ArrayBuffer>): void {
    if (labels.length !== this.volume.hu.length) throw new RangeError('The label map does not fit the volume.')
    this.labels = labels
    this.editor.forget()
    this.mountLayer()
    for (const listener of this.labelListeners) listener(null)
    this.state.setState(({ edition, labelsShown }) => ({ edition: edition + 1, labelsShown: labelsShown + 1 }))
  }

  get labelMap(): Uint8Array<ArrayBuffer> | null {
    return this.labels
  }

  onLabels(listener: LabelListener): () => void {
    this.labelListeners.add(listener)
    return () => this.labelListeners.delete(listener)
  }

  /** Which level each vertebra number is; decides colours and names. */
  setLevels(levels: ReadonlyMap<number, string | null>): void {
    this.state.setState({ levels })
    this.layer?.setLevels(levels)
    this.stage?.render()
  }

  setActive(active: number): void {
    this.state.setState({ active })
    this.layer?.setActive(active)
    this.stage?.render()
  }

  /**
   * To be called after the label map was written: draws sagittal slices `k` anew, in all planes or,
   * while a stroke is being made, in its own only.
   */
  labelsChanged(slices: readonly number[] | ReadonlySet<number>, planes: readonly Plane[] = PLANES): void {
    this.layer?.touch(slices, planes)
    for (const listener of this.labelListeners) listener(slices)
    if (planes.length < PLANES.length) return
    this.state.setState(({ edition }) => ({ edition: edition + 1 }))
  }

  /** Draws the whole label map anew. */
  redrawLabels(): void {
    this.labelsChanged(Array.from({ length: this.grid.dims[2] }, (_, k) => k))
  }

  // --- looking

  setFill(fill: number): void {
    this.state.setState({ fill })
    this.applyStyle()
  }

  toggleOutline(): void {
    this.state.setState(({ outlineOnly }) => ({ outlineOnly: !outlineOnly }))
    this.applyStyle()
  }

  hideOverlay(isOverlayHidden: boolean): void {
    this.state.setState({ isOverlayHidden })
    this.layer?.setVisible(!isOverlayHidden)
    this.stage?.render()
  }

  /** Does nothing where the picture has no such window. */
  setPreset(preset: Preset): void {
    const window = this.windows[preset]
    if (window) this.setWindow(window, preset)
  }

  /** Bone, soft tissue, lung, and the window that was dragged last. */
  nextPreset(): void {
    const { preset, ownWindow } = this.state.getState()
    const next = windowAfter(this.windows, preset, ownWindow)
    this.setWindow(next.window, next.preset)
  }

  /** Shows a radiograph with local contrast, or as it is; does nothing for a CT. */
  toggleEqualised(): void {
    if (!this.isFlat) return
    this.state.setState(({ isEqualised }) => ({ isEqualised: !isEqualised }))
    this.source.redraw()
  }

  /** Exchanges bright and dark. */
  toggleInvert(): void {
    this.state.setState(({ isInverted }) => ({ isInverted: !isInverted }))
    this.setWindow(this.state.getState().window, this.state.getState().preset)
  }

  /** A window without a preset is one's own, and is remembered. */
  setWindow(window: { center: number; width: number }, preset: Preset | null = null): void {
    this.state.setState(preset === null ? { window, preset, ownWindow: window } : { window, preset })
    this.stage?.setWindow(window, this.state.getState().isInverted)
    this.stage?.render()
  }

  /** Takes up how somebody likes to look. */
  like(liked: Partial<ViewState>): void {
    this.state.setState(liked)
    this.stage?.setWindow(this.state.getState().window)
    this.applyStyle()
  }

  /** One pane, three, or four with the surface of the spine; a radiograph has its one. */
  setLayout({ panes, alone }: PaneLayout): void {
    if (this.isFlat) return
    const { activePane, several } = this.state.getState()
    this.state.setState({ panes, alone, several: panes === 'one' ? several : panes, activePane: panes === 'one' && alone !== 'surface' ? alone : activePane })
  }

  /** Makes a pane the active one; where one pane is alone, it becomes that. */
  setActivePane(activePane: Plane): void {
    this.state.setState(({ panes, alone }) => ({ activePane, alone: panes === 'one' ? activePane : alone }))
  }

  /** Brings a point into the middle of all panes, as far as the volume reaches, and the crosshair onto it. */
  flyTo(mm: Vec3, options: { fieldMm?: number } = {}): void {
    this.camera.flyTo(mm, options)
  }

  /** Moves the crosshair; panes follow across their slices and keep their place in them. */
  setFocus(mm: Vec3): void {
    this.camera.setFocus(mm)
  }

  /** Steps through the slices of a plane. */
  scroll(plane: Plane, steps: number): void {
    this.camera.scroll(plane, steps)
  }

  zoom(plane: Plane, pixel: readonly [number, number], factor: number): void {
    this.camera.zoom(plane, pixel, factor)
  }

  pan(plane: Plane, by: readonly [number, number]): void {
    this.camera.pan(plane, by)
  }

  fit(): void {
    this.camera.fit()
  }

  sliceIndex(plane: Plane): number {
    return this.camera.sliceIndex(plane)
  }

  /** Pixels within a pane of LPS millimetres, or null before the pane has a size. */
  worldToCanvas(plane: Plane, mm: Vec3): [number, number] | null {
    return this.camera.toCanvas(plane, mm)
  }

  canvasToWorld(plane: Plane, pixel: readonly [number, number]): Vec3 | null {
    return this.camera.toWorld(plane, pixel)
  }

  /** HU and vertebra number of the voxel at a point, or null outside the volume. */
  voxelAt(mm: Vec3): { hu: number; number: number } | null {
    const [i, j, k] = toIjk(this.grid, mm).map(Math.round) as [number, number, number]
    const { dims } = this.grid
    if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]) return null
    const index = i + dims[0] * (j + dims[1] * k)
    return { hu: this.volume.hu[index] as number, number: this.labels?.[index] ?? 0 }
  }

  /** As `canvasToWorld`, but asked of the picture itself: both must agree. */
  pictureToWorld(plane: Plane, pixel: [number, number]): Vec3 | null {
    return this.stage?.canvasToWorld(plane, pixel) ?? null
  }

  /** Ends when the viewports have not painted for a quarter of a second. */
  async idle(): Promise<void> {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    while (performance.now() - this.lastPaint < QUIET_MS) await new Promise((next) => setTimeout(next, QUIET_MS / 5))
  }

  // --- the panes

  /**
   * Puts the three planes into elements on the page; returns the way to take them out. The flat
   * picture is drawn first, because making the volume's texture blocks the page.
   */
  attach(elements: Readonly<Record<Plane, HTMLDivElement>>): () => void {
    const observer = new ResizeObserver(() => this.resize(elements))
    for (const plane of PLANES) observer.observe(elements[plane])
    this.resize(elements)
    let isGone = false
    this.ends.push(() => observer.disconnect(), () => {
      isGone = true
    })
    requestAnimationFrame(() => setTimeout(() => {
      if (!isGone) void this.raiseStage(elements, () => isGone)
    }))
    return () => this.detach()
  }

  private async raiseStage(elements: Readonly<Record<Plane, HTMLDivElement>>, isGone: () => boolean): Promise<void> {
    const cornerstone = await import('./cornerstone')
    if (isGone()) return
    cornerstone.startCornerstone()
    const { meta, voxels } = this.source.shownOf(this.volume)
    this.film = this.isFlat ? new FilmPicture(this.volume) : null
    this.film?.refresh(this.state.getState().isEqualised)
    const volume = cornerstone.makeVolume(`lamina-ct-${++volumes}`, meta, this.film?.shown ?? voxels)
    const stage = new cornerstone.Stage(this.grid, elements)
    this.stage = stage
    this.cornerstone = cornerstone
    this.source.drawInto(volume)
    this.ends.push(this.source.onVoxels(() => {
      this.film?.refresh(this.state.getState().isEqualised)
      this.askedAt = performance.now()
      stage.render()
    }))
    this.ends.push(() => this.source.drawInto(null), () => cornerstone.dropVolume(volume))
    for (const plane of PLANES) stage.onRendered(plane, () => this.noteDrawn())
    stage.onLost(() => this.recover(elements))
    await stage.show(volume)
    if (this.stage !== stage) return
    stage.setWindow(this.state.getState().window, this.state.getState().isInverted)
    this.resize(elements)
    this.mountLayer()
    stage.render()
  }

  /**
   * The graphics card took its memory back: everything that lay there is made anew, in place. A card that
   * gives up again and again is left alone, and the page says so.
   */
  private recover(elements: Readonly<Record<Plane, HTMLDivElement>>): void {
    this.editor.end()
    this.detach()
    const now = performance.now()
    this.losses = [...this.losses.filter((at) => now - at < LOSSES_WITHIN_MS), now]
    if (this.losses.length > MOST_LOSSES) return this.state.setState({ isLost: true })
    const timer = setTimeout(() => this.attach(elements), RECOVER_AFTER_MS)
    this.ends.push(() => clearTimeout(timer))
  }

  private noteDrawn(): void {
    this.lastPaint = performance.now()
    if (this.askedAt !== null) this.source.rest(this.lastPaint - this.askedAt)
    this.askedAt = null
    if (this.source.isSharpAt(this.sliceIndex('sagittal'))) markFirst('firstSagittal')
    if (!this.state.getState().isDrawn) this.state.setState({ isDrawn: true })
  }

  private detach(): void {
    this.layer?.close()
    this.layer = null
    this.stage?.close()
    this.stage = null
    for (const end of this.ends.splice(0)) end()
    this.state.setState({ isDrawn: false })
  }

  private mountLayer(): void {
    if (!this.stage || !this.cornerstone || !this.labels || !this.state.getState().views) return
    this.layer?.close()
    this.layer = new this.cornerstone.LabelLayer(this.volume.meta, this.labels, this.stage)
    const { levels, active } = this.state.getState()
    this.layer.setLevels(levels)
    this.layer.setActive(active)
    this.applyStyle()
  }

  private applyStyle(): void {
    const { fill, outlineOnly } = this.state.getState()
    this.layer?.setStyle({ fill, activeFill: Math.min(1, fill + ACTIVE_FILL_MORE), outlineOnly })
    this.stage?.render()
  }

  private resize(elements: Readonly<Record<Plane, HTMLDivElement>>): void {
    const sizeOf = (plane: Plane): Size => ({ width: elements[plane].clientWidth, height: elements[plane].clientHeight })
    const { panes, alone } = this.state.getState()
    const layout = panes === 'one' ? alone : panes
    this.camera.resize({ sagittal: sizeOf('sagittal'), axial: sizeOf('axial'), coronal: sizeOf('coronal') }, layout !== this.layout)
    this.layout = layout
    this.stage?.resize()
    this.camera.showAll()
  }

  private draw(plane: Plane, view: View, size: Size): void {
    this.stage?.setView(plane, view, size)
    if (shownPanes(this.state.getState()).includes(plane)) this.stage?.render([plane])
  }
}
