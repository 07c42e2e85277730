import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../domain/format'
import { KeyOf } from '../keys/KeysSheet'
import type { Changes, LevelChange } from './changes'
import { LevelChip } from './ProblemsPanel'
import { SidePanel } from './SidePanel'

interface Props {
  readonly changes: Changes | null
  readonly levels: ReadonlyMap<number, string | null>
  readonly authorKind: string
  readonly note: string | null
  readonly onGo: (number: number) => void
  readonly onFlip: (isFlipped: boolean) => void
}

/** Each level against the mask it began with, the most changed first. */
export function ChangesPanel({ changes, levels, authorKind, note, onGo, onFlip }: Props) {
  const { t } = useTranslation()
  const against = t(`refinement.against.${authorKind}`)
  const title = !changes ? t('refinement.comparing') : changes.levels.length > 0 ? t('refinement.changed', { count: changes.levels.length }) : t('refinement.unchanged')
  return (
    <SidePanel title={title} foot={note && <p>{note}</p>}>
      <p className="ws-dim">{against}</p>
      <Group mb="sm" gap="sm">
        <Button
          size="xs"
          variant="default"
          disabled={!changes || changes.voxels === 0}
          onPointerDown={() => onFlip(true)}
          onPointerUp={() => onFlip(false)}
          onPointerLeave={() => onFlip(false)}
        >
          {t('refinement.holdBefore')}
        </Button>
        <KeyOf command="checking.flip" />
      </Group>
      {changes?.levels.map((change) => (
        <ChangeRow key={change.number} change={change} level={levels.get(change.number) ?? null} onGo={() => onGo(change.number)} />
      ))}
    </SidePanel>
  )
}

function ChangeRow({ change, level, onGo }: { change: LevelChange; level: string | null; onGo: () => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="ws-change" onClick={onGo} data-testid={`change-${level ?? change.number}`}>
      <LevelChip level={level ?? `#${change.number}`} />
      <span className="ws-added">{t('refinement.added', { voxels: formatNumber(change.added) })}</span>
      <span className="ws-removed">{t('refinement.removed', { voxels: formatNumber(change.removed) })}</span>
      <span className="ws-dim">{t('refinement.ofVoxels', { voxels: formatNumber(change.before) })}</span>
    </button>
  )
}
