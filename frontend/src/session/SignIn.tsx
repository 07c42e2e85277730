import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Session } from '../api/types'
import { Mark } from '../shell/Mark'
import { NoDataset } from './NoDataset'
import { useSession } from '../api/queries'
import classes from './SignIn.module.css'
import { SignInForm } from './SignInForm'
import { SpinePicture } from './SpinePicture'

function useLeave() {
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/signin' })
  return (session: Session) => {
    if (next) return void navigate({ href: next, replace: true })
    if (session.memberships.length > 0) void navigate({ to: '/', replace: true })
  }
}

/** The sign-in page: the form, and a real spine beside it. */
export function SignIn() {
  const { t } = useTranslation()
  const leave = useLeave()
  const session = useSession().data
  const isStranded = session?.user && session.memberships.length === 0
  return (
    <div className={classes.screen}>
      <main className={classes.side}>
        <div className={classes.brand}>
          <Mark /> {t('shell.product')}
        </div>
        <div className={classes.middle}>
          <h1 className={classes.title}>{t('session.title')}</h1>
          <p className={classes.subtitle}>{t('session.subtitle')}</p>
          {isStranded ? <NoDataset username={session.user?.username ?? ''} /> : <SignInForm onDone={leave} />}
          {!isStranded && <p className={classes.note}>{t('session.no_account')}</p>}
        </div>
        <div className={classes.foot}>{t('session.research')}</div>
      </main>
      <SpinePicture />
    </div>
  )
}
