import classes from './TopBar.module.css'

/** Takes the first letters of the first and the last word of a name, e.g. "JW"; titles are left out. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '' && !word.endsWith('.'))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '')
  return letters.join('').toUpperCase()
}

export function Initials({ name }: { name: string }) {
  return (
    <span className={classes.initials} aria-hidden>
      {initialsOf(name)}
    </span>
  )
}
