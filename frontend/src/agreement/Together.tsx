import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Agreement } from '../api/types'
import { Figures } from './Figures'
import { jointOf } from './summary'

/** What is told of all readers together, of the part of the spine that is chosen. */
export function Together({ report }: { report: Agreement }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState('all')
  const { groups, rows } = jointOf(report, asked)
  if (rows.length === 0) return null
  return (
    <Figures title={t('agreement.together')} text={t('agreement.together_text')} rows={rows}>
      <Select
        size="xs"
        w={180}
        allowDeselect={false}
        value={groups.includes(asked) ? asked : 'all'}
        onChange={(value) => setAsked(value ?? 'all')}
        data={groups.map((value) => ({ value, label: t(`agreement.group.${value}`, { defaultValue: value }) }))}
        aria-label={t('agreement.part')}
      />
    </Figures>
  )
}
