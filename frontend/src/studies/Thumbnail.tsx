import { useState } from 'react'
import classes from './Worklist.module.css'

/** The small picture of a case; a black field where there is none yet. */
export function Thumbnail({ url, className }: { url: string | null; className?: string }) {
  const [failed, setFailed] = useState<string | null>(null)
  const style = className ?? classes.thumbnail
  if (url === null || failed === url) return <span className={style} aria-hidden />
  return <img className={style} src={url} alt="" loading="lazy" decoding="async" onError={() => setFailed(url)} />
}
