import { Button, Progress } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Computing } from '../api/types'
import page from '../shell/page.module.css'
import { useComputeAgain } from './queries'

/** How far the report of a large data set is; it takes this place once it is there. */
export function BeingComputed({ dataset, computing }: { dataset: string; computing: Computing }) {
  const { t } = useTranslation()
  const again = useComputeAgain(dataset)
  const { state, percent, message } = computing
  const isFailed = state === 'failed'
  return (
    <section className={`${page.panel} ${page.empty}`} role={isFailed ? 'alert' : 'status'}>
      <IconScale size={40} stroke={1.5} aria-hidden />
      <h2>{t(isFailed ? 'agreement.computing.failed' : 'agreement.computing.title')}</h2>
      <p>{isFailed ? message : t('agreement.computing.text')}</p>
      {isFailed ? (
        <Button variant="default" onClick={() => again.mutate()} loading={again.isPending}>{t('agreement.computing.again')}</Button>
      ) : (
        <>
          <Progress value={percent} w={320} aria-label={t('agreement.computing.title')} />
          <p>{t('agreement.computing.at', { percent, message })}</p>
        </>
      )}
    </section>
  )
}
