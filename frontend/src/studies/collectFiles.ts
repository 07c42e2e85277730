/** Files that were dropped, also those in folders below folders, in the order of the folders. */
export async function filesOfDrop(items: DataTransferItemList): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const found: File[] = []
  for (const entry of entries) await collect(entry, found)
  return found
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (isFile(entry)) found.push(await fileOf(entry))
  else if (isFolder(entry)) for (const inner of await allEntries(entry.createReader())) await collect(inner, found)
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))

/** A reader hands out at most 100 entries at a time, and none when it is through. */
async function allEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}

const MAX_FILES = 50
const MAX_BYTES = 32_000_000

/** Parts of a delivery that are sent in one request: at most 50 files or 32 MB; a larger file goes alone. */
export function parcels(files: readonly File[]): File[][] {
  const all: File[][] = []
  let bytes = 0
  for (const file of files) {
    const open = all.at(-1)
    const fits = open !== undefined && open.length < MAX_FILES && bytes + file.size <= MAX_BYTES
    if (fits) open.push(file)
    else all.push([file])
    bytes = fits ? bytes + file.size : file.size
  }
  return all
}

/** Leaves out what a file system adds by itself. */
export const isWanted = (file: File) => file.size > 0 && !/^(\.|Thumbs\.db$|desktop\.ini$|__MACOSX)/i.test(file.name)
