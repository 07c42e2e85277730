import { IconCheck, IconCircleDot, IconMinus, IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoundOut } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Rounds.module.css'

const icons = { promoted: IconCheck, refused: IconMinus, failed: IconX, open: IconCircleDot }

function lookOf(round: RoundOut): keyof typeof icons {
  if (round.state === 'failed') return 'failed'
  return round.outcome ?? 'open'
}

function Step({ round, isSelected, onSelect }: { round: RoundOut; isSelected: boolean; onSelect: () => void }) {
  const { t } = useTranslation()
  const look = lookOf(round)
  const Icon = icons[look]
  const isDone = round.state === 'done'
  const ending = isDone && round.outcome ? t(`rounds.outcome.${round.outcome}`) : t(`rounds.state.${round.state}`, { percent: formatPercent(round.percent) })
  const model = round.candidate_model ? t('rounds.model', { version: round.candidate_model }) : ''
  return (
    <li>
      <button type="button" className={classes.step} aria-pressed={isSelected} data-look={look} onClick={onSelect}>
        <Icon size={18} stroke={1.75} aria-hidden />
        <span>
          <strong>{t('rounds.title_of', { number: formatNumber(round.number) })}</strong>
          <small>{t('rounds.cases', { count: round.n_cases })}</small>
          <small>{[model, ending].filter(Boolean).join(', ')}</small>
        </span>
      </button>
    </li>
  )
}

interface TimelineProps {
  rounds: RoundOut[]
  selected: RoundOut
  onSelect: (id: string) => void
}

/** The rounds in the order they were run, from the model they began with. */
export function Timeline({ rounds, selected, onSelect }: TimelineProps) {
  const { t } = useTranslation()
  const oldest = rounds.at(-1)
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (list.current) list.current.scrollLeft = list.current.scrollWidth
  }, [rounds.length])
  return (
    <ol ref={list} className={`${page.panel} ${classes.timeline}`} aria-label={t('rounds.timeline')}>
      <li className={classes.begin}>
        <IconCheck size={18} stroke={1.75} aria-hidden />
        <span>
          <strong>{t('rounds.begin')}</strong>
          <small>{oldest ? t('rounds.model', { version: oldest.parent_model }) : ''}</small>
        </span>
      </li>
      {[...rounds].reverse().map((round) => (
        <Step key={round.id} round={round} isSelected={round.id === selected.id} onSelect={() => onSelect(round.id)} />
      ))}
    </ol>
  )
}
