import type { KeyboardEvent, MouseEvent } from 'react'
import classes from './grading.module.css'

export interface Option<V> {
  readonly value: V
  /** Printed on the button: the key itself. */
  readonly text: string
  /** What it means, for the tooltip and those who hear it. */
  readonly name: string
  /** 0-3 colours a chosen grade, or the shape of a grade. */
  readonly tone: number
}

interface Props<V> {
  readonly label: string
  readonly options: readonly Option<V>[]
  readonly value: V | null
  readonly disabled?: boolean
  readonly onChoose: (value: V) => void
}

/** Keys that exclude each other: a radio group with arrow keys; choosing the chosen one takes it back. */
export function Choice<V extends string | number>({ label, options, value, disabled, onChoose }: Props<V>) {
  const chosen = options.findIndex((option) => option.value === value)
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const buttons = [...event.currentTarget.querySelectorAll('button')]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    if (way === undefined || at < 0) return
    event.preventDefault()
    buttons[(at + way + buttons.length) % buttons.length]?.focus()
  }
  return (
    <div role="radiogroup" aria-label={label} className={classes.choice} onKeyDown={move}>
      {options.map((option, place) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={place === chosen}
          aria-label={option.name}
          title={option.name}
          tabIndex={place === Math.max(chosen, 0) ? 0 : -1}
          disabled={disabled}
          className={classes.key}
          data-tone={place === chosen ? option.tone : undefined}
          onMouseDown={keepFocus}
          onClick={() => onChoose(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  )
}

/** A mouse click leaves the focus where it is, so that Enter keeps its meaning on the page. */
export const keepFocus = (event: MouseEvent) => event.preventDefault()
