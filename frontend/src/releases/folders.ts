import type { ReleaseOut } from '../api/types'

type File = ReleaseOut['files'][number]

export interface Folder {
  path: string
  files: File[]
  nBytes: number
}

const DEPTH = 2

/** The folder of a file down to the second step; empty for a file at the top. */
const folderOf = (file: File) => file.path.split('/').slice(0, -1).slice(0, DEPTH).join('/')

/** Files by folder, in the order they came; those at the top come first, under the empty path. */
export function foldersOf(files: readonly File[]): Folder[] {
  const groups = new Map<string, File[]>()
  for (const file of files) groups.set(folderOf(file), [...(groups.get(folderOf(file)) ?? []), file])
  return [...groups]
    .map(([path, inner]) => ({ path, files: inner, nBytes: inner.reduce((sum, file) => sum + file.n_bytes, 0) }))
    .sort((a, b) => Number(a.path !== '') - Number(b.path !== ''))
}
