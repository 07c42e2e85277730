import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
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
  return useCallback(
    (session: Session) => {
      if (session.memberships.length === 0) return
      void (next ? navigate({ href: next, replace: true }) : navigate({ to: '/', replace: true }))
    },
    [navigate, next],
  )
}

/** Signing in changes the session, and the session decides where to go. */
const stay = () => undefined

/** The sign-in page: the form, and a real spine beside it. */
export function SignIn() {
  const { t } = useTranslation()
  const leave = useLeave()
  const session = useSession().data
  const isStranded = session?.user && session.memberships.length === 0
  const isSignedIn = Boolean(session?.user) && !isStranded
  useEffect(() => {
    if (session && isSignedIn) leave(session)
  }, [session, isSignedIn, leave])
  return (
    <div className={classes.screen}>
      <main className={classes.side}>
        <div className={classes.brand}>
          <Mark /> {t('shell.product')}
        </div>
        <div className={classes.middle}>
          {isStranded ? (
            <NoDataset username={session.user?.username ?? ''} />
          ) : (
            <>
              <h1 className={classes.title}>{t('session.title')}</h1>
              <p className={classes.subtitle}>{t('session.subtitle')}</p>
              <SignInForm onDone={stay} />
              <p className={classes.note}>{t('session.no_account')}</p>
            </>
          )}
        </div>
        <div className={classes.foot}>{t('session.research')}</div>
      </main>
      <SpinePicture />
    </div>
  )
}
