import { useTranslation } from 'react-i18next'
import type { ReleaseOut } from '../api/types'
import page from '../shell/page.module.css'
import classes from './Releases.module.css'

/** Table 1: what the release holds, by split. */
export function Contents({ release }: { release: ReleaseOut }) {
  const { t } = useTranslation()
  return (
    <section className={page.panel}>
      <header className={classes.contentsHead}>
        <h2 className={page.panelTitle}>{t('releases.contents')}</h2>
        <p>{t(release.table.length > 0 ? 'releases.contents_text' : 'releases.contents_waits')}</p>
      </header>
      {release.table.length > 0 && (
        <div style={{ overflowX: 'auto' }}>
          <table className={page.table} aria-label={t('releases.contents')}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t('releases.row')}</span>
                </th>
                <th scope="col" className={page.number}>{t('releases.training')}</th>
                <th scope="col" className={page.number}>{t('releases.validation')}</th>
                <th scope="col" className={page.number}>{t('releases.test')}</th>
                <th scope="col" className={page.number}>{t('releases.all')}</th>
              </tr>
            </thead>
            <tbody>
              {release.table.map((row) => (
                <tr key={row.row}>
                  <th scope="row" className={/^\s/.test(row.row) ? classes.inner : classes.outer}>
                    {row.row}
                  </th>
                  <td className={page.number}>{row.training}</td>
                  <td className={page.number}>{row.validation}</td>
                  <td className={page.number}>{row.test}</td>
                  <td className={`${page.number} ${page.strong}`}>{row.all}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
