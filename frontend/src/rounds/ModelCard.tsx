import { Button, Modal } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersionOut } from '../api/types'
import { formatMoment, formatNumber } from '../domain/format'
import { Chip } from '../shell/Chip'
import page from '../shell/page.module.css'
import classes from './Rounds.module.css'

function CardDialog({ model, onClose }: { model: ModelVersionOut; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={t('rounds.card_of', { version: model.version })} size="lg" centered>
      <pre className={classes.card}>{model.card}</pre>
    </Modal>
  )
}

function Metrics({ metrics }: { metrics: ModelVersionOut['metrics'] }) {
  const { t } = useTranslation()
  const rows = Object.entries(metrics)
  if (rows.length === 0) return null
  return (
    <details className={classes.metrics}>
      <summary>{t('rounds.metrics')}</summary>
      <dl className={page.counts}>
        {rows.map(([name, value]) => (
          <MetricRow key={name} name={name} value={value} />
        ))}
      </dl>
    </details>
  )
}

const MetricRow = ({ name, value }: { name: string; value: number }) => (
  <>
    <dt>{name.replaceAll('_', ' ')}</dt>
    <dd>{formatNumber(value, 3)}</dd>
  </>
)

/** The model in service: what it was trained on, and its card. */
export function ModelCard({ model }: { model: ModelVersionOut }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('rounds.in_service', { version: model.version })}</h2>
      <dl className={page.facts}>
        <dt>{t('rounds.trained_on')}</dt>
        <dd>{model.trained_on}</dd>
        <dt>{t('rounds.made')}</dt>
        <dd>{formatMoment(new Date(model.created_at))}</dd>
        <dt>{t('rounds.snapshot')}</dt>
        <dd className={page.mono} title={model.sha256}>{model.sha256.slice(0, 12)}</dd>
        <dt>{t('rounds.kept_for')}</dt>
        <dd>{t('rounds.kept_for_text')}</dd>
      </dl>
      {model.phantoms_only && (
        <p className={`${page.warn} ${classes.simulated}`}>
          <IconAlertTriangle size={18} stroke={1.75} aria-hidden />
          {t('shell.simulated_only')}
        </p>
      )}
      <Metrics metrics={model.metrics} />
      {model.card && (
        <Button variant="default" size="sm" mt="md" onClick={() => setOpen(true)}>
          {t('rounds.card')}
        </Button>
      )}
      {isOpen && <CardDialog model={model} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** All versions, so that each proposal's model can be found again. */
export function ModelList({ models }: { models: ModelVersionOut[] }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<ModelVersionOut | null>(null)
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('rounds.models')}</h2>
      <ul className={classes.models}>
        {models.map((model) => (
          <li key={model.id}>
            <button type="button" className={classes.version} onClick={() => setShown(model)}>
              {t('rounds.model', { version: model.version })}
            </button>
            <span className={page.soft}>{model.trained_on}</span>
            {model.in_service && <Chip tone="ok">{t('rounds.is_in_service')}</Chip>}
          </li>
        ))}
      </ul>
      {shown && <CardDialog model={shown} onClose={() => setShown(null)} />}
    </section>
  )
}
