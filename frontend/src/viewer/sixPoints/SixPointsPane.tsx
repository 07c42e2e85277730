import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hasMillimetres } from '../../domain/format'
import { PictureCanvas } from './PictureCanvas'
import { type Placing, PlacingLayer } from './PlacingLayer'
import { type PointSet, PointsOverlay } from './PointsOverlay'
import type { Box, PicturePlane } from './plane'
import type { GreyWindow } from './resample'
import classes from './sixPoints.module.css'
import { usePaneSize } from './usePaneSize'
import { useView } from './useView'
import type { Size, View } from './view'

export const BONE: GreyWindow = { center: 400, width: 1500 }

interface Props {
  readonly plane: PicturePlane
  /** What the picture shows, in words. */
  readonly label: string
  readonly sets: readonly PointSet[]
  /** Part of the picture to look at; the view goes there whenever `focusKey` changes. */
  readonly focus: Box
  readonly focusKey: string
  /** Bodies of the focus's own size that fit the pane from top to bottom. */
  readonly bodies?: number
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly children?: ReactNode
  /** The wheel leafs through slices where there are any; else it moves along the picture. */
  readonly onLeaf?: (steps: number) => void
  /** Six points are being placed by two drags. */
  readonly placing?: Placing | null
  /** Drawn over the picture, below points. */
  readonly over?: (view: View, size: Size) => ReactNode
  /** A dragged point goes to the end plate near it. */
  readonly snaps?: boolean
}

/** A large picture with movable six points.
 *
 * Wheel: slices, or along the spine; Ctrl and wheel, or two fingers: zoom; drag: move; right drag:
 * window.
 */
export function SixPointsPane(props: Props) {
  const { plane, label, sets, focus, focusKey, bodies, title, note, children, onLeaf, placing, over, snaps = false } =
    props
  const { t } = useTranslation()
  const [ref, size] = usePaneSize()
  const [grey, setGrey] = useState(plane.window ?? BONE)
  const { view, gestures } = useView({ focus, focusKey, size, bodies, onLeaf, grey, setGrey })
  const wheel = useRef(gestures.onWheel)
  wheel.current = gestures.onWheel
  const [pane, setPane] = useState<HTMLElement | null>(null)
  useEffect(() => {
    const turn = (event: WheelEvent) => wheel.current(event)
    pane?.addEventListener('wheel', turn, { passive: false })
    return () => pane?.removeEventListener('wheel', turn)
  }, [pane])
  return (
    <section
      ref={(element) => {
        setPane(element)
        return ref(element)
      }}
      className={classes.pane}
      aria-label={label}
      onPointerDown={gestures.onPointerDown}
      onPointerMove={gestures.onPointerMove}
      onPointerUp={gestures.onPointerUp}
      onPointerCancel={gestures.onPointerUp}
      onContextMenu={(event) => event.preventDefault()}
    >
      {size && view && (
        <>
          <PictureCanvas plane={plane} view={view} size={size} window={grey} label={label} />
          {over?.(view, size)}
          <PointsOverlay plane={plane} view={view} size={size} sets={sets} snaps={snaps} />
          {placing && <PlacingLayer {...placing} plane={plane} view={view} size={size} snaps={snaps} />}
          {hasMillimetres(plane.frame) && <ScaleBar scale={view.scale} />}
        </>
      )}
      <div className={classes.title}>{title}</div>
      <div className={classes.note}>
        {note}
        <span>{t('grading.window', { width: Math.round(grey.width), center: Math.round(grey.center) })}</span>
      </div>
      <span className={classes.front} aria-hidden>
        A
      </span>
      <span className={classes.back} aria-hidden>
        P
      </span>
      {children}
    </section>
  )
}

const LENGTHS_MM = [1, 2, 5, 10, 20, 50, 100]

function ScaleBar({ scale }: { scale: number }) {
  const { t } = useTranslation()
  const mm = LENGTHS_MM.findLast((length) => length * scale <= 160) ?? 1
  return (
    <div className={classes.scale} style={{ width: mm * scale }}>
      {t('grading.mm', { value: mm })}
    </div>
  )
}
