import { type RefCallback, useCallback, useState } from 'react'
import type { Size } from './view'

/** Whole pixels of an element, followed as it changes; null until it is on the page. */
export function usePaneSize(): [RefCallback<HTMLElement>, Size | null] {
  const [size, setSize] = useState<Size | null>(null)
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return
    const measure = () => {
      const width = Math.max(1, Math.floor(element.clientWidth))
      const height = Math.max(1, Math.floor(element.clientHeight))
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, size]
}
