import { useTranslation } from 'react-i18next'
import type { CaseDetail, Finding } from '../api/types'
import { isDecided } from '../grading/findings'

interface Props {
  readonly finding: Finding
  readonly detail: CaseDetail
  readonly wasShown: boolean
}

/** The model's grade, only where the server sends it and only after the reader's own. */
export function ModelSays({ finding, detail, wasShown }: Props) {
  const { t } = useTranslation()
  const { proposal } = detail
  if (!wasShown || proposal === null) return <span>{t('reading.model.hidden')}</span>
  if (!isDecided(finding)) return <span>{t('reading.model.after')}</span>
  const { model } = proposal
  const own = proposal.vertebrae.find((vertebra) => vertebra.number === finding.number)
  if (!own) return <span>{t('reading.model.none', { model })}</span>
  const withheld = own.withheld_reason ?? detail.grade_withheld_reason
  if (own.grade === null || withheld) {
    return (
      <span>
        {t('reading.model.withheld', { model, reason: detail.grade_withheld_reason ? '' : (withheld ?? '') })}
      </span>
    )
  }
  const hasShape = own.shape !== null && own.shape !== 'none'
  const shape = own.shape === null ? '' : t(`grading.shape.${own.shape}`)
  return (
    <span>
      {t(hasShape ? 'reading.model.saysShape' : 'reading.model.says', { model, grade: own.grade, shape })}
      {proposal.phantoms_only && ` ${t('grading.phantomsOnly')}`}
    </span>
  )
}
