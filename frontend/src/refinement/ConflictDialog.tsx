import { Button, Modal } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vec3 } from '../domain/geometry'
import { formatClock, formatNumber } from '../domain/format'
import { colourOf } from '../domain/levelColours'
import { type SpineView, VersionPicture } from '../viewer'
import type { Conflict } from './conflict'
import type { Choice, LevelConflict, Side } from './merge'
import { placesOf } from './places'
import { LevelChip } from './ProblemsPanel'
import './versions.css'

const SIDES = ['before', 'mine', 'theirs'] as const

interface Props {
  readonly code: string
  readonly view: SpineView
  readonly conflict: Conflict
  readonly isBusy: boolean
  readonly onLater: () => void
  readonly onSettle: (choice: Choice) => void
}

/** Two versions of one mask, level by level: before, mine, theirs. */
export function ConflictDialog({ code, view, conflict, isBusy, onLater, onSettle }: Props) {
  const { t } = useTranslation()
  const { conflicts, onlyMine, onlyTheirs } = conflict.comparison
  const [choice, setChoice] = useState<Choice>(() => new Map(conflicts.map(({ number, later }) => [number, later])))
  const places = useMemo(() => placesOf(conflict.versions, view.grid, conflicts.map(({ number }) => number)), [conflict, view, conflicts])
  const keepByKey = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSettle(choice)
  }
  return (
    <Modal opened onClose={onLater} centered size={860} withCloseButton={false} styles={{ body: { padding: 0 } }} aria-label={t('versions.title', { code })}>
      <div className="versions lamina-dark" onKeyDown={keepByKey} data-testid="conflict">
        <header>
          <h2>{t('versions.title', { code })}</h2>
          <p>{t('versions.why', { who: whoOf(conflict, t('versions.anotherPage')), count: conflict.others.length })} {t('versions.choose')}</p>
        </header>
        <div className="versions-rows">
          {conflicts.map((one) => (
            <LevelChoice key={one.number} view={view} conflict={conflict} one={one} mm={places.get(one.number) ?? [0, 0, 0]} chosen={choice.get(one.number) ?? one.later} onChoose={(side) => setChoice(new Map(choice).set(one.number, side))} />
          ))}
        </div>
        <footer>
          <span>{t('versions.alone', { count: onlyMine.length + onlyTheirs.length })}</span>
          <Button variant="default" onClick={onLater}>{t('versions.later')}</Button>
          <Button loading={isBusy} data-autofocus onClick={() => onSettle(choice)} rightSection={<kbd>{t('versions.keepKey')}</kbd>}>{t('versions.keep')}</Button>
        </footer>
      </div>
    </Modal>
  )
}

function whoOf({ others }: Conflict, myself: string): string {
  const names = new Set(others.map(({ mine, by }) => (mine ? myself : by)))
  return [...names].join(', ') || myself
}

interface ChoiceProps {
  readonly view: SpineView
  readonly conflict: Conflict
  readonly one: LevelConflict
  readonly mm: Vec3
  readonly chosen: Side
  readonly onChoose: (side: Side) => void
}

/** Three cards; digits and arrow keys choose among them. */
function LevelChoice({ view, conflict, one, mm, chosen, onChoose }: ChoiceProps) {
  const { t } = useTranslation()
  const row = useRef<HTMLDivElement>(null)
  const levelIn = (side: Side) => conflict.versions[side].levels.get(one.number) ?? null
  const level = levelIn('theirs') ?? levelIn('before') ?? levelIn('mine') ?? `#${one.number}`
  const choose = (place: number) => {
    const side = SIDES[place]
    if (!side) return
    onChoose(side)
    row.current?.querySelectorAll<HTMLElement>('[role=radio]')[place]?.focus()
  }
  const byKey = (event: React.KeyboardEvent) => {
    const at = SIDES.indexOf(chosen)
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step !== 0) choose(at + step)
    else if (['1', '2', '3'].includes(event.key)) choose(Number(event.key) - 1)
    else return
    event.preventDefault()
  }
  return (
    <div ref={row} className="versions-row" role="radiogroup" aria-label={level} onKeyDown={byKey}>
      <LevelChip level={level} />
      {SIDES.map((side, place) => {
        const named = levelIn(side)
        return (
          <button key={side} type="button" role="radio" aria-checked={side === chosen} tabIndex={side === chosen ? 0 : -1} className="version-card" data-side={side} onClick={() => onChoose(side)}>
            <VersionPicture view={view} labels={conflict.versions[side].labels} number={one.number} mm={mm} colour={colourOf(named)} />
            <span className="version-name"><strong>{side === 'theirs' ? whoOf(conflict, t('versions.yourOtherPage')) : t(`versions.side.${side}`)}</strong>{side === chosen ? <IconCheck size={18} /> : <kbd>{place + 1}</kbd>}</span>
            <span className="version-facts">{[t('versions.voxels', { count: one.voxels[side], whole: formatNumber(one.voxels[side]) }), named !== level && (named ?? t('versions.noLevel')), factsOf(conflict, side, one.number, t)].filter(Boolean).join(' · ')}</span>
          </button>
        )
      })}
    </div>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

function factsOf({ mine, others, base }: Conflict, side: Side, number: number, t: Translate): string {
  if (side === 'before') return base > 0 ? t('versions.after', { sequence: base }) : t('versions.atStart')
  const own = side === 'mine' ? mine.filter((act) => act.number === number) : others.filter((act) => act.number === number)
  const last = side === 'theirs' ? others.filter((act) => act.number === number).at(-1)?.at : undefined
  const count = t('versions.acts', { count: own.length })
  return last ? `${count}, ${formatClock(new Date(last))}` : count
}
