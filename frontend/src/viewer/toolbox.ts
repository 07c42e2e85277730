/** The tools of one viewer: what each is given, and how its answer becomes one act. */
import { type LevelChange, type Runs, Tool } from '../bridge'
import { flatIndex, isInside, toIjk, type Vec3 } from '../domain/geometry'
import { LAYOUT, type Plane, sliceCount } from './planes'
import type { SpineView } from './spineView'
import { around, type Box, boxOf, cutOut, grown, runsInBox, sizeOf, voxelsFor } from './tools/box'
import { flood } from './tools/fill'
import { freeOf, type HuRange, isRefusal, type Reason, refuse, type Refusal } from './tools/input'
import type { JobName, JobOptions, SentInput } from './tools/jobs'
import { insertedBeside, neighbourOf } from './tools/neighbours'
import { slicesCut, type ToolOptions } from './tools/options'
import { type Place, placeIn, type Side } from './tools/planar'
import { REACH } from './tools/smooth'
import { Workshop } from './tools/workshop'
import type { Drawing, Notice } from './viewState'

const ONE: Vec3 = [1, 1, 1]
const TURN_MS = 8
const MOST_ATTEMPTS = 5
/** Most of a radiograph that a fill may change. */
const FLAT_SHARE = 0.1
const EVERYTHING = Number.POSITIVE_INFINITY

/** One use of a tool that runs in the worker. */
interface Plan<Name extends JobName> {
  readonly job: Name
  readonly tool: Tool
  /** What of the volume the tool has to see; null where the level has no voxel. */
  readonly box: (own: Box | null) => Box | null
  readonly options: (box: Box) => JobOptions<Name>
  readonly levels?: readonly LevelChange[]
  /** The number in hand afterwards. */
  readonly next?: number
}

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms))

export class Toolbox {
  /** Fetches the mask that people began with, on this volume's grid. */
  bringModel: (() => Promise<Uint8Array>) | null = null
  private readonly workshop = new Workshop()
  private running = 0
  private isStopped = false

  constructor(private readonly view: SpineView) {}

  /** Takes away what is half done: a stroke, an outline, a fill that is still counting. */
  cancel(): void {
    this.view.editor.cancel()
    this.isStopped = true
    this.view.state.setState({ drawing: null, notice: null })
  }

  set(options: Partial<ToolOptions>): void {
    this.view.state.setState((state) => ({ options: { ...state.options, ...options } }))
  }

  islands(): Promise<void> {
    const { islands } = this.options
    const { cursor } = this.view.state.getState()
    if (islands === 'cursor') return cursor ? this.removeIslandAt(cursor.mm) : this.refuse('notOnLevel')
    const box = (own: Box | null) => this.grownBy(own, ONE)
    if (islands === 'largest') return this.run({ job: 'keepLargest', tool: Tool.islands, box, options: () => undefined })
    return this.run({ job: 'givePiecesAway', tool: Tool.absorb, box, options: () => undefined })
  }

  removeIslandAt(mm: Vec3): Promise<void> {
    return this.run({ job: 'removePiece', tool: Tool.islands, box: (own) => own, options: (box) => ({ at: this.indexIn(box, mm) }) })
  }

  /** Gives the piece of another level at a point to the level in hand. */
  absorbAt(mm: Vec3): Promise<void> {
    const { labelMap, grid: { dims } } = this.view
    const number = this.view.voxelAt(mm)?.number ?? 0
    if (!labelMap || number === 0) return this.refuse('noLevelThere')
    const box = (own: Box | null) => around(own, boxOf(dims, labelMap, number))
    return this.run({ job: 'absorbPiece', tool: Tool.absorb, box, options: (inside) => ({ at: this.indexIn(inside, mm) }) })
  }

  holes(): Promise<void> {
    const { holesIn, holesMm2 } = this.options
    const { isFlat, state } = this.view
    const across = isFlat || holesIn === 'slice' ? LAYOUT[state.getState().activePane].across : null
    const options = { across, largest: isFlat || across === null ? EVERYTHING : holesMm2 }
    return this.run({ job: 'fillHoles', tool: Tool.holes, box: (own) => this.grownBy(own, ONE), options: () => options })
  }

  smooth(): Promise<void> {
    const sigmaMm = this.options.smoothMm
    const box = (own: Box | null) => this.grownBy(own, voxelsFor(this.view.grid.spacingMm, REACH * sigmaMm))
    return this.run({ job: 'smooth', tool: Tool.smooth, box, options: () => ({ sigmaMm }) })
  }

  /** Fills the slices between painted ones of the active pane's plane. */
  interpolate(): Promise<void> {
    const { across } = LAYOUT[this.view.state.getState().activePane]
    return this.run({ job: 'interpolate', tool: Tool.interpolate, box: (own) => this.grownBy(own, ONE), options: () => ({ across }) })
  }

  grow(): Promise<void> {
    const mm = this.options.growMm
    return this.run({ job: 'grow', tool: Tool.grow, box: (own) => this.grownBy(own, voxelsFor(this.view.grid.spacingMm, mm)), options: () => ({ mm }) })
  }

  shrink(): Promise<void> {
    const mm = this.options.growMm
    return this.run({ job: 'shrink', tool: Tool.shrink, box: (own) => this.grownBy(own, ONE), options: () => ({ mm }) })
  }

  clear(): Promise<void> {
    return this.run({ job: 'renumber', tool: Tool.clear, box: (own) => own, options: () => ({ to: 0 }) })
  }

  /** The neighbour that merging or splitting gives to, or null. */
  neighbour(side: Side): number | null {
    const { levels, active } = this.view.state.getState()
    return neighbourOf(levels, active, side)
  }

  merge(side: Side = this.options.mergeInto): Promise<void> {
    const to = this.neighbour(side)
    return to === null ? this.refuse('noNeighbour') : this.mergeInto(to)
  }

  /** Gives all voxels of the level in hand to another vertebra and takes its name away. */
  mergeInto(to: number): Promise<void> {
    const { levels, active } = this.view.state.getState()
    if (to === 0) return this.refuse('noLevelThere')
    if (to === active) return this.refuse('alreadyThere')
    const from = levels.get(active) ?? null
    const changes = from === null ? [] : [{ number: active, from, to: null }]
    return this.run({ job: 'renumber', tool: Tool.merge, box: (own) => own, options: () => ({ to }), levels: changes, next: to })
  }

  /** Gives the level in hand the voxels that it began with. */
  modelMask(): Promise<void> {
    return this.whileBusy(async () => {
      const map = await this.bringModel?.()
      if (map) await this.takeFrom(map)
    })
  }

  private takeFrom(map: Uint8Array): Promise<void> {
    const { dims } = this.view.grid
    const { active } = this.view.state.getState()
    const had = boxOf(dims, map, active)
    if (had === null) return this.refuse('notInModel')
    const options = (box: Box) => ({ map: cutOut(map, dims, box) })
    return this.run({ job: 'takeFrom', tool: Tool.modelMask, box: (own) => around(own, had), options })
  }

  cut({ plane, kind, points, slice, isErasing }: Drawing): Promise<void> {
    const { grid } = this.view
    const { right: [x], down: [y], across } = LAYOUT[plane]
    const drawn = points.map((mm) => placeIn(plane, toIjk(grid, mm)))
    const [a, b] = [drawn[0] as Place, drawn.at(-1) as Place]
    const outline: readonly Place[] = kind === 'rectangle' ? [a, [b[0], a[1]], b, [a[0], b[1]]] : drawn
    const act = isErasing ? 'erase' : this.options.cutAct
    const slices = slicesCut(this.options, slice, sliceCount(grid, plane))
    const options = ({ low }: Box) => ({
      plane, act, outline: outline.map(([p, q]): Place => [p - low[x], q - low[y]]),
      slices: [slices[0] - low[across], slices[1] - low[across]] as const,
    })
    const box = (own: Box | null) => (act === 'fill' ? around(own, this.boxAround(plane, outline, slices)) : own)
    return this.run({ job: 'cut', tool: act === 'outside' ? Tool.cut : Tool.scissors, box, options })
  }

  /** Ends the polygon that is being drawn and cuts along it. */
  closePolygon(): void {
    const { drawing } = this.view.state.getState()
    this.view.state.setState({ drawing: null })
    if (drawing && drawing.points.length >= 3) void this.cut(drawing)
  }

  /** Splits the level in hand at a line drawn in a pane. */
  split({ plane, points }: Drawing): Promise<void> {
    const { view } = this
    const { splitSide, splitTo } = this.options
    const { levels, active } = view.state.getState()
    const to = splitTo === 'new' ? view.editor.nextNumber : this.neighbour(splitSide)
    if (to === null) return this.refuse('noNeighbour')
    const changes = splitTo === 'new' ? insertedBeside(levels, active, splitSide, to) : []
    if (changes === null) return this.refuse('noNameFree')
    const { right: [x], down: [y] } = LAYOUT[plane]
    const [from, until] = [points[0], points.at(-1)].map((mm) => placeIn(plane, toIjk(view.grid, mm as Vec3))) as [Place, Place]
    const options = ({ low }: Box) => ({
      plane, side: splitSide, to, line: [[from[0] - low[x], from[1] - low[y]], [until[0] - low[x], until[1] - low[y]]] as const,
    })
    return this.run({ job: 'split', tool: Tool.split, box: (own) => own, options, levels: changes })
  }

  /** Fills the region at a point, in turns, so that the page goes on. */
  async fillAt(plane: Plane, mm: Vec3): Promise<void> {
    const { view } = this
    const { fillBound, fillIn, fillLimitMl, huLow, huHigh } = this.options
    const { active, edition } = view.state.getState()
    const { labelMap, grid, volume } = view
    const range = fillBound === 'density' && !view.isFlat ? { low: huLow, high: huHigh } : null
    if (!labelMap || active === 0) return this.refuse('noLevel')
    if (range && view.source.loading.getState().phase !== 'whole') return this.refuse('notSharp')
    const voxelMm3 = grid.spacingMm.reduce((product, size) => product * size, 1)
    const limit = view.isFlat ? labelMap.length * FLAT_SHARE : Math.floor((1000 * fillLimitMl) / voxelMm3)
    const whole: Box = { low: [0, 0, 0], high: [grid.dims[0] - 1, grid.dims[1] - 1, grid.dims[2] - 1] }
    const fill = flood(
      { grid, labels: labelMap, hu: volume.hu, active, mayChange: this.free(active), paintOn: null },
      { at: this.indexIn(whole, mm), across: view.isFlat || fillIn === 'slice' ? LAYOUT[plane].across : null, range, limit },
    )
    await this.whileBusy(async () => {
      const outcome = await this.inTurns(fill)
      if (outcome === null) return
      if (isRefusal(outcome)) return this.sayRefusal(outcome, active, 'fill')
      if (this.hasChanged(edition)) return this.refuse('changed')
      const n = outcome.lengths.reduce((sum, length) => sum + length, 0)
      if (view.editor.commit({ tool: Tool.fill, number: active, runs: outcome, levels: [] }))
        this.say({ tone: 'done', text: 'filled', values: { level: this.nameOf(active), count: n } })
    })
  }

  private get options(): ToolOptions {
    return this.view.state.getState().options
  }

  private free(active: number): (value: number) => boolean {
    return freeOf(active, this.view.state.getState().lockNeighbours)
  }

  /** HU limits where voxels are added, if they are switched on. */
  get paintOn(): HuRange | null {
    const { boneOnly, options } = this.view.state.getState()
    return boneOnly && !this.view.isFlat ? { low: options.huLow, high: options.huHigh } : null
  }

  private grownBy(own: Box | null, by: Vec3): Box | null {
    return own && grown(own, by, this.view.grid.dims)
  }

  private boxAround(plane: Plane, outline: readonly Place[], slices: readonly [number, number]): Box | null {
    const { dims } = this.view.grid
    const { right: [x], down: [y], across } = LAYOUT[plane]
    const low: [number, number, number] = [0, 0, 0]
    const high: [number, number, number] = [0, 0, 0]
    for (const [place, axis] of [[0, x], [1, y]] as const) {
      low[axis] = Math.max(0, Math.floor(Math.min(...outline.map((corner) => corner[place]))))
      high[axis] = Math.min(dims[axis] - 1, Math.ceil(Math.max(...outline.map((corner) => corner[place]))))
    }
    low[across] = slices[0]
    high[across] = slices[1]
    return low.every((least, axis) => least <= (high[axis] as number)) ? { low, high } : null
  }

  /** Flat index within a box of the voxel at a point; -1 outside. */
  private indexIn(box: Box, mm: Vec3): number {
    const [i, j, k] = toIjk(this.view.grid, mm).map((value, axis) => Math.round(value) - (box.low[axis] as number)) as [number, number, number]
    return isInside(sizeOf(box), [i, j, k]) ? flatIndex(sizeOf(box), i, j, k) : -1
  }

  private async run<Name extends JobName>(plan: Plan<Name>): Promise<void> {
    const number = this.view.state.getState().active
    if (!this.view.labelMap || number === 0) return this.refuse('noLevel')
    await this.whileBusy(async () => {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) if (await this.attempt(plan, number)) return
      await this.refuse('changed')
    })
  }

  /** Runs a tool on the map as it is now; false where the map has changed before the answer came. */
  private async attempt<Name extends JobName>(plan: Plan<Name>, number: number): Promise<boolean> {
    const { view } = this
    while (view.editor.isPainting) await pause(TURN_MS)
    const { labelMap, grid: { dims, spacingMm }, volume } = view
    const { edition, lockNeighbours } = view.state.getState()
    if (!labelMap) return true
    const box = plan.box(boxOf(dims, labelMap, number))
    if (box === null) return this.sayRefusal(refuse('nothing'), number, plan.job)
    const before = cutOut(labelMap, dims, box)
    const input: SentInput = {
      grid: { dims: sizeOf(box), spacingMm }, labels: before.slice() as Uint8Array<ArrayBuffer>,
      hu: cutOut(volume.hu, dims, box) as Int16Array<ArrayBuffer>, active: number, lockNeighbours, paintOn: this.paintOn,
    }
    const outcome = await this.workshop.run(plan.job, input, plan.options(box))
    if (this.hasChanged(edition)) return false
    if (isRefusal(outcome)) return this.sayRefusal(outcome, number, plan.job)
    const runs = runsInBox(dims, box, before, outcome)
    if (!view.editor.commit({ tool: plan.tool, number, runs, levels: plan.levels ?? [] })) return this.sayRefusal(refuse('nothing'), number, plan.job)
    if (plan.next !== undefined) view.setActive(plan.next)
    this.sayDone(plan.tool, number, before, runs)
    return true
  }

  private hasChanged(edition: number): boolean {
    return this.view.editor.isPainting || this.view.state.getState().edition !== edition
  }

  private async inTurns<Result>(steps: Generator<void, Result>): Promise<Result | null> {
    this.isStopped = false
    for (let began = performance.now(); !this.isStopped; ) {
      const step = steps.next()
      if (step.done) return step.value
      if (performance.now() - began < TURN_MS) continue
      await pause(0)
      began = performance.now()
    }
    return null
  }

  private async whileBusy(act: () => Promise<unknown>): Promise<void> {
    this.running++
    this.view.state.setState({ isBusy: true })
    try {
      await act()
    } catch (cause) {
      this.say({ tone: 'refused', text: 'failed', values: { detail: cause instanceof Error ? cause.message : String(cause) } })
    } finally {
      this.running--
      this.view.state.setState({ isBusy: this.running > 0 })
    }
  }

  private nameOf(number: number): string {
    return this.view.state.getState().levels.get(number) ?? `#${number}`
  }

  private say(notice: Notice): void {
    this.view.state.setState({ notice })
  }

  private sayDone(tool: Tool, number: number, before: Uint8Array, runs: Runs): void {
    let [had, added, removed] = [0, 0, 0]
    for (const value of before) if (value === number) had++
    runs.lengths.forEach((length, run) => {
      if (runs.new[run] === number) added += length
      if (runs.old[run] === number) removed += length
    })
    const voxelMl = this.view.grid.spacingMm.reduce((product, size) => product * size, 0.001)
    const hundredths = had === 0 ? null : (100 * (added - removed)) / had
    if (this.view.isFlat) return this.say({ tone: 'done', text: 'doneFlat', values: { tool, level: this.nameOf(number), added, removed } })
    this.say({ tone: 'done', text: 'done', values: { tool, level: this.nameOf(number), added, removed, ml: (had + added - removed) * voxelMl, hundredths } })
  }

  private refuse(reason: Reason): Promise<void> {
    this.sayRefusal(refuse(reason), this.view.state.getState().active, 'fill')
    return Promise.resolve()
  }

  private sayRefusal({ refused, voxels = 0, isMore = false }: Refusal, number: number, job: JobName | 'fill'): true {
    const { activePane, options } = this.view.state.getState()
    const values = { level: this.nameOf(number), count: voxels, plane: activePane, limit: options.fillLimitMl }
    const text = refused === 'nothing' ? `nothing.${job}` : isMore ? 'leakMore' : refused === 'leak' && this.view.isFlat ? 'leakFlat' : refused
    this.say({ tone: 'refused', text, values })
    return true
  }
}
