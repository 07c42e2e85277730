/** The grey values of a radiograph as they are drawn: its own, or with local contrast. */
import { equalised } from './clahe'
import type { Described } from './openVolume'

export class FilmPicture {
  /** What is drawn; the volume's own values are never written. */
  readonly shown: Int16Array<ArrayBuffer>

  constructor(private readonly volume: Described) {
    this.shown = volume.hu.slice()
  }

  /** Takes the volume's values anew, as they have come by now. */
  refresh(isEqualised: boolean): void {
    const { hu, meta } = this.volume
    const [low, high] = meta.hu_range
    this.shown.set(isEqualised ? equalised({ values: hu, columns: meta.dims[0], rows: meta.dims[1] }, low, high) : hu)
  }
}
