import { SegmentedControl } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../domain/format'
import { KeyOf } from '../keys/KeysSheet'
import type { Changes, LevelChange } from './changes'
import { LevelChip } from './LevelChip'
import { SidePanel } from './SidePanel'
import { keepFocus } from './ToolRail'
import type { Shown } from './useChanges'

interface Props {
  readonly changes: Changes | null
  readonly levels: ReadonlyMap<number, string | null>
  readonly authorKind: string
  readonly note: string | null
  readonly shown: Shown
  readonly active: number
  readonly accepted: ReadonlySet<number>
  /** Millilitres of a voxel; null where a picture has no volume. */
  readonly voxelMl: number | null
  readonly pins: ReactNode
  readonly onGo: (number: number) => void
  readonly onShow: (shown: Shown) => void
}

/** Each level against the mask it began with, the most changed first. */
export function ChangesPanel(props: Props) {
  const { changes, levels, authorKind, note, shown, active, accepted, voxelMl, pins, onGo, onShow } = props
  const { t } = useTranslation()
  const title = !changes ? t('refinement.comparing') : changes.levels.length > 0 ? t('refinement.changed', { count: changes.levels.length }) : t('refinement.unchanged')
  const done = changes?.levels.filter((one) => accepted.has(one.number)).length ?? 0
  return (
    <SidePanel title={title} foot={note && <p>{note}</p>}>
      <p className="ws-dim">{t(`refinement.against.${authorKind}`)}</p>
      <SegmentedControl
        fullWidth
        size="xs"
        my="sm"
        aria-label={t('refinement.shown')}
        value={shown}
        onChange={(value) => onShow(value as Shown)}
        data={(['model', 'student', 'mine'] as const).map((value) => ({ value, label: t(`refinement.shows.${value}`) }))}
      />
      <p role="status" className="ws-small" data-testid="shown" data-shown={shown}>
        {shown === 'mine' ? <><KeyOf command="checking.flip" /> {t('refinement.shows.model')} <KeyOf command="checking.show" /></> : t(`refinement.shownOther.${shown}`)}
      </p>
      {changes?.levels.map((change) => (
        <ChangeRow
          key={change.number}
          change={change}
          level={levels.get(change.number) ?? null}
          isActive={change.number === active}
          isAccepted={accepted.has(change.number)}
          voxelMl={voxelMl}
          onGo={() => onGo(change.number)}
        />
      ))}
      {changes && changes.levels.length > 0 && (
        <p className="ws-small ws-accepting"><KeyOf command="levelDone" /> {done === changes.levels.length ? t('refinement.allAccepted') : t('refinement.acceptedLevels', { done, count: changes.levels.length })}</p>
      )}
      {pins}
    </SidePanel>
  )
}

interface RowProps {
  readonly change: LevelChange
  readonly level: string | null
  readonly isActive: boolean
  readonly isAccepted: boolean
  readonly voxelMl: number | null
  readonly onGo: () => void
}

function ChangeRow({ change, level, isActive, isAccepted, voxelMl, onGo }: RowProps) {
  const { t } = useTranslation()
  const { number, added, removed, before, furthestMm } = change
  const mm = furthestMm === null ? '\u2013' : formatNumber(furthestMm, 1)
  const [plus, minus] = [added, removed].map((voxels) => (voxelMl === null ? null : formatNumber(voxels * voxelMl, 2)))
  return (
    <button
      type="button"
      className="ws-change"
      aria-current={isActive}
      title={t('refinement.changeTitle', { added: formatNumber(added), removed: formatNumber(removed), before: formatNumber(before), mm })}
      onClick={onGo}
      onMouseDown={keepFocus}
      data-testid={`change-${level ?? number}`}
    >
      <span className="ws-change-name"><LevelChip level={level ?? `#${number}`} />{isAccepted && <IconCheck size={15} className="ws-ok" />}</span>
      <span className="ws-added">{t('refinement.added', { voxels: formatNumber(added) })}{plus !== null && <small>{t('refinement.addedMl', { ml: plus })}</small>}</span>
      <span className="ws-removed">{t('refinement.removed', { voxels: formatNumber(removed) })}{minus !== null && <small>{t('refinement.removedMl', { ml: minus })}</small>}</span>
      <span className="ws-dim">{furthestMm === null ? t('refinement.ofVoxels', { voxels: formatNumber(before) }) : t('refinement.furthest', { mm })}</span>
    </button>
  )
}
