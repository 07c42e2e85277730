/** Acts on the label map and the levels: making them, taking them back, and telling who keeps them. */
import { applyRuns, type Runs, runsFrom, Tool } from '../bridge'
import { onGrid, toIjk, type Vec3 } from '../domain/geometry'
import { type Act, changesNothing, inverseOf, levelsAfter, paintAct, voxelsOf } from './acts'
import { type Brush, sweep } from './brush'
import { LAYOUT, type Plane } from './planes'
import type { SpineView } from './spineView'
import { adaptiveSweep, type Feel, feel } from './tools/adaptive'
import { freeOf } from './tools/input'
import { LARGEST_RADIUS_MM, SMALLEST_RADIUS_MM } from './viewState'

type Listener = (act: Act) => void

const UNDO_STEPS = 200

export class Editor {
  private before: Map<number, number> | null = null
  private last: Vec3 | null = null
  private isErasing = false
  /** What the edge-following brush follows; null for the other brushes. */
  private feeling: Feel | null = null
  private undone: Act[] = []
  private made: Act[] = []
  private lowestFree = 1
  private readonly listeners = new Set<Listener>()

  constructor(private readonly view: SpineView) {}

  /** Calls `listener` for every act, undo and redo included. */
  onAct(listener: Listener): () => void {
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
  get newest(): { tool: Tool; number: number; voxels: number; names: number } | null {
    const act = this.made.at(-1)
    return act ? { tool: act.tool, number: act.number, voxels: voxelsOf(act), names: act.levels.length } : null
  }

  get isPainting(): boolean {
    return this.before !== null
  }

  /** The number that a new vertebra gets; numbers are never reused. */
  get nextNumber(): number {
    return Math.max(this.lowestFree, ...[...this.view.state.getState().levels.keys()].map((number) => number + 1))
  }

  set nextNumber(number: number) {
    this.lowestFree = number
  }

  /** Forgets what can be taken back, because another map is shown. */
  forget(): void {
    this.made = []
    this.undone = []
    this.before = null
  }

  /**
   * Makes one act: changes label map and levels, draws, and tells. Returns false, and changes nothing,
   * where the act changes nothing or a stroke is being made; throws where it does not fit what is shown.
   */
  commit(act: Act): boolean {
    if (this.before || changesNothing(act) || !this.view.labelMap) return false
    this.change(act)
    this.done(act)
    return true
  }

  begin(plane: Plane, mm: Vec3, isErasing: boolean): void {
    const { active, tool } = this.view.state.getState()
    if (!this.view.labelMap || this.before || (active === 0 && !isErasing)) return
    this.feeling = tool === 'adaptive' ? this.feelAt(plane, mm) : null
    if (tool === 'adaptive' && !this.feeling) return
    this.before = new Map()
    this.isErasing = isErasing
    this.last = mm
    this.paint(plane, mm)
  }

  moveTo(plane: Plane, mm: Vec3): void {
    if (this.before) this.paint(plane, mm)
  }

  /** Ends the stroke, which becomes one act. */
  end(): void {
    const labels = this.view.labelMap
    const before = this.before
    this.before = null
    this.last = null
    if (!labels || !before || before.size === 0) return
    const runs = runsFrom(before, labels)
    if (runs.starts.length === 0) return
    this.view.labelsChanged([])
    const tool = this.feeling ? Tool.adaptive : this.isErasing ? Tool.eraser : Tool.brush
    this.done(paintAct(tool, this.view.state.getState().active, runs))
  }

  /** Takes the stroke back that is being made. */
  cancel(): void {
    const labels = this.view.labelMap
    const before = this.before
    this.before = null
    this.last = null
    if (!labels || !before || before.size === 0) return
    const slices = this.slicesOf(runsFrom(before, labels))
    for (const [index, value] of before) labels[index] = value
    this.view.labelsChanged(slices)
  }

  undo(): void {
    const act = this.before ? undefined : this.made.pop()
    if (!act) return
    this.undone.push(act)
    this.changeAndTell(inverseOf(act, Tool.undo))
  }

  redo(): void {
    const act = this.before ? undefined : this.undone.pop()
    if (!act) return
    this.made.push(act)
    this.changeAndTell({ ...act, tool: Tool.redo })
  }

  /** Makes the brush smaller or larger by one step. */
  resize(direction: 1 | -1): void {
    const { radiusMm } = this.view.state.getState()
    const step = radiusMm < 2 || (radiusMm === 2 && direction < 0) ? 0.5 : 1
    const next = Math.min(Math.max(LARGEST_RADIUS_MM, Math.round(onGrid(this.view.grid, LARGEST_RADIUS_MM))), Math.max(SMALLEST_RADIUS_MM, radiusMm + direction * step))
    this.view.state.setState({ radiusMm: next })
  }

  private paint(plane: Plane, mm: Vec3): void {
    const labels = this.view.labelMap
    if (!labels || !this.before || !this.last) return
    const { grid, volume } = this.view
    const canvas = { grid, labels, hu: volume.hu, before: this.before }
    const way = [toIjk(grid, this.last), toIjk(grid, mm)] as const
    const brush = this.brush(plane)
    const slices = this.feeling ? adaptiveSweep(canvas, brush, this.feeling, LAYOUT[plane].across, way) : sweep(canvas, brush, ...way)
    this.last = mm
    if (slices.size > 0) this.view.labelsChanged(slices, [plane])
  }

  private brush(plane: Plane): Brush {
    const { active, radiusMm, shape, lockNeighbours } = this.view.state.getState()
    const across = shape === 'disc' ? LAYOUT[plane].across : null
    const paintOn = this.isErasing || this.feeling ? null : this.view.toolbox.paintOn
    return { radiusMm, across, value: this.isErasing ? 0 : active, mayChange: freeOf(active, lockNeighbours), paintOn }
  }

  private feelAt(plane: Plane, mm: Vec3): Feel | null {
    const { grid, volume, state } = this.view
    return feel(grid, volume.hu, { across: LAYOUT[plane].across, at: toIjk(grid, mm) }, state.getState().options.adaptiveHu)
  }

  private done(act: Act): void {
    this.made = [...this.made, act].slice(-UNDO_STEPS)
    this.undone = []
    this.tell(act)
  }

  private changeAndTell(act: Act): void {
    this.change(act)
    this.tell(act)
  }

  private change(act: Act): void {
    const labels = this.view.labelMap
    if (!labels) return
    const levels = levelsAfter(this.view.state.getState().levels, act.levels)
    applyRuns(labels, act.runs)
    if (act.levels.length > 0) this.view.setLevels(levels)
    this.view.labelsChanged(this.slicesOf(act.runs))
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

  private tell(act: Act): void {
    for (const listener of this.listeners) listener(act)
  }
}
