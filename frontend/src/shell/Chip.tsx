import type { ReactNode } from 'react'
import classes from './Chip.module.css'

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad'

/** A state in a word; the icon or the word says what the colour says. */
export function Chip({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.chip} data-tone={tone}>
      {icon}
      {children}
    </span>
  )
}
