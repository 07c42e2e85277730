/**
 * The journal: strokes that the server has not yet acknowledged, kept in this browser (IndexedDB).
 * A stroke is in the journal before it is sent and leaves it only when the server has it safely.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

interface Shelf extends DBSchema {
  strokes: {
    /** Owner (who painted), case, sequence. */
    key: [string, string, number]
    value: Entry
  }
}

const FORMAT = 'lamina.journal/2'
/** What earlier pages wrote: `lamina.stroke/1` in the same shelf; read, so that waiting strokes survive the upgrade. */
const READ_TOO = 'lamina.journal/1'

export interface Entry {
  readonly format: typeof FORMAT | typeof READ_TOO
  readonly owner: string
  readonly case: string
  readonly sequence: number
  /** One `lamina.stroke/2`, or `/1` in an entry of format 1. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const range = (owner: string, caseId: string) => IDBKeyRange.bound([owner, caseId, 0], [owner, caseId, Infinity])

/** What one person has painted in one case and the server may not have. */
export class Journal {
  private constructor(
    private readonly shelf: IDBPDatabase<Shelf>,
    private readonly owner: string,
    private readonly caseId: string,
  ) {}

  static async open(owner: string, caseId: string): Promise<Journal> {
    const shelf = await openDB<Shelf>('lamina', 1, {
      upgrade: (db) => void db.createObjectStore('strokes', { keyPath: ['owner', 'case', 'sequence'] }),
    })
    return new Journal(shelf, owner, caseId)
  }

  /** Returns when the stroke lies safely in this browser. */
  async keep(sequence: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const entry: Entry = { format: FORMAT, owner: this.owner, case: this.caseId, sequence, bytes }
    await this.shelf.put('strokes', entry)
  }

  /** Everything kept, by sequence; entries of another version are refused. */
  async entries(): Promise<Entry[]> {
    const found = await this.shelf.getAll('strokes', range(this.owner, this.caseId))
    for (const entry of found)
      if (entry.format !== FORMAT && entry.format !== READ_TOO) throw new Error(`The journal holds "${String(entry.format)}", which this page does not know.`)
    return found
  }

  async forget(sequence: number): Promise<void> {
    await this.shelf.delete('strokes', [this.owner, this.caseId, sequence])
  }

  async forgetAll(): Promise<void> {
    await this.shelf.delete('strokes', range(this.owner, this.caseId))
  }

  close(): void {
    this.shelf.close()
  }
}
