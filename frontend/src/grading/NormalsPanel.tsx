import { Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../domain/format'
import { Answer } from '../shell/Answer'
import page from '../shell/page.module.css'
import { useNormals } from './useNormals'

/** How many own vertebrae of each level count as normal, and which levels that switches on. */
export function NormalsPanel({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const normals = useNormals(dataset)
  return (
    <section className={`${page.panel} ${page.padded}`} aria-label={t('grading.normals.title')}>
      <h2 className={page.panelTitle}>{t('grading.normals.title')}</h2>
      <Answer query={normals} rows={3}>
        {({ minimum_n, levels }) => {
          const known = levels.filter((row) => row.n > 0 || row.ratios !== null)
          return (
            <>
              <p className={page.subtitle}>{t('grading.normals.text', { minimum: minimum_n })}</p>
              {known.length === 0 ? (
                <p>{t('grading.normals.none')}</p>
              ) : (
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      {(['level', 'n', 'used', 'front', 'middle'] as const).map((column) => (
                        <Table.Th key={column}>{t(`grading.normals.${column}`)}</Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {known.map((row) => (
                      <Table.Tr key={row.level}>
                        <Table.Th scope="row">{row.level}</Table.Th>
                        <Table.Td>{row.n}</Table.Td>
                        <Table.Td title={row.pooled.join(', ')}>
                          {row.ratios === null ? t('grading.normals.off') : row.n_used}
                        </Table.Td>
                        {[0, 1].map((place) => (
                          <Table.Td key={place}>{ratioText(row.ratios, row.spread, place)}</Table.Td>
                        ))}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              )}
            </>
          )
        }}
      </Answer>
    </section>
  )
}

/** "0.948 ± 0.045"; nothing while a level is off. */
function ratioText(ratios: readonly number[] | null, spread: readonly number[] | null, place: number): string {
  const [ratio, sd] = [ratios?.[place], spread?.[place]]
  return ratio === undefined || sd === undefined ? '' : `${formatNumber(ratio, 3)} ± ${formatNumber(sd, 3)}`
}
