import { Button } from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDataset } from '../api/queries'
import type { Protocols, ProtocolVersion } from '../api/types'
import { formatMoment, formatNumber } from '../domain/format'
import { Answer } from '../shell/Answer'
import { Chip } from '../shell/Chip'
import { Notice } from '../shell/Notice'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import { NewVersion } from './NewVersion'
import classes from './Protocol.module.css'
import { useProgress, useProtocols } from './queries'
import { Catches, Readers } from './Readers'
import { VersionFacts } from './VersionFacts'

function useMadeWords() {
  const { t } = useTranslation()
  return (version: ProtocolVersion) => {
    const when = formatMoment(new Date(version.created_at))
    return version.made_by ? t('protocol.made', { when, who: version.made_by }) : t('protocol.made_by_nobody', { when })
  }
}

interface VersionsProps {
  versions: readonly ProtocolVersion[]
  chosen: number
  onChoose: (version: number) => void
}

/** Every version with when it was made and whether somebody reads by it. */
function Versions({ versions, chosen, onChoose }: VersionsProps) {
  const { t } = useTranslation()
  const words = useMadeWords()
  return (
    <nav className={`${page.panel} ${page.padded}`} aria-label={t('protocol.versions')}>
      <h2 className={page.panelTitle}>{t('protocol.versions')}</h2>
      <ul className={classes.versions}>
        {versions.map((version, place) => (
          <li key={version.version}>
            <button type="button" aria-pressed={version.version === chosen} onClick={() => onChoose(version.version)}>
              <strong>{t('protocol.version', { version: formatNumber(version.version) })}</strong>
              <span className={classes.chips}>
                {place === 0 && <Chip tone="accent">{t('protocol.newest')}</Chip>}
                {version.in_use !== null && (
                  <Chip tone={version.in_use ? 'ok' : 'neutral'}>{t(version.in_use ? 'protocol.in_use' : 'protocol.unused')}</Chip>
                )}
              </span>
              <small>{words(version)}</small>
              {version.note && <small>{version.note}</small>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Body({ dataset, protocols, chosen, onChoose }: { dataset: string; protocols: Protocols; chosen: number; onChoose: (version: number) => void }) {
  const { t } = useTranslation()
  const readsToo = useDataset(dataset).data?.roles.includes('reader')
  const progress = useProgress(dataset, readsToo === false)
  const version = protocols.versions.find((one) => one.version === chosen) ?? protocols.versions[0]
  return (
    <div className={`${page.split} ${classes.split}`}>
      <div className={page.stack}>
        {readsToo && <Notice tone="accent" title={t('protocol.readers.reads_too_title')}>{t('protocol.readers.reads_too')}</Notice>}
        {readsToo === false && (
          <Answer query={progress} rows={3}>
            {(shown) => (
              <>
                <Readers dataset={dataset} progress={shown} />
                <Catches rows={shown.catches} />
              </>
            )}
          </Answer>
        )}
        {version ? (
          <section className={`${page.panel} ${page.padded}`}>
            <h2 className={page.panelTitle}>{t('protocol.version', { version: formatNumber(version.version) })}</h2>
            <p className={page.subtitle}>{t(version === protocols.versions[0] ? 'protocol.applies' : 'protocol.superseded')}</p>
            <VersionFacts version={version} protocols={protocols} />
          </section>
        ) : (
          <section className={`${page.panel} ${page.empty}`}>
            <IconClipboardList size={40} stroke={1.5} aria-hidden />
            <p>{t('protocol.none')}</p>
          </section>
        )}
      </div>
      {version && <Versions versions={protocols.versions} chosen={version.version} onChoose={onChoose} />}
    </div>
  )
}

/** How the data set is read: versions of the protocol, and how far the readers are. */
export function Protocol() {
  const { t } = useTranslation()
  const { dataset } = useParams({ from: '/d/$dataset/protocol' })
  const query = useProtocols(dataset)
  const words = useMadeWords()
  const [chosen, setChosen] = useState(0)
  const [isMaking, setMaking] = useState(false)
  const newest = query.data?.versions[0]
  return (
    <Page
      dataset={dataset}
      title={newest ? t('protocol.title_of', { version: formatNumber(newest.version) }) : t('protocol.title')}
      subtitle={newest && words(newest)}
      actions={<Button disabled={!query.data} onClick={() => setMaking(true)}>{t('protocol.new')}</Button>}
    >
      <Answer query={query}>
        {(protocols) => (
          <>
            <Body dataset={dataset} protocols={protocols} chosen={chosen} onChoose={setChosen} />
            {isMaking && (
              <NewVersion
                dataset={dataset}
                protocols={protocols}
                onClose={() => setMaking(false)}
                onMade={(made) => {
                  setMaking(false)
                  setChosen(made.version)
                }}
              />
            )}
          </>
        )}
      </Answer>
    </Page>
  )
}
