import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import classes from './consensus.module.css'
import { LaterActs } from './LaterActs'
import { mayStaple } from './MaskFigures'
import type { MasksTaken, Sitting } from './useSitting'

interface Props {
  readonly sitting: Sitting
  readonly entry: DisagreementOut
  readonly remark: string
  readonly setRemark: (remark: string) => void
}

/** The ways to settle which voxels are a vertebra. */
export function MaskActs({ sitting, entry, remark, setRemark }: Props) {
  const { t } = useTranslation()
  const settle = (taken: MasksTaken) => void sitting.settleMasks(entry, taken, remark)
  const isMany = mayStaple(entry)
  const ways = [
    { taken: 'a', command: 'consensus.takeA', text: t('consensus.takeA'), colour: 'var(--reader-a)' },
    { taken: 'b', command: 'consensus.takeB', text: t('consensus.takeB'), colour: 'var(--reader-b)' },
    { taken: 'fused', command: 'consensus.mean', text: t(isMany ? 'consensus.masks.vote' : 'consensus.masks.fused') },
    ...(isMany ? [{ taken: 'staple', command: 'consensus.staple', text: t('consensus.masks.staple') } as const] : []),
  ] as const
  return (
    <div className={classes.acts}>
      {ways.map(({ taken, command, text, ...look }) => (
        <Button
          key={taken}
          variant="default"
          style={'colour' in look ? { borderColor: look.colour } : { gridColumn: 'span 2' }}
          disabled={sitting.isBusy}
          rightSection={<KeyOf command={command} />}
          onClick={() => settle(taken)}
        >
          {text}
        </Button>
      ))}
      <LaterActs sitting={sitting} entry={entry} remark={remark} setRemark={setRemark} />
    </div>
  )
}
