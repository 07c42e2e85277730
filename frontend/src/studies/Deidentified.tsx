import { IconShieldCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ImportOut } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Import.module.css'

/** What was taken out of the headers before anybody could see it. */
export function Deidentified({ removed }: { removed: ImportOut['removed'] }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={`${page.panelTitle} ${classes.shield}`}>
        <IconShieldCheck size={20} stroke={1.75} aria-hidden />
        {t('imports.deidentified')}
      </h2>
      <dl className={page.counts}>
        <dt>{t('imports.removed_values')}</dt>
        <dd>{formatNumber(removed.values)}</dd>
        <dt>{t('imports.removed_private')}</dt>
        <dd>{formatNumber(removed.private)}</dd>
        <dt>{t('imports.removed_dates')}</dt>
        <dd>{formatNumber(removed.dates)}</dd>
      </dl>
    </section>
  )
}
