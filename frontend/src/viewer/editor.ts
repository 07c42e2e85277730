/** Acts on the label map and the levels: making them, taking them back, and telling who keeps them. */
import { applyRuns, type Runs, runsFrom, Tool } from '../bridge'
import { onGrid, toIjk, type Vec3 } from '../domain/geometry'
import { type Act, changesNothing, inverseOf, levelsAfter, paintAct } from './acts'
import { type Brush, sweep } from './brush'
import { LAYOUT, type Plane } from './planes'
import type { SpineView } from './spineView'
import { adaptiveSweep, type Feel, feel } from './tools/adaptive'
import { freeOf } from './tools/input'
import { type Logged, loggedAct, type Step, UndoStack } from './undoStack'
import { LARGEST_RADIUS_MM, SMALLEST_RADIUS_MM } from './viewState'

type Listener = (act: Act) => void

/** Who keeps acts: gives each its place in the log, and fetches those that are no longer in memory. */
export interface Keeper {
  readonly keep: (act: Act) => number
  readonly load: (sequence: number) => Promise<Act>
  /** Told why an act could not be taken back. */
  readonly failed: (cause: unknown) => void
}

/** Another moment of the mask is shown, or two versions are being put together. */
export type Pause = 'past' | 'settling'

export class Editor {
  private before: Map<number, number> | null = null
  private last: Vec3 | null = null
  private isErasing = false
  /** What the edge-following brush follows; null for the other brushes. */
  private feeling: Feel | null = null
  private stack = new UndoStack()
  private keeper: Keeper | null = null
  private readonly pauses = new Set<Pause>()
  /** Steps asked for while an older act is being fetched. */
  private readonly asked: ('undo' | 'redo')[] = []
  private stepping = false
  private lowestFree = 1
  private readonly listeners = new Set<Listener>()

  constructor(private readonly view: SpineView) {}

  /** Calls `listener` for every act, undo and redo included. */
  onAct(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get canUndo(): boolean {
    return this.stack.newest !== null
  }

  get canRedo(): boolean {
    return this.stack.nextAgain !== null
  }

  /** True while an act that is not in memory is fetched for undo or redo. */
  get isStepping(): boolean {
    return this.stepping
  }

  /** What undo would take back. */
  get newest(): Readonly<Step> | null {
    return this.stack.newest
  }

  /** What redo would make again. */
  get nextAgain(): Readonly<Step> | null {
    return this.stack.nextAgain
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
    this.stack = new UndoStack()
    this.keeper = null
    this.before = null
    this.pauses.clear()
    this.asked.length = 0
  }

  /** Goes on from a log of acts; what is made from here on is handed to the keeper. */
  goOn(log: readonly Logged[], keeper: Keeper): void {
    this.stack = new UndoStack(log)
    this.keeper = keeper
    this.noteSteps()
  }

  /** While paused for any reason nothing is changed. */
  pause(why: Pause, isOn: boolean): void {
    if (isOn) this.pauses.add(why)
    else this.pauses.delete(why)
  }

  private get isPaused(): boolean {
    return this.pauses.size > 0
  }

  /**
   * Makes one act: changes label map and levels, draws, and tells. Returns false, and changes nothing,
   * where the act changes nothing or a stroke is being made; throws where it does not fit what is shown.
   */
  commit(act: Act): boolean {
    if (this.before || this.isPaused || changesNothing(act) || !this.view.labelMap) return false
    this.change(act)
    this.done(act)
    return true
  }

  begin(plane: Plane, mm: Vec3, isErasing: boolean): void {
    const { active, tool } = this.view.state.getState()
    if (this.isPaused || !this.view.labelMap || this.before || (active === 0 && !isErasing)) return
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
    this.ask('undo')
  }

  redo(): void {
    this.ask('redo')
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

  private ask(what: 'undo' | 'redo'): void {
    if (this.before || this.isPaused) return
    this.asked.push(what)
    if (!this.stepping) void this.stepThrough()
  }

  /** One step after the other; without waiting where the act is in memory. */
  private async stepThrough(): Promise<void> {
    this.stepping = true
    try {
      for (let what = this.asked.shift(); what; what = this.asked.shift()) {
        const step = this.topOf(what)
        if (!step) continue
        if (!step.act) await this.fetch(step)
        if (step.act && step === this.topOf(what) && !this.before && !this.isPaused) this.step(what, step.act)
      }
    } catch (cause) {
      this.asked.length = 0
      this.keeper?.failed(cause)
    } finally {
      this.stepping = false
    }
  }

  private async fetch(step: Step): Promise<void> {
    step.act = (await this.keeper?.load(step.sequence)) ?? null
  }

  private topOf(what: 'undo' | 'redo'): Step | null {
    return what === 'undo' ? this.stack.newest : this.stack.nextAgain
  }

  private step(what: 'undo' | 'redo', act: Act): void {
    const made = what === 'undo' ? inverseOf(act, Tool.undo) : { ...act, tool: Tool.redo }
    this.change(made)
    this.done(made)
  }

  private done(act: Act): void {
    const sequence = this.keeper?.keep(act) ?? 0
    this.stack.add(loggedAct(sequence, act))
    for (const listener of this.listeners) listener(act)
    this.noteSteps()
  }

  /** What can be taken back is another now: whoever shows it looks again. */
  private noteSteps(): void {
    this.view.state.setState(({ edition }) => ({ edition: edition + 1 }))
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
}
