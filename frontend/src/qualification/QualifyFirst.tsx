import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Notice } from '../shell/Notice'
import { useQualification } from './queries'

/** Says on a worklist that real cases wait for the test, and leads there. */
export function QualifyFirst({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const waits = useQualification(dataset).data?.mine.some((one) => one.standing !== 'passed')
  if (!waits) return null
  return (
    <Notice tone="accent" title={t('qualification.first_title')}>
      {t('qualification.first_text')}{' '}
      <Link to="/d/$dataset/qualification" params={{ dataset }}>{t('qualification.to_test')}</Link>
    </Notice>
  )
}
