import { Slider } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { colourOf } from '../domain/levelColours'
import { KeyOf } from '../keys/KeysSheet'
import type { SpineView, ToolInHand } from '../viewer'
import { ToolOptions } from './ToolOptions'
import type { PaintingScope } from './usePaintingKeys'

const ERASABLE: readonly ToolInHand[] = ['brush', 'adaptive', 'scissors']

/** With these, a density range leaves little room. */
const SIZED: readonly ToolInHand[] = ['brush', 'eraser', 'grow']

/** The level in hand, the brush and its limits. */
export function OptionRow({ view, scope, mayPaint }: { view: SpineView; scope: PaintingScope; mayPaint: boolean }) {
  const { t } = useTranslation()
  const { active, levels, tool, boneOnly, lockNeighbours, fill } = useStore(
    view.state,
    useShallow(({ active, levels, tool, boneOnly, lockNeighbours, fill }) => ({ active, levels, tool, boneOnly, lockNeighbours, fill })),
  )
  const isFull = tool === 'scissors' || tool === 'fill' || (boneOnly && SIZED.includes(tool))
  const lock = t(lockNeighbours ? 'refinement.lock' : 'refinement.unlocked')
  const level = levels.get(active) ?? null
  return (
    <>
      <span className="ws-in-hand" style={{ '--level': colourOf(level) } as React.CSSProperties} data-testid="level-in-hand">
        {active > 0 ? (level ?? `#${active}`) : t('refinement.noLevel')}
      </span>
      {mayPaint && (
        <>
          <span className="ws-dim">{t(`tools.tool.${tool}`)}</span>
          <ToolOptions view={view} scope={scope} />
          <button type="button" className="ws-toggle" aria-pressed={lockNeighbours} aria-label={lock} title={isFull ? lock : undefined} onClick={() => view.state.setState({ lockNeighbours: !lockNeighbours })}>
            {lockNeighbours ? <IconLock size={14} /> : <IconLockOpen size={14} />} {!isFull && lock} <KeyOf command={`${scope}.lock`} />
          </button>
        </>
      )}
      <span className="ws-gap" />
      <label className="ws-fill">
        {t('refinement.fill')}
        <Slider size="xs" w={80} min={0} max={0.8} step={0.05} label={null} value={fill} onChange={(value) => view.setFill(value)} thumbLabel={t('refinement.fill')} />
      </label>
      {mayPaint && ERASABLE.includes(tool) && <span className="ws-dim ws-hint">{t('refinement.hold')} <kbd>Ctrl</kbd> {t('refinement.toErase')}</span>}
    </>
  )
}
