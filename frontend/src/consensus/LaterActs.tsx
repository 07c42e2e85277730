import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { DisagreementOut } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import type { Sitting } from './useSitting'

interface Props {
  readonly sitting: Sitting
  readonly entry: DisagreementOut
  readonly remark: string
  readonly setRemark: (remark: string) => void
}

/** The ways not to settle a difference now: put it off, or before a third reader. */
export function LaterActs({ sitting, entry, remark, setRemark }: Props) {
  const { t } = useTranslation()
  return (
    <>
      <Button variant="default" rightSection={<KeyOf command="consensus.defer" />} onClick={() => void sitting.defer(entry)}>
        {t('consensus.defer')}
      </Button>
      {sitting.consensus.room.role === 'reader' && entry.asked === null && (
        <Button
          variant="default"
          style={{ gridColumn: 'span 2' }}
          disabled={sitting.isBusy}
          rightSection={<KeyOf command="consensus.ask" />}
          onClick={() => void sitting.ask(entry, remark).then(() => setRemark(''))}
        >
          {t('consensus.ask')}
        </Button>
      )}
    </>
  )
}
