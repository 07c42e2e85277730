import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ImportFinding } from '../api/types'
import page from '../shell/page.module.css'
import classes from './Import.module.css'
import { resultOf } from './findings'
import { ResultChip } from './ResultChip'
import { SlicePositions } from './SlicePositions'

function CaseLine({ finding }: { finding: ImportFinding }) {
  const { t } = useTranslation()
  const { case: id, case_code: code } = finding
  if (id === null || code === null) return null
  return (
    <>
      <p className={classes.reason}>{t(finding.duplicate ? 'imports.same_case' : 'imports.new_case', { code })}</p>
      <Button
        variant="default"
        size="sm"
        renderRoot={(props) => <Link to="/c/$case/history" params={{ case: id }} {...props} />}
      >
        {t('imports.open_case', { code })}
      </Button>
    </>
  )
}

/** Why one series was taken or refused, and where the trouble lies. */
export function FindingPanel({ finding }: { finding: ImportFinding }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded} ${classes.finding}`} aria-live="polite">
      <header>
        <h2 className={page.panelTitle}>{finding.name}</h2>
        <ResultChip finding={finding} />
      </header>
      {finding.reason && <p className={classes.reason}>{finding.reason}</p>}
      {finding.place && <p className={`${page.soft} ${classes.reason}`}>{finding.place}</p>}
      <SlicePositions finding={finding} />
      {resultOf(finding) === 'refused' && <p className={page.soft}>{t('imports.refused_help')}</p>}
      <CaseLine finding={finding} />
    </section>
  )
}
