import { NumberInput, SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatNumber } from '../domain/format'
import { unitOf } from '../domain/frame'
import { KeyOf } from '../keys/KeysSheet'
import { BONE_FROM_HU, type SpineView, type ToolInHand, type ToolOptions as Options } from '../viewer'
import { keepFocus } from './ToolRail'
import type { PaintingScope } from './usePaintingKeys'

interface Props {
  readonly view: SpineView
  readonly scope: PaintingScope
}

/** What can be set about the tool in hand. */
export function ToolOptions({ view, scope }: Props) {
  const tool = useStore(view.state, (state) => state.tool)
  const Row = ROWS[tool]
  return Row ? <Row view={view} scope={scope} /> : null
}

const ROWS: Partial<Record<ToolInHand, (props: Props) => ReactNode>> = {
  brush: BrushRow, eraser: BrushRow, adaptive: AdaptiveRow, scissors: ScissorsRow, fill: FillRow, islands: IslandsRow, holes: HolesRow,
  smooth: SmoothRow, grow: GrowRow, split: SplitRow, merge: MergeRow, absorb: AbsorbRow,
}

const useOptions = (view: SpineView): Options => useStore(view.state, (state) => state.options)

function Choice<Value extends string>({ label, value, of, onChange }: { label: string; value: Value; of: Readonly<Record<Value, string>>; onChange: (value: Value) => void }) {
  const data = (Object.keys(of) as Value[]).map((one) => ({ value: one, label: of[one] }))
  return <SegmentedControl size="xs" aria-label={label} onMouseDown={keepFocus} value={value} onChange={(chosen) => onChange(chosen as Value)} data={data} />
}

interface AmountProps {
  readonly label: string
  readonly value: number | null
  readonly unit: string
  readonly range: readonly [number, number]
  readonly step?: number
  readonly placeholder?: string
  readonly onChange: (value: number | null) => void
}

/** A number with its unit; Enter gives the keys back to the picture. */
function Amount({ label, value, unit, range, step = 1, placeholder, onChange }: AmountProps) {
  return (
    <NumberInput
      size="xs" w={76} hideControls aria-label={label} value={value ?? ''} suffix={` ${unit}`} min={range[0]} max={range[1]} step={step} placeholder={placeholder} clampBehavior="blur"
      onChange={(typed) => {
        if (typeof typed === 'number' && typed >= range[0] && typed <= range[1]) onChange(typed)
        else if (typed === '' && placeholder !== undefined) onChange(null)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

function Apply({ text, onClick, children }: { text: string; onClick: () => void; children?: ReactNode }) {
  return <button type="button" className="ws-apply" onMouseDown={keepFocus} onClick={onClick}>{text} {children}</button>
}

function Size({ view, scope }: Props) {
  const { t } = useTranslation()
  const shape = useStore(view.state, (state) => state.shape)
  const diameter = 2 * useStore(view.state, (state) => state.radiusMm)
  return (
    <>
      {!view.isFlat && <Choice label={t('refinement.shape')} value={shape} of={{ disc: t('refinement.disc'), ball: t('refinement.ball') }} onChange={(value) => view.state.setState({ shape: value })} />}
      <span data-testid="brush-size">{`${formatNumber(diameter, diameter % 1 === 0 ? 0 : 1)} ${unitOf(view.frame)}`}</span>
      <KeyOf command={`${scope}.smaller`} /><KeyOf command={`${scope}.larger`} />
    </>
  )
}

function Range({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const { huLow, huHigh } = useOptions(view)
  const ends = [-1024, 30_000] as const
  return (
    <>
      <span className="ws-dim">{t('tools.from')}</span>
      <Amount label={t('tools.from')} value={huLow} unit="HU" range={ends} step={10} onChange={(value) => view.toolbox.set({ huLow: value ?? BONE_FROM_HU })} />
      <span className="ws-dim">{t('tools.to')}</span>
      <Amount label={t('tools.to')} value={huHigh} unit="HU" range={ends} step={10} placeholder={t('tools.noLimit')} onChange={(value) => view.toolbox.set({ huHigh: value })} />
      {(huLow !== BONE_FROM_HU || huHigh !== null) && <Apply text={t('tools.bone')} onClick={() => view.toolbox.set({ huLow: BONE_FROM_HU, huHigh: null })} />}
    </>
  )
}

/** Whether only a range of densities is painted on, and which. */
function DensityLimit({ view, scope }: Props) {
  const isOn = useStore(view.state, (state) => state.boneOnly)
  return view.isFlat ? null : <><DensityToggle view={view} scope={scope} />{isOn && <Range view={view} />}</>
}

function DensityToggle({ view, scope }: Props) {
  const { t } = useTranslation()
  const isOn = useStore(view.state, (state) => state.boneOnly)
  const { huLow, huHigh } = useOptions(view)
  const isBone = huLow === BONE_FROM_HU && huHigh === null
  return (
    <button type="button" className="ws-toggle" aria-pressed={isOn} onClick={() => view.state.setState({ boneOnly: !isOn })}>
      {isBone ? t('refinement.boneOnly') : t('tools.densityLimit')} <KeyOf command={`${scope}.threshold`} />
    </button>
  )
}

function BrushRow({ view, scope }: Props) {
  return <><Size view={view} scope={scope} /><DensityLimit view={view} scope={scope} /></>
}

function AdaptiveRow({ view, scope }: Props) {
  const { t } = useTranslation()
  const { adaptiveHu } = useOptions(view)
  return (
    <>
      <Size view={view} scope={scope} />
      <span className="ws-dim">{t('tools.tolerance')}</span>
      <Amount label={t('tools.tolerance')} value={adaptiveHu} unit={view.isFlat ? '' : 'HU'} range={[5, 1000]} step={10} onChange={(value) => value !== null && view.toolbox.set({ adaptiveHu: value })} />
    </>
  )
}

function ScissorsRow({ view, scope }: Props) {
  const { t } = useTranslation()
  const { cutShape, cutAct, cutSlices, cutCount } = useOptions(view)
  return (
    <>
      <Choice label={t('tools.shape')} value={cutShape} of={{ lasso: t('tools.lasso'), polygon: t('tools.polygon'), rectangle: t('tools.rectangle') }} onChange={(value) => view.toolbox.set({ cutShape: value })} />
      <Choice label={t('tools.act')} value={cutAct} of={{ erase: t('tools.erase'), fill: t('tools.fillInside'), outside: t('tools.outside') }} onChange={(value) => view.toolbox.set({ cutAct: value })} />
      {!view.isFlat && <Choice label={t('tools.slices')} value={cutSlices} of={{ one: t('tools.one'), some: t('tools.some'), all: t('tools.all') }} onChange={(value) => view.toolbox.set({ cutSlices: value })} />}
      {cutSlices === 'some' && !view.isFlat && <Amount label={t('tools.count')} value={cutCount} unit={t('tools.count')} range={[1, 99]} step={2} onChange={(value) => value !== null && view.toolbox.set({ cutCount: value })} />}
      {cutAct === 'fill' && !view.isFlat && <DensityToggle view={view} scope={scope} />}
      {cutShape === 'polygon' && <span className="ws-dim">{t('tools.closePolygon')}</span>}
    </>
  )
}

function FillRow({ view }: Props) {
  const { t } = useTranslation()
  const { fillBound, fillIn, fillLimitMl } = useOptions(view)
  if (view.isFlat) return <span className="ws-dim">{t('tools.clickRegion')}</span>
  return (
    <>
      <Choice label={t('tools.bound')} value={fillBound} of={{ levels: t('tools.levels'), density: t('tools.density') }} onChange={(value) => view.toolbox.set({ fillBound: value })} />
      {fillBound === 'density' && <Range view={view} />}
      <Choice label={t('tools.in')} value={fillIn} of={{ slice: t('tools.slice'), volume: t('tools.volume') }} onChange={(value) => view.toolbox.set({ fillIn: value })} />
      <span className="ws-dim">{t('tools.limit')}</span>
      <Amount label={t('tools.limit')} value={fillLimitMl} unit="ml" range={[0.01, 500]} onChange={(value) => value !== null && view.toolbox.set({ fillLimitMl: value })} />
    </>
  )
}

function IslandsRow({ view, scope }: Props) {
  const { t } = useTranslation()
  const { islands } = useOptions(view)
  return (
    <>
      <Choice label={t('tools.islandsMode')} value={islands} of={{ largest: t('tools.largest'), cursor: t('tools.cursor'), neighbour: t('tools.neighbour') }} onChange={(value) => view.toolbox.set({ islands: value })} />
      {islands === 'cursor'
        ? <span className="ws-dim">{t('tools.clickIsland')}</span>
        : <Apply text={t('tools.apply')} onClick={() => void view.toolbox.islands()}><KeyOf command={`${scope}.islands`} /></Apply>}
    </>
  )
}

function HolesRow({ view }: Props) {
  const { t } = useTranslation()
  const { holesIn, holesMm2 } = useOptions(view)
  return (
    <>
      {!view.isFlat && <Choice label={t('tools.holesIn')} value={holesIn} of={{ volume: t('tools.holesVolume'), slice: t('tools.holesSlice') }} onChange={(value) => view.toolbox.set({ holesIn: value })} />}
      {holesIn === 'slice' && !view.isFlat && (
        <>
          <span className="ws-dim">{t('tools.holesMost')}</span>
          <Amount label={t('tools.holesMost')} value={holesMm2} unit="mm²" range={[1, 5000]} step={10} onChange={(value) => value !== null && view.toolbox.set({ holesMm2: value })} />
        </>
      )}
      <Apply text={t('tools.apply')} onClick={() => void view.toolbox.holes()}><KeyOf command="mask.holes" /></Apply>
    </>
  )
}

function SmoothRow({ view }: Props) {
  const { t } = useTranslation()
  const { smoothMm } = useOptions(view)
  return (
    <>
      <span className="ws-dim">{t('tools.strength')}</span>
      <Amount label={t('tools.strength')} value={smoothMm} unit={unitOf(view.frame)} range={[0.3, 5]} step={0.5} onChange={(value) => value !== null && view.toolbox.set({ smoothMm: value })} />
      <Apply text={t('tools.apply')} onClick={() => void view.toolbox.smooth()}><KeyOf command="mask.smooth" /></Apply>
    </>
  )
}

function GrowRow({ view, scope }: Props) {
  const { t } = useTranslation()
  const { growMm } = useOptions(view)
  return (
    <>
      <span className="ws-dim">{t('tools.distance')}</span>
      <Amount label={t('tools.distance')} value={growMm} unit={unitOf(view.frame)} range={[0.1, 20]} step={0.5} onChange={(value) => value !== null && view.toolbox.set({ growMm: value })} />
      <Apply text={t('tools.shrink')} onClick={() => void view.toolbox.shrink()}><KeyOf command="mask.shrink" /></Apply>
      <Apply text={t('tools.grow')} onClick={() => void view.toolbox.grow()}><KeyOf command="mask.grow" /></Apply>
      <DensityLimit view={view} scope={scope} />
    </>
  )
}

/** Name of the neighbour on each side, or that there is none. */
function useNeighbours(view: SpineView): { above: string; below: string } {
  const { t } = useTranslation()
  const levels = useStore(view.state, (state) => state.levels)
  useStore(view.state, (state) => state.active)
  const name = (side: 'above' | 'below') => {
    const number = view.toolbox.neighbour(side)
    return (number === null ? null : levels.get(number)) ?? t('tools.noNeighbour')
  }
  return { above: name('above'), below: name('below') }
}

function SplitRow({ view }: Props) {
  const { t } = useTranslation()
  const { splitSide, splitTo } = useOptions(view)
  const neighbours = useNeighbours(view)
  return (
    <>
      <span className="ws-dim">{t('tools.part')}</span>
      <Choice label={t('tools.part')} value={splitSide} of={{ above: t('tools.above'), below: t('tools.below') }} onChange={(value) => view.toolbox.set({ splitSide: value })} />
      <span className="ws-dim">{t('tools.goesTo')}</span>
      <Choice label={t('tools.goesTo')} value={splitTo} of={{ neighbour: neighbours[splitSide], new: t('tools.newLevel') }} onChange={(value) => view.toolbox.set({ splitTo: value })} />
      <span className="ws-dim">{t('tools.dragLine')}</span>
    </>
  )
}

function MergeRow({ view }: Props) {
  const { t } = useTranslation()
  const { mergeInto } = useOptions(view)
  const neighbours = useNeighbours(view)
  return (
    <>
      <span className="ws-dim">{t('tools.into')}</span>
      <Choice label={t('tools.into')} value={mergeInto} of={neighbours} onChange={(value) => view.toolbox.set({ mergeInto: value })} />
      <Apply text={t('tools.apply')} onClick={() => void view.toolbox.merge()}><KeyOf command="mask.merge" /></Apply>
      <span className="ws-dim">{t('tools.orClick')}</span>
    </>
  )
}

function AbsorbRow() {
  const { t } = useTranslation()
  return <span className="ws-dim">{t('tools.clickPiece')}</span>
}
