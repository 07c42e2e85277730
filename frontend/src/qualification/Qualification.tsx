import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useDataset } from '../api/queries'
import type { Qualification as Found } from '../api/types'
import { formatNumber } from '../domain/format'
import { Answer } from '../shell/Answer'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { AskForTest } from './AskForTest'
import { OwnTest } from './OwnTest'
import { useQualification } from './queries'

/** The test of a data set: the own standing; for the manager the limits and where everybody stands. */
export function Qualification() {
  const { t } = useTranslation()
  const { dataset } = useParams({ from: '/d/$dataset/qualification' })
  const query = useQualification(dataset)
  const isManager = useDataset(dataset).data?.roles.includes('manager') ?? false
  return (
    <Page dataset={dataset} title={t('qualification.title')} subtitle={t('qualification.subtitle')}>
      <Answer query={query}>
        {(found) => (
          <div className={page.stack}>
            {found.demand && found.mine.map((own) => <OwnTest key={own.role} dataset={dataset} demand={found.demand!} own={own} />)}
            {!isManager && found.mine.length === 0 && <p>{t('qualification.nothing')}</p>}
            {isManager && <People found={found} />}
            {isManager && <AskForTest dataset={dataset} demand={found.demand} />}
          </div>
        )}
      </Answer>
    </Page>
  )
}

function People({ found }: { found: Found }) {
  const { t } = useTranslation()
  if (found.people.length === 0) return null
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('qualification.people')}</h2>
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('qualification.person')}</th>
            <th scope="col">{t('qualification.role')}</th>
            <th scope="col">{t('qualification.stands')}</th>
            <th scope="col" className={page.number}>{t('qualification.attempts')}</th>
            <th scope="col" className={page.number}>{t('qualification.figure')}</th>
          </tr>
        </thead>
        <tbody>
          {found.people.map((one) => {
            const last = one.attempts.filter((attempt) => attempt.result).at(-1)?.result
            const figure = one.role === 'student' ? last?.dice : last?.kappa
            return (
              <tr key={`${one.person} ${one.role}`}>
                <th scope="row">{one.person}</th>
                <td>{t(`shell.role.${one.role}`)}</td>
                <td>{t(`qualification.short.${one.standing}`)}</td>
                <td className={page.number}>{formatNumber(one.attempts.length)}</td>
                <td className={page.number}>{figure == null ? '—' : formatNumber(figure, 3)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
