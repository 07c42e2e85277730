import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './SignIn.module.css'
import { useSignOut } from './useSignOut'

/** A person who is in no data set: says so, and whom to ask. */
export function NoDataset({ username }: { username: string }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  return (
    <>
      <h1 className={classes.title}>{t('session.no_dataset_title')}</h1>
      <p className={classes.subtitle}>{t('session.no_dataset_text', { username })}</p>
      <Button variant="default" onClick={() => signOut.mutate()} loading={signOut.isPending}>
        {t('shell.sign_out')}
      </Button>
    </>
  )
}
