import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './Notice.module.css'

const icons = {
  bad: IconAlertCircle,
  warn: IconAlertTriangle,
  ok: IconCircleCheck,
  accent: IconInfoCircle,
}

/** A sentence beside its cause; `bad` is announced at once, the others when there is time. */
export function Notice({ tone, title, children }: { tone: keyof typeof icons; title?: string; children?: ReactNode }) {
  const Icon = icons[tone]
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <div className={classes.body}>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
    </div>
  )
}
