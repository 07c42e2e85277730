import { IconFile, IconFolder } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ReleaseOut } from '../api/types'
import { formatBytes } from '../domain/format'
import page from '../shell/page.module.css'
import { type Folder, foldersOf } from './folders'
import classes from './Releases.module.css'

function FileLine({ file }: { file: ReleaseOut['files'][number] }) {
  return (
    <li className={classes.file}>
      <IconFile size={16} stroke={1.75} aria-hidden />
      <span className={page.mono}>{file.path}</span>
      <span className={page.soft}>{formatBytes(file.n_bytes)}</span>
    </li>
  )
}

function FolderLine({ folder }: { folder: Folder }) {
  const { t } = useTranslation()
  return (
    <li>
      <details>
        <summary className={classes.file}>
          <IconFolder size={16} stroke={1.75} aria-hidden />
          <span>
            <span className={page.mono}>{folder.path}/</span>{' '}
            <span className={page.soft}>{t('releases.folder', { count: folder.files.length })}</span>
          </span>
          <span className={page.soft}>{formatBytes(folder.nBytes)}</span>
        </summary>
        <ul className={classes.inside}>
          {folder.files.map((file) => (
            <FileLine key={file.path} file={{ ...file, path: file.path.slice(folder.path.length + 1) }} />
          ))}
        </ul>
      </details>
    </li>
  )
}

/** The files of a release by folder, and the checksum of the whole. */
export function Files({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  return (
    <section className={`${page.panel} ${page.padded}`}>
      <h2 className={page.panelTitle}>{t('releases.files')}</h2>
      {release.files.length === 0 && <p className={page.subtitle}>{t('releases.files_none')}</p>}
      <ul className={classes.files}>
        {foldersOf(release.files).map((folder) =>
          folder.path === '' ? (
            folder.files.map((file) => <FileLine key={file.path} file={file} />)
          ) : (
            <FolderLine key={folder.path} folder={folder} />
          ),
        )}
      </ul>
      {release.sha256 && (
        <p className={classes.checksum}>
          {t('releases.checksum')} <span className={page.mono}>{release.sha256}</span>
        </p>
      )}
    </section>
  )
}
