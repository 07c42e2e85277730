import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, DisagreementOut } from '../api/types'
import { fetchBothMasks } from '../bridge'
import { KeyOf } from '../keys/KeysSheet'
import { offerHooks } from '../testing'
import { MaskOutlines, type Outline } from '../viewer/sixPoints/MaskOutlines'
import { fullestSlice, type LabelSlice, runsOf, sliceOf } from '../viewer/sixPoints/outlines'
import { useSagittal, useVolumeMeta } from '../viewer/sixPoints/pictures'
import type { Box, PicturePlane } from '../viewer/sixPoints/plane'
import { SixPointsPane } from '../viewer/sixPoints/SixPointsPane'
import classes from './consensus.module.css'
import type { NameOf } from './DifferenceList'
import type { Shown } from './useConsensusKeys'

interface Props {
  readonly detail: CaseDetail
  readonly entry: DisagreementOut
  readonly shown: Shown
  readonly nameOf: NameOf
}

const A = 1
const B = 2
const DIFFER = 4
const OUTLINES: readonly Outline[] = [
  { id: 'a', bit: A, colour: 'var(--reader-a)' },
  { id: 'b', bit: B, colour: 'var(--reader-b)', dashed: true },
]

/** Both masks of one vertebra as outlines on an original sagittal slice; where painters differ is filled. */
export function MaskPane({ detail, entry, shown, nameOf }: Props) {
  const { t } = useTranslation()
  const meta = useVolumeMeta(detail.volume)
  const found = useQuery({
    queryKey: ['both-masks', entry.id],
    queryFn: ({ signal }) => fetchBothMasks(entry.id, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const masks = found.data
  const fullest = useMemo(() => (masks ? fullestSlice(masks.labels, masks.dims, DIFFER) : null), [masks])
  const [leafed, setLeafed] = useState(0)
  const last = masks ? masks.dims[2] - 1 : 0
  const k = fullest === null ? null : Math.min(Math.max(fullest + leafed, 0), last)
  const plane = useSagittal(meta.data, k).data ?? null
  useEffect(() => offerHooks({ maskSlice: plane?.slice ?? null }), [plane])
  const slice = useMemo(() => (masks && k !== null ? sliceOf(masks.labels, masks.dims, k) : null), [masks, k])
  const focus = useMemo(() => (masks && fullest !== null && plane ? boxOf(plane, sliceOf(masks.labels, masks.dims, fullest)) : null), [masks, fullest, plane])
  if (!plane || !slice || !focus || k === null) {
    return (
      <div className={classes.empty} role="status">
        {found.error?.message ?? <Loader size="sm" />}
      </div>
    )
  }
  const level = nameOf(entry)
  const outlines = OUTLINES.filter(({ id }) => shown === 'both' || shown === id)
  return (
    <SixPointsPane
      plane={plane}
      label={t('consensus.masks.picture', { level })}
      sets={[]}
      focus={focus}
      focusKey={entry.id}
      bodies={2.4}
      onLeaf={(steps) => setLeafed(Math.min(Math.max(k + steps, 0), last) - (fullest ?? 0))}
      over={(view, size) =>
        plane.slice === k && (
          <MaskOutlines plane={plane} view={view} size={size} slice={slice} outlines={outlines} filled={shown === 'both' ? DIFFER : 0} />
        )
      }
      title={
        <>
          <b>
            {detail.code} · {level}
          </b>{' '}
          {t('consensus.masks.slice', { k })}
        </>
      }
      note={<span>{t(entry.a_name || entry.b_name ? 'consensus.named' : 'consensus.unnamed')}</span>}
    >
      <div className={classes.legend}>
        <Key colour="var(--reader-a)">{entry.masks?.a_name || t('consensus.masks.outlineA')}</Key>
        <Key colour="var(--reader-b)" dashes="3 3">{entry.masks?.b_name || t('consensus.masks.outlineB')}</Key>
        <Key colour="var(--warn)" isFilled>{t('consensus.masks.differ')}</Key>
        <span>
          {t('consensus.hold')} <KeyOf command="consensus.onlyA" /> {t('consensus.or')} <KeyOf command="consensus.onlyB" /> {t('consensus.forOne')} · {t('consensus.masks.leaf')}
        </span>
      </div>
    </SixPointsPane>
  )
}

function Key({ colour, dashes, isFilled = false, children }: { colour: string; dashes?: string; isFilled?: boolean; children: string }) {
  return (
    <span>
      <svg width="30" height="14" aria-hidden>
        {isFilled ? <rect x="6" y="2" width="18" height="10" fill={colour} fillOpacity={0.35} /> : <path d="M0 7H30" stroke={colour} strokeWidth="2" strokeDasharray={dashes} />}
      </svg>
      {children}
    </span>
  )
}

/** The box around both masks on a slice, in picture millimetres. */
function boxOf(plane: PicturePlane, slice: LabelSlice): Box {
  const runs = runsOf(slice, A | B)
  const rows = runs.map(([row]) => row)
  return {
    left: Math.min(...runs.map(([, first]) => first)) * plane.columnMm,
    right: Math.max(...runs.map(([, , end]) => end)) * plane.columnMm,
    top: Math.min(...rows) * plane.rowMm,
    bottom: Math.max(...rows) * plane.rowMm,
  }
}
