import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { Choice } from './Choice'
import type { Grade, GradedShape } from './findings'

const GRADES: readonly Grade[] = [0, 1, 2, 3]
const SHAPES: readonly GradedShape[] = ['wedge', 'biconcave', 'crush']

interface Props {
  readonly finding: Pick<Finding, 'grade_reader' | 'shape_reader' | 'not_graded_reason'>
  readonly level: string
  readonly disabled?: boolean
  readonly onGrade: (grade: Grade) => void
}

export function GradeChoice({ finding, level, disabled, onGrade }: Props) {
  const { t } = useTranslation()
  const options = GRADES.map((grade) => ({
    value: grade,
    text: String(grade),
    name: t(`grading.grade.${grade}`),
    tone: grade,
  }))
  return (
    <Choice
      label={t('grading.gradeOf', { level })}
      options={options}
      value={finding.grade_reader}
      disabled={disabled}
      onChoose={onGrade}
    />
  )
}

type ShapeProps = Omit<Props, 'onGrade'> & { readonly onShape: (shape: GradedShape) => void }

export function ShapeChoice({ finding, level, disabled, onShape }: ShapeProps) {
  const { t } = useTranslation()
  const none = finding.grade_reader === 0 || finding.not_graded_reason !== null
  const options = SHAPES.map((shape) => ({
    value: shape,
    text: t(`grading.shapeLetter.${shape}`),
    name: t(`grading.shape.${shape}`),
    tone: finding.grade_reader ?? 1,
  }))
  return (
    <Choice
      label={t('grading.shapeOf', { level })}
      options={options}
      value={finding.shape_reader}
      disabled={disabled || none}
      onChoose={onShape}
    />
  )
}
