import { Modal, Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import { formatNumber } from '../domain/format'
import { conventionOf } from '../domain/genant'
import { useLengths } from '../grading/lengths'
import type { PicturePlane } from '../viewer/sixPoints/plane'
import { howHeights, howPlaced } from '../grading/howMade'
import { flagsOf, measuresOf } from '../grading/measures'
import type { Insight } from './useInsight'

interface Props {
  readonly finding: Finding | null
  readonly insight: Insight
  readonly convention: string
  readonly plane: PicturePlane | null
  readonly nameOf: (finding: Pick<Finding, 'number' | 'level'>) => string
  readonly close: () => void
}

interface Row {
  readonly name: string
  readonly value: string
  readonly how: string
}

/** Every number of the active vertebra with the way it came about. */
export function HowMade({ finding, insight, convention, plane, nameOf, close }: Props) {
  const { t } = useTranslation()
  const rows = useRows({ finding, insight, convention, plane, nameOf, close })
  return (
    <Modal
      opened={finding !== null}
      onClose={close}
      size={760}
      title={finding && t('reading.made.title', { level: nameOf(finding) })}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            {(['number', 'value', 'how'] as const).map((column) => (
              <Table.Th key={column}>{t(`reading.made.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Td>{row.name}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{row.value}</Table.Td>
              <Table.Td>{row.how}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}

function useRows({ finding, insight, convention, plane, nameOf }: Props): Row[] {
  const { t } = useTranslation()
  const lengths = useLengths()
  if (finding === null) return []
  const rows: Row[] = []
  const inMm = (heights: readonly number[]) =>
    heights.map((_, place) => lengths.show(heights, place)).join(' · ')
  if (finding.heights_mm && finding.g !== null) {
    const how = plane ? howHeights(finding, plane, t) : howPlaced(finding, t)
    rows.push({ name: lengths.title, value: inMm(finding.heights_mm), how })
    const limits = conventionOf(convention).limits.map((limit) => formatNumber(100 - 100 * limit)).join(' / ')
    rows.push({
      name: t('reading.ratio.title'),
      value: formatNumber(finding.g, 2),
      how: t('reading.made.g', { limits, convention }),
    })
  }
  const { expected, mask } = insight
  if (expected !== null) {
    const levels = expected.sources.map(nameOf).join(', ')
    const how = `${t('reading.made.expected', { levels })} ${flagsOf(expected, t)}`.trim()
    rows.push({ name: t('reading.heights.expected'), value: inMm(expected.heightsMm), how })
  }
  rows.push(...measuresOf(finding, { ...insight, nameOf, t }))
  const inMask = mask.heights.get(finding.number)
  if (inMask) {
    const how = t('reading.made.mask', { heights: inMm(inMask) })
    rows.push({ name: t('reading.heights.mask'), value: inMm(inMask), how })
  } else if (!mask.isMeasured) {
    rows.push({ name: t('reading.heights.mask'), value: '–', how: t('reading.made.maskWaits') })
  }
  return rows
}
