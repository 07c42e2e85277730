import { Button, Menu } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { contradictionText } from './contradictionText'
import type { Desk } from './useDesk'
import type { Insight } from './useInsight'

interface Props {
  readonly desk: Desk
  readonly insight: Insight
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
}

/** All contradictions of the reading as sentences; each leads to its vertebra. */
export function Contradictions({ desk, insight, nameOf }: Props) {
  const { t } = useTranslation()
  const rows = desk.findings.flatMap((finding) =>
    (insight.contradictions.get(finding.number) ?? []).map((one) => ({
      number: finding.number,
      text: contradictionText(one, nameOf(finding), t),
    })),
  )
  if (rows.length === 0) return null
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="yellow"
          size="compact-sm"
          leftSection={<IconAlertTriangle size={16} />}
          styles={{ section: { marginInlineEnd: 5 } }}
        >
          {t('reading.contradiction.count', { count: rows.length })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('reading.contradiction.title')}</Menu.Label>
        {rows.map((row) => (
          <Menu.Item key={row.text} onClick={() => desk.select(row.number)}>
            {row.text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
