/** Strokes on the label map: making them, taking them back, and telling who keeps them. */
import { applyRuns, inverse, type Runs, runsFrom, Tool, voxelsIn } from '../bridge'
import { toIjk, type Vec3 } from '../domain/geometry'
import { type Brush, sweep } from './brush'
import { LAYOUT, type Plane } from './planes'
import type { SpineView } from './spineView'
import { BONE_FROM_HU, LARGEST_RADIUS_MM, SMALLEST_RADIUS_MM } from './viewState'

/** A stroke that can be taken back. */
export interface Done {
  readonly tool: Tool
  readonly number: number
  readonly runs: Runs
}

type Listener = (tool: Tool, runs: Runs, number: number) => void

const UNDO_STEPS = 200

export class Editor {
  private before: Map<number, number> | null = null
  private last: Vec3 | null = null
  private isErasing = false
  private undone: Done[] = []
  private made: Done[] = []
  private readonly listeners = new Set<Listener>()

  constructor(private readonly view: SpineView) {}

  /** Calls `listener` for every change of the map, undo and redo included. */
  onStroke(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get canUndo(): boolean {
    return this.made.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  /** What undo would take back. */
  get newest(): { tool: Tool; number: number; voxels: number } | null {
    const done = this.made.at(-1)
    return done ? { tool: done.tool, number: done.number, voxels: voxelsIn(done.runs) } : null
  }

  get isPainting(): boolean {
    return this.before !== null
  }

  /** Forgets what can be taken back, because another map is shown. */
  forget(): void {
    this.made = []
    this.undone = []
    this.before = null
  }

  begin(plane: Plane, mm: Vec3, isErasing: boolean): void {
    const { active } = this.view.state.getState()
    if (!this.view.labelMap || (active === 0 && !isErasing)) return
    this.before = new Map()
    this.isErasing = isErasing
    this.last = mm
    this.paint(plane, mm)
  }

  moveTo(plane: Plane, mm: Vec3): void {
    if (this.before) this.paint(plane, mm)
  }

  /** Ends the stroke; what it changed is told once. */
  end(): void {
    const labels = this.view.labelMap
    const before = this.before
    this.before = null
    this.last = null
    if (!labels || !before || before.size === 0) return
    const runs = runsFrom(before, labels)
    if (runs.starts.length === 0) return
    const done: Done = { tool: this.isErasing ? Tool.eraser : Tool.brush, number: this.view.state.getState().active, runs }
    this.made = [...this.made, done].slice(-UNDO_STEPS)
    this.undone = []
    this.view.labelsChanged([])
    this.tell(done.tool, runs, done.number)
  }

  undo(): void {
    const done = this.before ? undefined : this.made.pop()
    if (!done) return
    this.undone.push(done)
    this.change(Tool.undo, inverse(done.runs), done.number)
  }

  redo(): void {
    const done = this.before ? undefined : this.undone.pop()
    if (!done) return
    this.made.push(done)
    this.change(Tool.redo, done.runs, done.number)
  }

  /** Makes the brush smaller or larger by one step. */
  resize(direction: 1 | -1): void {
    const { radiusMm } = this.view.state.getState()
    const step = radiusMm < 2 || (radiusMm === 2 && direction < 0) ? 0.5 : 1
    const next = Math.min(LARGEST_RADIUS_MM, Math.max(SMALLEST_RADIUS_MM, radiusMm + direction * step))
    this.view.state.setState({ radiusMm: next })
  }

  private paint(plane: Plane, mm: Vec3): void {
    const labels = this.view.labelMap
    if (!labels || !this.before || !this.last) return
    const { grid, volume } = this.view
    const slices = sweep({ grid, labels, hu: volume.hu, before: this.before }, this.brush(plane), toIjk(grid, this.last), toIjk(grid, mm))
    this.last = mm
    if (slices.size > 0) this.view.labelsChanged(slices, [plane])
  }

  private brush(plane: Plane): Brush {
    const { active, radiusMm, shape, boneOnly, lockNeighbours } = this.view.state.getState()
    const across = shape === 'disc' ? LAYOUT[plane].across : null
    const isFree = (value: number) => !lockNeighbours || value === 0 || value === active
    return { radiusMm, across, value: this.isErasing ? 0 : active, mayChange: isFree, paintOn: boneOnly && !this.isErasing ? { low: BONE_FROM_HU, high: null } : null }
  }

  private change(tool: Tool, runs: Runs, number: number): void {
    const labels = this.view.labelMap
    if (!labels) return
    applyRuns(labels, runs)
    this.view.labelsChanged(this.slicesOf(runs))
    this.tell(tool, runs, number)
  }

  private slicesOf(runs: Runs): Set<number> {
    const perSlice = this.view.grid.dims[0] * this.view.grid.dims[1]
    const slices = new Set<number>()
    runs.starts.forEach((start, run) => {
      const last = start + (runs.lengths[run] as number) - 1
      for (let k = Math.floor(start / perSlice); k <= Math.floor(last / perSlice); k++) slices.add(k)
    })
    return slices
  }

  private tell(tool: Tool, runs: Runs, number: number): void {
    for (const listener of this.listeners) listener(tool, runs, number)
  }
}
