import type { ReactNode } from 'react'

interface BannerProps {
  readonly tone: 'warn' | 'bad'
  readonly icon?: ReactNode
  readonly title?: string
  readonly text: string
  readonly children?: ReactNode
}

/** One line above the workplace that says what is the matter and what can be done. */
export function Banner({ tone, icon, title, text, children }: BannerProps) {
  return (
    <div className="ws-banner" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      {icon}
      <span className="ws-banner-text">{title && <strong>{title} </strong>}{text}</span>
      <span className="ws-gap" />
      {children}
    </div>
  )
}
