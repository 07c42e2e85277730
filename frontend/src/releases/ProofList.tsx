import { Loader } from '@mantine/core'
import { IconCheck, IconCircle, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ProofStep, ReleaseOut } from '../api/types'
import { formatNumber } from '../domain/format'
import page from '../shell/page.module.css'
import { type StepState, stepStates } from './proof'
import classes from './Releases.module.css'

const icons = {
  ok: <IconCheck size={20} stroke={2} color="var(--ok)" aria-hidden />,
  bad: <IconX size={20} stroke={2} color="var(--bad)" aria-hidden />,
  running: <Loader size={18} aria-hidden />,
  waits: <IconCircle size={16} stroke={1.75} color="var(--t3)" aria-hidden />,
}

function Step({ step, state }: { step: ProofStep; state: StepState }) {
  const { t } = useTranslation()
  const evidence = step.evidence || (state === 'waits' ? t('releases.proof_waits') : state === 'running' ? t('releases.proof_running') : '')
  return (
    <li className={classes.proof} data-state={state}>
      <span className={classes.icon}>
        {icons[state]}
        <span className="visually-hidden">{t(`releases.proof_state.${state}`)}: </span>
      </span>
      <span>{step.name}</span>
      <span className={classes.evidence}>{evidence}</span>
    </li>
  )
}

/** What is proved about a release, each step with its evidence. */
export function ProofList({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  const states = stepStates(release)
  const done = states.filter((state) => state === 'ok').length
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <header className={classes.proofHead}>
        <h2 className={page.panelTitle}>{t('releases.proof')}</h2>
        {states.length > 0 && (
          <span className={page.soft} role="status">
            {t('releases.proof_count', { done: formatNumber(done), total: formatNumber(states.length) })}
          </span>
        )}
      </header>
      {states.length === 0 ? (
        <p className={page.subtitle}>{t('releases.proof_none')}</p>
      ) : (
        <ol className={classes.proofs}>
          {release.proof.map((step, i) => (
            <Step key={step.name} step={step} state={states[i] ?? 'waits'} />
          ))}
        </ol>
      )}
    </section>
  )
}
