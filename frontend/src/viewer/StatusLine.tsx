import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatNumber, formatPositionMm } from '../domain/format'
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
      <span data-testid="voxel">{voxel ? `${level ? `${level} · ` : ''}${formatNumber(voxel.hu)} HU` : '\u2013'}</span>
      <span data-testid="position">{cursor ? formatPositionMm(cursor.mm) : ''}</span>
      <span>{`${name} ${formatNumber(window.width)} / ${formatNumber(window.center)}`}</span>
    </>
  )
}
