import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { formatNumber } from '../domain/format'

/**
 * Every text a user sees. One file per room lies in ./en; its name is the first part of each key,
 * so `t('refinement.submit')` is `submit` in en/refinement.json.
 */
const rooms = import.meta.glob<object>('./en/*.json', { eager: true, import: 'default' })
const translation = Object.fromEntries(
  Object.entries(rooms).map(([file, texts]) => [file.slice('./en/'.length, -'.json'.length), texts]),
)

void i18next.use(initReactI18next).init({
  lng: 'en',
  resources: { en: { translation } },
  interpolation: { escapeValue: false },
  returnNull: false,
})
/** `{{count, whole}}` in a text writes the number as everywhere else. */
i18next.services.formatter?.add('whole', (value: number) => formatNumber(value))

export default i18next
