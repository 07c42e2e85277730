import { SegmentedControl, Slider } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatNumber } from '../domain/format'
import { unitOf } from '../domain/frame'
import { colourOf } from '../domain/levelColours'
import { KeyOf } from '../keys/KeysSheet'
import type { SpineView } from '../viewer'

/** The level in hand, the brush and its limits. */
export function OptionRow({ view, scope, mayPaint }: { view: SpineView; scope: 'refining' | 'checking'; mayPaint: boolean }) {
  const { t } = useTranslation()
  const { active, levels, tool, shape, radiusMm, boneOnly, lockNeighbours, fill } = useStore(view.state)
  const level = levels.get(active) ?? null
  const diameter = 2 * radiusMm
  return (
    <>
      <span className="ws-in-hand" style={{ '--level': colourOf(level) } as React.CSSProperties} data-testid="level-in-hand">
        {active > 0 ? (level ?? `#${active}`) : t('refinement.noLevel')}
      </span>
      {mayPaint && (
        <>
          <span className="ws-dim">{t(`refinement.${tool}`)}</span>
          {!view.isFlat && (
            <SegmentedControl
              size="xs"
              aria-label={t('refinement.shape')}
              value={shape}
              onChange={(value) => view.state.setState({ shape: value === 'ball' ? 'ball' : 'disc' })}
              data={[{ value: 'disc', label: t('refinement.disc') }, { value: 'ball', label: t('refinement.ball') }]}
            />
          )}
          <span data-testid="brush-size">{`${formatNumber(diameter, diameter % 1 === 0 ? 0 : 1)} ${unitOf(view.frame)}`}</span>
          <KeyOf command={`${scope}.smaller`} /><KeyOf command={`${scope}.larger`} />
          {!view.isFlat && (
            <button type="button" className="ws-toggle" aria-pressed={boneOnly} onClick={() => view.state.setState({ boneOnly: !boneOnly })}>
              {t('refinement.boneOnly')} <KeyOf command={`${scope}.threshold`} />
            </button>
          )}
          <button type="button" className="ws-toggle" aria-pressed={lockNeighbours} onClick={() => view.state.setState({ lockNeighbours: !lockNeighbours })}>
            {lockNeighbours ? <IconLock size={14} /> : <IconLockOpen size={14} />} {t('refinement.lock')} <KeyOf command={`${scope}.lock`} />
          </button>
        </>
      )}
      <span className="ws-gap" />
      <label className="ws-fill">
        {t('refinement.fill')}
        <Slider size="xs" w={80} min={0} max={0.8} step={0.05} label={null} value={fill} onChange={(value) => view.setFill(value)} thumbLabel={t('refinement.fill')} />
      </label>
      {mayPaint && <span className="ws-dim ws-hint">{t('refinement.hold')} <kbd>Ctrl</kbd> {t('refinement.toErase')}</span>}
    </>
  )
}

/** What undo would take back. */
export function UndoHint({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const levels = useStore(view.state, (state) => state.levels)
  useStore(view.state, (state) => state.edition)
  const { newest } = view.editor
  if (!newest || view.editor.isPainting) return null
  const tool = t(`refinement.tool.${newest.tool}`)
  const level = levels.get(newest.number) ?? `#${newest.number}`
  return <span><KeyOf command="undo" /> {t('refinement.undoes', { tool: tool.toLowerCase(), level, count: newest.voxels })}</span>
}
