import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut } from '../api/types'
import { formatNumber } from '../domain/format'
import classes from './consensus.module.css'

type Masks = NonNullable<DisagreementOut['masks']>

/** STAPLE of two masks is their intersection; it needs a third. */
const FEWEST_FOR_STAPLE = 3

export const mayStaple = (entry: DisagreementOut): boolean => (entry.masks?.n_masks ?? 0) >= FEWEST_FOR_STAPLE

/** How far two masks of one vertebra lie apart, in one line. */
export function apartText({ dice, hd95_mm }: Masks, t: TFunction): string {
  if (hd95_mm === null) return t('consensus.masks.onlyOne')
  return t('consensus.masks.apart', { dice: formatNumber(dice, 2), hd95: formatNumber(hd95_mm, 1) })
}

/** Overlap and distance of both masks, and how many voxels are uncertain. */
export function MaskFigures({ masks }: { masks: Masks }) {
  const { t } = useTranslation()
  const rows = [
    ['dice', formatNumber(masks.dice, 2)],
    ['hd95', masks.hd95_mm === null ? '–' : t('consensus.masks.mm', { value: formatNumber(masks.hd95_mm, 1) })],
    ['uncertain', formatNumber(masks.n_uncertain)],
    ['masks', formatNumber(masks.n_masks)],
  ] as const
  return (
    <table className={classes.table}>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{t(`consensus.masks.${name}`)}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
