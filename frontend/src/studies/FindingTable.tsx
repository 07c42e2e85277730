import { useTranslation } from 'react-i18next'
import type { ImportFinding } from '../api/types'
import { formatNumber, formatSpacing } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Import.module.css'
import { ResultChip } from './ResultChip'

interface FindingTableProps {
  findings: ImportFinding[]
  selected: ImportFinding | undefined
  onSelect: (finding: ImportFinding) => void
}

function Row({ finding, isSelected, onSelect }: { finding: ImportFinding; isSelected: boolean; onSelect: () => void }) {
  const { t } = useTranslation()
  return (
    <tr className={classes.row} data-selected={isSelected || undefined} onClick={onSelect}>
      <td>
        <button type="button" className={classes.name} aria-pressed={isSelected} onClick={onSelect}>
          {finding.name}
        </button>
      </td>
      <td className={page.number}>{formatNumber(finding.n_slices)}</td>
      <td>{finding.spacing_mm ? formatSpacing(finding.spacing_mm) : t('worklist.dash')}</td>
      <td>
        <ResultChip finding={finding} />
      </td>
      <td className={page.soft}>
        <span className={classes.reason}>{finding.reason || t('worklist.dash')}</span>
        {finding.case_code && ` · ${t(finding.duplicate ? 'imports.same_case' : 'imports.new_case', { code: finding.case_code })}`}
      </td>
    </tr>
  )
}

/** One row for each series of a delivery. */
export function FindingTable({ findings, selected, onSelect }: FindingTableProps) {
  const { t } = useTranslation()
  return (
    <div className={page.panel} style={{ overflowX: 'auto' }}>
      <table className={page.table} aria-label={t('imports.table')}>
        <thead>
          <tr>
            <th scope="col">{t('imports.column_series')}</th>
            <th scope="col" className={page.number}>{t('imports.column_images')}</th>
            <th scope="col">{t('imports.column_spacing')}</th>
            <th scope="col">{t('imports.column_result')}</th>
            <th scope="col">{t('imports.column_reason')}</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <Row
              key={finding.name}
              finding={finding}
              isSelected={finding === selected}
              onSelect={() => onSelect(finding)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}
