import { Button, NativeSelect, Progress } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'
import type { ImportOut } from '../api/types'
import { formatBytes, formatNumber, formatPercent } from '../domain/format'
import { filesOfDrop } from './collectFiles'
import classes from './Import.module.css'
import type { Front, Upload } from './useUpload'

interface DropStripProps {
  upload: Upload
  reading: ImportOut | undefined
  front: Front | null
  onFront: (front: Front | null) => void
  onFiles: (files: File[]) => void
  onGoOn: () => void
  onDismiss: () => void
}

function Chooser({ text, folder, onFiles }: { text: string; folder: boolean; onFiles: (files: File[]) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const taken = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(event.currentTarget.files ?? [])])
    event.currentTarget.value = ''
  }
  return (
    <>
      <button type="button" className={classes.choose} onClick={() => field.current?.click()}>
        {text}
      </button>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label={text}
        data-choose={folder ? 'folder' : 'files'}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={taken}
      />
    </>
  )
}

function Sending({ upload }: { upload: Upload }) {
  const { t } = useTranslation()
  const counts = { done: formatNumber(upload.filesDone), total: formatNumber(upload.files) }
  const isRetrying = upload.state === 'retrying'
  return (
    <div className={classes.progress} role="status">
      <div>
        <span>{t(isRetrying ? 'imports.retrying' : 'imports.sending', counts)}</span>
        {!isRetrying && (
          <span>{t('imports.sent_bytes', { done: formatBytes(upload.bytesDone), total: formatBytes(upload.bytes) })}</span>
        )}
      </div>
      <Progress
        value={(100 * upload.bytesDone) / (upload.bytes || 1)}
        size={6}
        color={isRetrying ? 'var(--warn)' : undefined}
        aria-label={t('imports.sending', counts)}
      />
    </div>
  )
}

function Reading({ reading }: { reading: ImportOut }) {
  const { t } = useTranslation()
  return (
    <div className={classes.progress} role="status">
      <div>
        <span>{reading.message || t('imports.reading')}</span>
        <span>{t('imports.reading_percent', { percent: formatPercent(reading.percent) })}</span>
      </div>
      <Progress value={reading.percent} size={6} aria-label={t('imports.reading')} />
    </div>
  )
}

/** Asked for once per delivery; what a file states itself goes before it. */
function FrontOfFilms({ front, onFront }: Pick<DropStripProps, 'front' | 'onFront'>) {
  const { t } = useTranslation()
  const choices = (['left', 'right'] as const).map((value) => ({ value, label: t(`imports.front_${value}`) }))
  return (
    <label className={classes.front}>
      {t('imports.front')}
      <NativeSelect
        size="xs"
        value={front ?? ''}
        data={[{ value: '', label: t('imports.front_unknown') }, ...choices]}
        onChange={({ currentTarget: { value } }) => onFront(value === 'left' || value === 'right' ? value : null)}
      />
    </label>
  )
}

const mayGoOn = (error: Error | null) => error instanceof ApiError && (error.isOffline || error.status >= 500)

function Stopped({ upload, onGoOn, onDismiss }: Pick<DropStripProps, 'upload' | 'onGoOn' | 'onDismiss'>) {
  const { t } = useTranslation()
  const done = formatNumber(upload.filesDone)
  return (
    <div className={classes.stopped} role="alert">
      {t('imports.upload_failed', { done, total: formatNumber(upload.files), reason: upload.error?.message })}
      {mayGoOn(upload.error) && (
        <Button size="xs" variant="default" onClick={onGoOn}>
          {t('imports.upload_again')}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={onDismiss}>
        {t('shell.close')}
      </Button>
    </div>
  )
}

/** Where files go in, with the progress of the whole. */
export function DropStrip({ upload, reading, front, onFront, onFiles, onGoOn, onDismiss }: DropStripProps) {
  const { t } = useTranslation()
  const [isOver, setOver] = useState(false)
  const isBusy = upload.state === 'sending' || upload.state === 'retrying'
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!isBusy) void filesOfDrop(event.dataTransfer.items).then(onFiles)
  }
  return (
    <div
      className={classes.strip}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <IconUpload size={22} stroke={1.75} aria-hidden />
      <div className={classes.words}>
        <strong>{t(isOver ? 'imports.drop_now' : 'imports.drop')}</strong>{' '}
        {!isBusy && (
          <>
            {t('imports.or')} <Chooser text={t('imports.choose_folder')} folder onFiles={onFiles} />{' '}
            {t('imports.or')} <Chooser text={t('imports.choose_files')} folder={false} onFiles={onFiles} />
          </>
        )}
        <span className={classes.hint}> · {t('imports.drop_hint')}</span>
      </div>
      {!isBusy && <FrontOfFilms front={front} onFront={onFront} />}
      {isBusy && <Sending upload={upload} />}
      {upload.state === 'failed' && <Stopped upload={upload} onGoOn={onGoOn} onDismiss={onDismiss} />}
      {upload.state === 'idle' && reading && <Reading reading={reading} />}
    </div>
  )
}
