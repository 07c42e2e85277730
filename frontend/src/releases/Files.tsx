import { IconFileZip } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ReleaseOut } from '../api/types'
import { formatBytes } from '../domain/format'
import page from '../shell/page.module.css'
import classes from './Releases.module.css'

/** The files of a release and the checksum of the whole. */
export function Files({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('releases.files')}</h2>
      {release.files.length === 0 && <p className={page.subtitle}>{t('releases.files_none')}</p>}
      <ul className={classes.files}>
        {release.files.map((file) => (
          <li key={file.path}>
            <IconFileZip size={16} stroke={1.75} aria-hidden />
            <span className={page.mono}>{file.path}</span>
            <span className={page.soft}>{formatBytes(file.n_bytes)}</span>
          </li>
        ))}
      </ul>
      {release.sha256 && (
        <p className={classes.checksum}>
          {t('releases.checksum')} <span className={page.mono}>{release.sha256}</span>
        </p>
      )}
    </section>
  )
}
