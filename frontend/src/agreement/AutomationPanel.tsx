import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Automation } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Agreement.module.css'
import { useAutomation } from './queries'
import { ShareCell } from './ShareCell'

const QUESTIONS = ['fracture', 'moderate', 'grade'] as const
type Question = (typeof QUESTIONS)[number]

interface Props {
  readonly dataset: string
  readonly report: number | null
}

/** What the model's proposal does to readers: of the whole study for its manager, of oneself for a reader. */
export function AutomationPanel({ dataset, report }: Props) {
  const { t } = useTranslation()
  const [question, setQuestion] = useState<Question>('fracture')
  const { data } = useAutomation(dataset, report)
  if (!data || data.readers.length === 0) return null
  return (
    <section className={`${page.panel} ${page.padded} ${classes.whole}`}>
      <div className={classes.titled}>
        <h2 className={page.panelTitle}>{t(`agreement.automation.title.${data.about}`)}</h2>
        <SegmentedControl
          size="xs"
          value={question}
          onChange={(next) => setQuestion(next as Question)}
          data={QUESTIONS.map((value) => ({ value, label: t(`agreement.automation.question.${value}`) }))}
          aria-label={t('agreement.automation.which_question')}
        />
      </div>
      <p className={page.subtitle}>{t(`agreement.automation.text.${data.about}`)}</p>
      {data.about === 'study' && <ByArm found={data} question={question} />}
      <ByReader found={data} question={question} />
    </section>
  )
}

interface TableProps {
  readonly found: Automation
  readonly question: Question
}

function ByArm({ found, question }: TableProps) {
  const { t } = useTranslation()
  const arms = found.arms.filter((row) => row.question === question)
  const turned = found.turned.find((row) => row.question === question)
  if (arms.length === 0) return <p>{t('agreement.automation.no_arms')}</p>
  const named = (group: string) => {
    const [kind = '', ...name] = group.split(':')
    return name.length > 0 ? t(`agreement.arm_of.${kind}`, { name: name.join(':') }) : t(`agreement.arm.${kind}`)
  }
  return (
    <div className={classes.scroll}>
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('agreement.automation.arm')}</th>
            <th scope="col">{t('agreement.automation.follows_wrong')}</th>
            <th scope="col">{t('agreement.automation.wrong_with_wrong')}</th>
            <th scope="col">{t('agreement.automation.wrong_with_right')}</th>
          </tr>
        </thead>
        <tbody>
          {arms.map((row) => (
            <tr key={row.group}>
              <th scope="row">{named(row.group)}</th>
              <td><ShareCell share={row.follows_wrong} /></td>
              <td><ShareCell share={row.wrong_with_wrong} /></td>
              <td><ShareCell share={row.wrong_with_right} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {turned && (
        <dl className={page.facts}>
          <dt>{t('agreement.automation.between')}</dt>
          <dd><ShareCell share={turned.between} /></dd>
          <dt>{t('agreement.automation.within')}</dt>
          <dd><ShareCell share={turned.within} /></dd>
        </dl>
      )}
    </div>
  )
}

function ByReader({ found, question }: TableProps) {
  const { t } = useTranslation()
  return (
    <div className={classes.scroll}>
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">{t('agreement.reader_column')}</th>
            <th scope="col" className={page.number}>{t('agreement.automation.readings')}</th>
            <th scope="col">{t('agreement.automation.follows_wrong')}</th>
            <th scope="col">{t('agreement.automation.wrong_alone')}</th>
            <th scope="col">{t('agreement.automation.turned_wrong')}</th>
            <th scope="col">{t('agreement.automation.untouched_readings')}</th>
            <th scope="col">{t('agreement.automation.untouched_findings')}</th>
            <th scope="col">{t('agreement.automation.short')}</th>
            <th scope="col">{t('agreement.automation.catches')}</th>
          </tr>
        </thead>
        <tbody>
          {found.readers.map((row) => {
            const own = row.questions.find((one) => one.question === question)
            const below = row.short_below_seconds
            return (
              <tr key={row.reader}>
                <th scope="row">{row.reader}</th>
                <td className={page.number}>{formatNumber(row.n_readings)}</td>
                <td>{own && <ShareCell share={own.follows_wrong} />}</td>
                <td>{own && <ShareCell share={own.wrong_alone} />}</td>
                <td>{own && <ShareCell share={own.turned_wrong} />}</td>
                <td><ShareCell share={row.untouched_readings} /></td>
                <td><ShareCell share={row.untouched_findings} /></td>
                <td title={below === null ? undefined : t('agreement.automation.short_below', { seconds: formatNumber(below, 1) })}>
                  <ShareCell share={row.short} />
                </td>
                <td>{row.catches && <ShareCell share={row.catches} />}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
