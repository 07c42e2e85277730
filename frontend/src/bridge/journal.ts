/**
 * The journal: strokes that the server has not yet acknowledged, kept in this browser (IndexedDB).
 * A stroke is in the journal before it is sent and leaves it only when the server has it safely.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

const FORMAT = 'lamina.journal/2'
/** What earlier pages wrote: `lamina.stroke/1`; read, so that waiting strokes survive the upgrade. */
const READ_TOO = 'lamina.journal/1'
const SHELF_VERSION = 2
const ID_AT = 16
const ID_BYTES = 16

interface Shelf extends DBSchema {
  /** Where pages of shelf version 1 kept entries; two strokes of one number overwrote each other there. */
  strokes: { key: [string, string, number]; value: Omit<Entry, 'id'> }
  acts: {
    /** Owner (who painted), case, sequence, stroke id. */
    key: [string, string, number, string]
    value: Entry
  }
}

export interface Entry {
  readonly format: typeof FORMAT | typeof READ_TOO
  readonly owner: string
  readonly case: string
  readonly sequence: number
  /** The stroke's id: two tabs that both go on from one number keep both. */
  readonly id: string
  /** When it was made, milliseconds since 1970; entries of older pages do not say. */
  readonly at?: number
  /** One `lamina.stroke/2`, or `/1` in an entry of format 1. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A stroke that waits, as bytes. */
export interface Queued {
  readonly sequence: number
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly at?: number
}

/** What an outbox needs of a journal. */
export type Keeper = Pick<Journal, 'keep' | 'entries' | 'forget' | 'replace'>

const range = (owner: string, caseId: string) => IDBKeyRange.bound([owner, caseId, 0], [owner, caseId, Infinity])

const idIn = (bytes: Uint8Array) =>
  Array.from(bytes.subarray(ID_AT, ID_AT + ID_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** What one person has painted in one case and the server may not have. */
export class Journal {
  private constructor(
    private readonly shelf: IDBPDatabase<Shelf>,
    private readonly owner: string,
    private readonly caseId: string,
  ) {}

  /** Throws where this browser stores nothing, or an older page of Lamina holds the shelf. */
  static async open(owner: string, caseId: string): Promise<Journal> {
    const shelf = await new Promise<IDBPDatabase<Shelf>>((done, fail) => {
      openDB<Shelf>('lamina', SHELF_VERSION, {
        upgrade: async (db, from, _to, transaction) => {
          const acts = db.createObjectStore('acts', { keyPath: ['owner', 'case', 'sequence', 'id'] })
          if (from === 0) return
          for (const entry of await transaction.objectStore('strokes').getAll()) await acts.put({ ...entry, id: idIn(entry.bytes) })
          db.deleteObjectStore('strokes')
        },
        blocked: () => fail(new Error('An older page of Lamina is open in this browser; close it and load this one again.')),
        blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
      }).then(done, fail)
    })
    return new Journal(shelf, owner, caseId)
  }

  /**
   * Returns when the stroke lies safely in this browser. Writing has begun, and ends even if the page is
   * killed, before this function first waits.
   */
  async keep(sequence: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const entry: Entry = { format: FORMAT, owner: this.owner, case: this.caseId, sequence, id: idIn(bytes), at: Date.now(), bytes }
    const writing = this.shelf.transaction('acts', 'readwrite', { durability: 'strict' })
    const put = writing.store.put(entry)
    writing.commit()
    await Promise.all([put, writing.done])
  }

  /** Everything kept, by sequence; entries of another version are refused. */
  async entries(): Promise<Entry[]> {
    const found = await this.shelf.getAll('acts', range(this.owner, this.caseId))
    for (const entry of found)
      if (entry.format !== FORMAT && entry.format !== READ_TOO) throw new Error(`The journal holds "${String(entry.format)}", which this page does not know.`)
    return found
  }

  async forget(sequence: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.shelf.delete('acts', [this.owner, this.caseId, sequence, idIn(bytes)])
  }

  /** Puts at most one stroke in the place of others, all at once: whatever happens, one side is there. */
  async replace(others: readonly Queued[], one: Queued | null): Promise<void> {
    const writing = this.shelf.transaction('acts', 'readwrite', { durability: 'strict' })
    const { owner, caseId } = this
    const done: Promise<unknown>[] = others.map(({ sequence, bytes }) => writing.store.delete([owner, caseId, sequence, idIn(bytes)]))
    if (one) done.push(writing.store.put({ format: FORMAT, owner, case: caseId, id: idIn(one.bytes), ...one }))
    await Promise.all([...done, writing.done])
  }

  close(): void {
    this.shelf.close()
  }
}

/** Stands in where the browser stores nothing: strokes are kept in memory only, and `keep` says so. */
export const noJournal = (why: unknown): Keeper => ({
  keep: () => Promise.reject(why),
  entries: () => Promise.resolve([]),
  forget: () => Promise.resolve(),
  replace: (_others, one) => (one ? Promise.reject(why) : Promise.resolve()),
})
