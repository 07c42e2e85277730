import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** The rules for imports that a linter would hold, for a compiler version no linter reads yet. */
const ROOT = resolve(import.meta.dirname)
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => join(ROOT, file))

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g
const LAZY = /import\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(IMPORT)].filter((m) => !m[1]).map((m) => m[2] as string)
}
const lazyImportsOf = (file: string) => [...readFileSync(file, 'utf8').matchAll(LAZY)].map((m) => m[1] as string)

function resolved(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  const base = resolve(dirname(from), specifier)
  return [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')].find((path) => files.includes(path)) ?? null
}

test('only the viewer imports Cornerstone', () => {
  const outside = files.filter((file) => !relative(ROOT, file).startsWith('viewer/'))
  const found = outside.filter((file) =>
    [...importsOf(file), ...lazyImportsOf(file)].some((name) => /^@(cornerstonejs\/(?!codec)|kitware)/.test(name)))
  expect(found.map((file) => relative(ROOT, file))).toEqual([])
})

test('no modules import each other in a circle', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).flatMap((name) => resolved(file, name) ?? [])]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(ROOT, f)).join(' -> '))
    if (done.has(file) || path.includes(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('one screen does not import another', () => {
  const screens = ['session', 'studies', 'refinement', 'reading', 'consensus', 'protocol', 'rounds', 'releases']
  const crossings = files.flatMap((file) => {
    const own = relative(ROOT, file).split('/')[0] as string
    if (!screens.includes(own)) return []
    const others = importsOf(file).flatMap((name) => resolved(file, name) ?? [])
    return others.filter((other) => {
      const room = relative(ROOT, other).split('/')[0] as string
      return screens.includes(room) && room !== own
    }).map((other) => `${relative(ROOT, file)} -> ${relative(ROOT, other)}`)
  })
  expect(crossings).toEqual([])
})

test('the domain knows no screen, no network and no library', () => {
  const names = files.filter((file) => relative(ROOT, file).startsWith('domain/')).flatMap(importsOf)
  expect(names.filter((name) => !name.startsWith('./'))).toEqual([])
})

test('files written by hand stay readable: at most 400 lines', () => {
  const written = files.map((file) => ({ file, text: readFileSync(file, 'utf8') })).filter(({ text }) => !text.startsWith('// Made by '))
  const long = written.filter(({ text }) => text.split('\n').length > 401).map(({ file }) => file)
  expect(long.map((file) => relative(ROOT, file))).toEqual([])
})
