import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Dataset } from '../api/types'
import page from '../shell/page.module.css'

/** The model in service and what it was trained on; says plainly where that were simulated spines only. */
export function ModelNote({ model, isForRadiographs = false }: { model: Dataset['model']; isForRadiographs?: boolean }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`}>
      {model ? (
        <>
          <h2 className={page.panelTitle}>{t(isForRadiographs ? 'worklist.model.forRadiographs' : 'worklist.model.title', { version: model.version })}</h2>
          <dl className={page.facts}>
            <dt>{t('worklist.model.trained_on')}</dt>
            <dd>{model.trained_on}</dd>
          </dl>
          {model.phantoms_only && (
            <p className={page.warn} style={{ margin: '8px 0 0', display: 'flex', gap: 8 }}>
              <IconAlertTriangle size={18} stroke={1.75} aria-hidden style={{ flex: 'none' }} />
              {t('shell.simulated_only')}
            </p>
          )}
        </>
      ) : (
        <p className={page.subtitle} style={{ margin: 0 }}>{t('worklist.model.none')}</p>
      )}
    </section>
  )
}
