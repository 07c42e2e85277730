import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { formatChange, formatNumber } from '../domain/format'
import type { SpineView } from './spineView'
import type { Notice } from './viewState'

/** What the last tool did, or why it did nothing. */
export function NoticeLine({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const notice = useStore(view.state, (state) => state.notice)
  const isBusy = useStore(view.state, (state) => state.isBusy)
  const text = notice ? said(t, notice) : ''
  return (
    <span className="spine-notice" role="status" data-testid="notice" data-tone={notice?.tone} data-busy={isBusy}>
      {text}
      {isBusy && <span className="spine-working">{t('tools.working')}</span>}
    </span>
  )
}

function said(t: TFunction, { text, values }: Notice): string {
  if (text !== 'done' && text !== 'doneFlat') return t(`tools.said.${text}`, { ...values, plane: t(`viewer.${values.plane ?? 'sagittal'}`).toLowerCase() })
  const share = values.hundredths
  return t(`tools.said.${text}`, {
    ...values,
    tool: t(`refinement.tool.${values.tool}`),
    added: formatNumber(Number(values.added)),
    removed: formatNumber(Number(values.removed)),
    volume: `${formatNumber(Number(values.ml), 1)} ml${typeof share === 'number' ? ` (${formatChange(share, 1)} %)` : ''}`,
  })
}
