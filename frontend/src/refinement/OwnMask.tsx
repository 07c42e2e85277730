import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { IconEyeOff, IconLock } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActiveTime } from '../activity'
import { api } from '../api/client'
import type { CaseDetail, ReadingOut } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import { useCommand, useScope } from '../keys/useKeys'
import { EmptyState } from '../shell/EmptyState'
import type { SpineView } from '../viewer'
import { Banner } from './Banner'
import { GoToLevel } from './LevelDialogs'
import { LevelStrip } from './LevelStrip'
import { OptionRow } from './OptionRow'
import { Progress } from './Progress'
import { SaveStatus } from './SaveStatus'
import { ToolRail } from './ToolRail'
import { UndoHint } from './UndoHint'
import { useLevels } from './useLevels'
import { usePaintingKeys } from './usePaintingKeys'
import { useToolWith } from './useTool'
import { useActive, useWorkplace, type Workplace } from './useWorkplace'
import { Opening, Workstation } from './Workstation'

/** The page /c/<case>/mask: the mask that a reader paints alone, as part of the own blind reading. */
export function OwnMask() {
  const { t } = useTranslation()
  const { case: caseId } = useParams({ from: '/c/$case/mask' })
  const reading = useQuery({ queryKey: ['own-mask', caseId], queryFn: () => api.post<ReadingOut>(`/cases/${caseId}/reading/`), gcTime: 0 })
  if (reading.error) return <EmptyState title={reading.error.message} act={<a href="/">{t('reading.back')}</a>} />
  if (!reading.data) return null
  return <Home key={reading.data.id} caseId={caseId} reading={reading.data} />
}

function Home({ caseId, reading }: { caseId: string; reading: ReadingOut }) {
  const place = useWorkplace(caseId, reading.id)
  const { detail, view } = place
  if (!detail || !view || place.failure) return <Opening place={place} />
  return <Painting place={{ ...place, detail, view }} isOpen={reading.status === 'open'} />
}

type Ready = Workplace & { readonly detail: CaseDetail; readonly view: SpineView }

function Painting({ place, isOpen }: { place: Ready; isOpen: boolean }) {
  const { t } = useTranslation()
  const { caseId, view, seat } = place
  useScope('refining')
  const active = useActive(view)
  const mayPaint = isOpen && seat.state === 'mine' && place.outbox !== null
  const levels = useLevels(place, active, [])
  const [isGoing, setGoing] = useState(false)
  const navigate = useNavigate()
  const isWaiting = place.save.waiting > 0
  const toReading = () => void navigate({ to: '/c/$case/read', params: { case: caseId } })
  usePaintingKeys(view, 'refining', mayPaint)
  useToolWith(view, mayPaint)
  useCommand('goToLevel', () => setGoing(true))
  useCommand('submit', toReading, { enabled: !isWaiting })
  return (
    <>
      <Workstation
        place={place}
        mayPaint={mayPaint}
        banner={seat.state === 'elsewhere' && (
          <Banner tone="warn" icon={<IconLock size={18} />} title={t('refinement.otherTabTitle')} text={t('refinement.otherTabText')}>
            <Button size="compact-sm" onClick={seat.take}>{t('refinement.workHere')}</Button>
          </Banner>
        )}
        bar={
          <>
            <span className="ws-own"><IconEyeOff size={14} /> {t(isOpen ? 'refinement.ownMask' : 'refinement.ownMaskHandedIn')}</span>
            <span className="ws-gap" />
            <Progress rows={levels.rows} />
            <ActiveTime detail={place.detail} />
            <SaveStatus save={place.save} />
            <Button size="xs" h={32} disabled={isWaiting} rightSection={<KeyOf command="submit" />} onClick={toReading}>{t('refinement.toReading')}</Button>
          </>
        }
        strip={<LevelStrip view={view} rows={levels.rows} active={active} order={levels.order} onOrder={levels.setOrder} onChoose={levels.choose} />}
        tools={<ToolRail view={view} scope="refining" mayPaint={mayPaint} />}
        options={<OptionRow view={view} scope="refining" mayPaint={mayPaint} />}
        hint={<UndoHint view={view} />}
      />
      {isGoing && <GoToLevel onClose={() => setGoing(false)} onGo={levels.goTo} />}
    </>
  )
}
