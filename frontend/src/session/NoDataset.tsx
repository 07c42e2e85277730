import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Notice } from '../shell/Notice'
import { useSignOut } from './useSignOut'

/** A person who is in no data set: says so, and whom to ask. */
export function NoDataset({ username }: { username: string }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  return (
    <>
      <Notice tone="warn" title={t('session.no_dataset_title')}>
        {t('session.no_dataset_text', { username })}
      </Notice>
      <Button variant="default" mt="lg" onClick={() => signOut.mutate()} loading={signOut.isPending}>
        {t('shell.sign_out')}
      </Button>
    </>
  )
}
