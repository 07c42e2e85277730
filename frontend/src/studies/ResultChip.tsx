import { IconCheck, IconInfoCircle, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ImportFinding } from '../api/types'
import { Chip } from '../shell/Chip'
import { resultOf } from './findings'

const LOOKS = {
  accepted: { tone: 'ok', Icon: IconCheck },
  note: { tone: 'accent', Icon: IconInfoCircle },
  refused: { tone: 'bad', Icon: IconX },
} as const

export function ResultChip({ finding }: { finding: ImportFinding }) {
  const { t } = useTranslation()
  const result = resultOf(finding)
  const { tone, Icon } = LOOKS[result]
  return (
    <Chip tone={tone} icon={<Icon aria-hidden />}>
      {t(`imports.${result}`)}
    </Chip>
  )
}
