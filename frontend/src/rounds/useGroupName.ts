import { useTranslation } from 'react-i18next'
import type { EffortGroup } from '../api/types'
import { formatNumber } from '../domain/format'

/** What a group of cases is called: the model that proposed for them and the round it came out of. */
export function useGroupName() {
  const { t } = useTranslation()
  return (group: EffortGroup): string => {
    if (group.model === null) return t('rounds.effort.no_model')
    return group.round === null ? t('rounds.effort.start') : t('rounds.effort.round', { number: formatNumber(group.round) })
  }
}
