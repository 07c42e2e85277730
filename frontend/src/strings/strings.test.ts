import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SOURCE = resolve(import.meta.dirname, '..')
const ROOMS = readdirSync(join(SOURCE, 'strings/en')).map((file) => file.replace('.json', ''))

function keysOf(value: unknown, path: string): string[] {
  if (typeof value === 'string') return [path.replace(/_(one|other)$/, '')]
  return Object.entries(value as object).flatMap(([name, inner]) => keysOf(inner, `${path}.${name}`))
}
const known = new Set(
  ROOMS.flatMap((room) => keysOf(JSON.parse(readFileSync(join(SOURCE, `strings/en/${room}.json`), 'utf8')), room)),
)

test('every text that a screen names by a plain key exists', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  const missing = files.flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8')
    const named = [...text.matchAll(/(?<!`)\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] as string)
    return named.filter((key) => !known.has(key)).map((key) => `${file}: ${key}`)
  })
  expect(missing).toEqual([])
})
