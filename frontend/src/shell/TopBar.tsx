import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Session } from '../api/types'
import { Connection } from './Connection'
import { DatasetSwitch } from './DatasetSwitch'
import { Find, FindButton } from './Find'
import { Mark } from './Mark'
import { PersonMenu } from './PersonMenu'
import { pagesFor } from './pages'
import classes from './TopBar.module.css'
import { useLive } from './useLive'

/** The bar of 48 px: mark, data set, the role's pages, find, connection, person. */
export function TopBar({ dataset, session }: { dataset: string; session: Session | undefined }) {
  const { t } = useTranslation()
  const live = useLive(session?.user ? dataset : '')
  const memberships = session?.memberships ?? []
  const roles = memberships.find((one) => one.dataset === dataset)?.roles ?? []
  const pages = pagesFor(roles)
  return (
    <div className={classes.bar}>
      <Link to="/" className={classes.brand}>
        <Mark /> {t('shell.product')}
      </Link>
      {dataset !== '' && <DatasetSwitch slug={dataset} memberships={memberships} />}
      <nav className={classes.pages} aria-label={t('shell.pages')}>
        {roles.length > 0 &&
          pages.map((page) => (
            <Link key={page.name} to={page.to} params={{ dataset }} className={classes.link}>
              {t(`shell.${page.name}`)}
            </Link>
          ))}
      </nav>
      <div className={classes.end}>
        {roles.length > 0 && <FindButton />}
        {roles.length > 0 && <Find dataset={dataset} pages={pages} />}
        <Connection state={live} />
        {session?.user && <PersonMenu name={session.user.name || session.user.username} roles={roles} />}
      </div>
    </div>
  )
}
