import { CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** The panel on the right; it shrinks the panes and never covers them. */
export function SidePanel({ title, onClose, children, foot }: { title: string; onClose?: () => void; children: ReactNode; foot?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <aside className="ws-panel" aria-label={title}>
      <div className="ws-panel-head">
        <h2>{title}</h2>
        {onClose && <CloseButton aria-label={t('refinement.close')} onClick={onClose} />}
      </div>
      <div className="ws-panel-body">{children}</div>
      {foot && <div className="ws-panel-foot">{foot}</div>}
    </aside>
  )
}
