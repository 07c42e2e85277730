import type { ReactNode } from 'react'
import { useSession } from '../api/queries'
import { Layout } from './Layout'
import classes from './page.module.css'
import { TopBar } from './TopBar'

interface PageProps {
  dataset: string
  title: ReactNode
  subtitle?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page with the bar on top and its name below. */
export function Page({ dataset, title, subtitle, actions, children }: PageProps) {
  const session = useSession().data
  return (
    <Layout bar={<TopBar dataset={dataset} session={session} />}>
      <div className={classes.page}>
        <div className={classes.head}>
          <div className={classes.heading}>
            <h1 className={classes.title}>{title}</h1>
            {subtitle && <p className={classes.subtitle}>{subtitle}</p>}
          </div>
          {actions}
        </div>
        {children}
      </div>
    </Layout>
  )
}
