import { ActionIcon, Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import classes from './consensus.module.css'
import type { Sitting } from './useSitting'

/** The bar above a sitting; it never says who read. */
export function ConsensusBar({ sitting, detail }: { sitting: Sitting; detail: CaseDetail }) {
  const { t } = useTranslation()
  const { disagreements, open, agreed } = sitting.consensus
  const of = disagreements.length
  return (
    <div className={classes.bar}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('consensus.back')}
        onClick={() => void sitting.toWorklist()}
      >
        <IconArrowLeft size={18} />
      </ActionIcon>
      <span className={classes.code}>{t('consensus.title')}</span>
      <span className={classes.support}>{detail.code}</span>
      <span className={classes.support}>{detail.title}</span>
      <span className={classes.push} />
      <span className={classes.support}>{t('consensus.agreed', { count: agreed })}</span>
      <span role="status">{t('consensus.progress', { done: of - open, of })}</span>
      {sitting.mayDecide && (
        <Button
          size="xs"
          disabled={open > 0 || sitting.isBusy}
          rightSection={<KeyOf command="submit" />}
          onClick={() => void sitting.settleCase()}
        >
          {t('consensus.settleCase')}
        </Button>
      )}
    </div>
  )
}
