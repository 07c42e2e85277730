import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatNumber, formatPositionMm } from '../domain/format'
import { toIjk, type Vec3 } from '../domain/geometry'
import { NoticeLine } from './NoticeLine'
import { SpacingNote } from './SpacingNote'
import type { SpineView } from './spineView'

/** What lies under the cursor: level, HU and place; and the window in use. */
export function StatusLine({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const cursor = useStore(view.state, (state) => state.cursor)
  const { window, preset, levels } = useStore(view.state)
  const voxel = cursor && view.voxelAt(cursor.mm)
  const level = voxel && voxel.number > 0 ? (levels.get(voxel.number) ?? `#${voxel.number}`) : null
  const name = preset ? t(`viewer.window.${preset}`) : t('viewer.window.own')
  return (
    <>
      <span data-testid="voxel">{voxel ? `${level ? `${level} · ` : ''}${view.isFlat ? t('radiograph.grey', { value: formatNumber(voxel.hu) }) : `${formatNumber(voxel.hu)} HU`}` : '\u2013'}</span>
      <span data-testid="position">{cursor ? (view.isFlat ? t('radiograph.column', pixelAt(view, cursor.mm)) : formatPositionMm(cursor.mm)) : ''}</span>
      <span>{`${name} ${formatNumber(window.width)} / ${formatNumber(window.center)}`}</span>
      <SpacingNote meta={view.volume.meta} />
      {view.volume.meta.radiograph?.front === 'unknown' && <span data-testid="front">{t('radiograph.frontUnknown')}</span>}
      <NoticeLine view={view} />
    </>
  )
}

/** Column and row of a radiograph, from 1. */
function pixelAt(view: SpineView, mm: Vec3): { column: string; row: string } {
  const [i, j] = toIjk(view.grid, mm)
  return { column: formatNumber(Math.round(i) + 1), row: formatNumber(Math.round(j) + 1) }
}
