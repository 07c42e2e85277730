import type { ReactNode } from 'react'
import { useDarkScreen } from './useDarkScreen'

/** Page with a bar of 48 px on top; `bar` is given by the screen, `dark` keeps viewer screens dark. */
export function Layout({ bar, dark = false, children }: { bar?: ReactNode; dark?: boolean; children: ReactNode }) {
  useDarkScreen(dark)
  return (
    <div
      className={dark ? 'lamina-dark' : undefined}
      style={{ height: '100%', display: 'grid', gridTemplateRows: bar ? '48px minmax(0, 1fr)' : 'minmax(0, 1fr)' }}
    >
      {bar && <header style={{ borderBottom: '1px solid var(--line)', background: 'var(--s1)' }}>{bar}</header>}
      <main style={{ minHeight: 0, overflow: dark ? 'hidden' : 'auto' }}>{children}</main>
    </div>
  )
}
