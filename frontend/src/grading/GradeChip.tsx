import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import classes from './grading.module.css'

interface Props {
  readonly finding: Pick<Finding, 'grade_reader' | 'shape_reader' | 'not_graded_reason'> | null
  /** Writes the shape's whole name instead of its letter. */
  readonly full?: boolean
}

/** A grade as digit and shape; the colour only repeats it. A dash stands for no grade. */
export function GradeChip({ finding, full = false }: Props) {
  const { t } = useTranslation()
  const grade = finding?.grade_reader ?? null
  if (grade === null) {
    const reason = finding?.not_graded_reason
    return <span className={classes.nograde}>{reason && full ? t(`grading.reason.${reason}`) : '–'}</span>
  }
  const shape = finding?.shape_reader
  return (
    <span className={classes.chip} data-tone={grade} title={t(`grading.grade.${grade}`)}>
      <b>{grade}</b>
      {shape && <span>{t(full ? `grading.shape.${shape}` : `grading.shapeLetter.${shape}`)}</span>}
    </span>
  )
}
