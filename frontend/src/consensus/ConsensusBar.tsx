import { ActionIcon, Button } from '@mantine/core'
import { IconArrowLeft, IconPencil, IconSignature, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import classes from './consensus.module.css'
import type { Sitting } from './useSitting'

/** The bar above a sitting: who is here, who holds the pen, who has signed; never whose reading is whose. */
export function ConsensusBar({ sitting, detail }: { sitting: Sitting; detail: CaseDetail }) {
  const { t } = useTranslation()
  const { disagreements, open } = sitting.consensus
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
      <span className={`${classes.support} ${classes.name}`}>{detail.title}</span>
      <span className={classes.push} />
      <People sitting={sitting} />
      <Pen sitting={sitting} />
      <span role="status">{t('consensus.progress', { done: of - open, of })}</span>
      <Sign sitting={sitting} />
    </div>
  )
}

function People({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation()
  const { people } = sitting.consensus.room
  if (!sitting.isOpen || people.length === 0) return null
  const names = people.map((one) => (one.role === 'onlooker' ? t('consensus.room.onlooker', { name: one.name }) : one.name))
  return (
    <span className={classes.badge} title={t('consensus.room.here')} data-people={people.length}>
      <IconUsers size={14} />
      {names.join(', ')}
    </span>
  )
}

function Pen({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation()
  const { pen, pen_holder: holder } = sitting.consensus.room
  if (!sitting.takesPart) return null
  const isShown = pen === 'free' || sitting.mayHandOver
  return (
    <>
      <span className={`${classes.badge} ${pen === 'mine' ? classes.mine : ''}`} data-pen={pen}>
        <IconPencil size={14} />
        {pen === 'anothers' ? t('consensus.room.anothers', { name: holder }) : t(`consensus.room.${pen}`)}
      </span>
      {isShown && (
        <Button
          size="xs"
          variant="default"
          disabled={sitting.isBusy}
          rightSection={<KeyOf command="consensus.pen" />}
          onClick={() => void sitting.movePen()}
        >
          {t(pen === 'free' ? 'consensus.room.take' : 'consensus.room.handOver')}
        </Button>
      )}
    </>
  )
}

function Sign({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation()
  const { room } = sitting.consensus
  if (!sitting.takesPart) return null
  return (
    <>
      {room.signed > 0 && (
        <span className={classes.badge}>
          <IconSignature size={14} />
          {t('consensus.signed', { count: room.signed, of: room.to_sign })}
        </span>
      )}
      {room.i_sign && !room.i_signed && (
        <Button
          size="xs"
          disabled={!sitting.maySign}
          rightSection={<KeyOf command="submit" />}
          onClick={() => void sitting.settleCase()}
        >
          {t('consensus.sign')}
        </Button>
      )}
    </>
  )
}
